"""Ada's words are published; a year passes."""

import re

import pytest

from portal.renewals import actions
from tests.publishing.conftest import approved, published, the_asset

__all__ = ["approved", "published", "the_asset"]


@pytest.fixture
def night(act):
    """What the worker does once a day."""
    return lambda: act(actions.nightly)


@pytest.fixture
def link(post_mail, mailroom):
    """The link in the newest mail to Ada, as a path."""

    def link() -> str:
        post_mail()
        mail = mailroom.text(mailroom.to("ada@analytical.example")[-1])
        return re.search(r"http://localhost(/renew/\S+)", mail).group(1)

    return link


@pytest.fixture
def answer(as_stranger):
    """Answer as the page lets one: with what it showed."""

    def answer(address: str, said: str, **more):
        page = as_stranger.get(address).text
        seen = re.search(r'name="seen" value="([0-9a-f]+)"', page).group(1)
        return as_stranger.post(address, data={"answer": said, "seen": seen} | more)

    return answer
