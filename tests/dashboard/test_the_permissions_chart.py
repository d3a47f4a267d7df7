"""How much of what is public may be shown where and with what: bars, numbers and words agree."""

import re

import pytest
import sqlalchemy as sa

from portal import seeds
from portal.consent.models import Purpose, Statement
from portal.db import db
from tests.contributing import EVERYTHING, invited


@pytest.fixture
def asked_for_our_pages_only(act):
    """From now on words are asked for our own pages, and for no other site."""

    def ask() -> None:
        newest = sa.select(Statement).where(Statement.purpose == Purpose.WORDS)
        last = db.session.scalars(newest.order_by(Statement.version.desc())).first()
        item = {
            "purpose": "words",
            "label": last.label,
            "detail": "On our own pages, and nowhere else.",
            "channels": ["web"],
            "months": 24,
        }
        sha256 = seeds.digest(item)
        db.session.add(Statement(**item, language="en", version=last.version + 1, sha256=sha256))

    return lambda: act(ask)


def table(page: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """Its caption, and of each row the number and how long the bar beside it is."""
    part = page.partition('<table class="gw-lines">')[2].partition("</table>")[0]
    rows = re.findall(
        r'<th scope="row">([^<]+)</th><td class="num">(\d+)</td>.*?<rect[^>]* width="(\d+)"', part
    )
    caption = re.search(r"<caption>([^<]+)</caption>", part)[1]
    return caption, {label: (int(number), int(size)) for label, number, size in rows}


def test_each_bar_is_as_long_as_its_number_says_and_the_numbers_are_what_others_are_shown(
    act, campaign, published, asked_for_our_pages_only, as_rosa, as_stranger
):
    def another(number: int, **more) -> None:
        published(invitation_id=act(lambda: invited(campaign, number)), **more)

    published()
    another(1, allows=EVERYTHING - {Purpose.NAME})
    another(2, company=False)
    asked_for_our_pages_only()
    another(3)
    caption, rows = table(as_rosa.get("/staff").text)
    assert caption == "Permissions of the 4 published"
    assert rows == {
        "On other sites": (3, 75), "Name": (3, 75), "Company": (4, 100), "Photo": (4, 100),
    }  # fmt: skip
    assert len(as_stranger.get("/api/public/stories").json["items"]) == 3
    assert as_stranger.get("/stories").text.count("<blockquote") == 4


def test_the_chart_is_a_table_that_says_all_of_it_without_its_bars(published, as_rosa):
    published()
    part = as_rosa.get("/staff").text.partition('<table class="gw-lines">')[2]
    part = part.partition("</table>")[0]
    bars = re.findall(r"<svg[^>]*>", part)
    assert len(bars) == part.count('scope="row"') == 4
    assert all('aria-hidden="true"' in bar for bar in bars)


def test_with_nothing_published_every_number_is_nought(as_rosa):
    caption, rows = table(as_rosa.get("/staff").text)
    assert caption == "Permissions of the 0 published"
    assert set(rows.values()) == {(0, 0)}
