"""Signed links: the row decides, the signature only keeps strangers out."""

import base64
import json
import re

import pytest
import sqlalchemy as sa

from portal.db import db
from portal.errors import NotFound
from portal.links import actions as links
from portal.links.models import Kind, Link
from portal.staff.models import Staff


@pytest.fixture
def token(act, rosa):
    url = act(lambda: links.mint(Kind.INVITATION, db.session.get(Staff, rosa)))
    assert re.fullmatch(r"http://localhost/i/[\w.\-]+", url)
    assert len(url) <= 200
    return url.rpartition("/")[2]


def test_a_link_opens_its_own_door_only(act, token):
    assert act(lambda: links.open(Kind.INVITATION, token).kind) is Kind.INVITATION
    for kind in set(Kind) - {Kind.INVITATION}:
        with pytest.raises(NotFound):
            act(lambda kind=kind: links.open(kind, token))


def test_the_database_holds_nothing_that_opens_it(saved, token):
    secret = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))["j"]
    row = " ".join(str(value) for value in vars(saved(Link)[0]).values())
    assert len(secret) == 22  # 128 bits
    assert secret not in row
    assert token not in row


@pytest.mark.parametrize("glued", [".", ",", ")", ">", " ", ".\n", '"'])
def test_what_mail_clients_glue_to_the_end_does_no_harm(act, token, glued):
    assert act(lambda: links.open(Kind.INVITATION, token + glued))


@pytest.mark.parametrize("broken", ["", "x", "a.b", "ä", "a" * 5000])
def test_other_words_open_nothing(act, broken):
    with pytest.raises(NotFound):
        act(lambda: links.open(Kind.INVITATION, broken))


def test_a_changed_secret_opens_nothing(act, token):
    payload, _, signature = token.partition(".")
    for changed in (payload[::-1] + "." + signature, payload + "." + signature[::-1]):
        with pytest.raises(NotFound):
            act(lambda changed=changed: links.open(Kind.INVITATION, changed))


def test_a_link_ends_on_its_day(act, token, wait):
    wait(days=179)
    act(lambda: links.open(Kind.INVITATION, token))
    wait(days=181)
    with pytest.raises(links.LinkGone) as gone:
        act(lambda: links.open(Kind.INVITATION, token))
    assert gone.value.why == "expired"


def test_a_revoked_link_never_opens(act, token, rosa):
    act(lambda: links.revoke(db.session.get(Staff, rosa), Kind.INVITATION))
    with pytest.raises(links.LinkGone) as gone:
        act(lambda: links.open(Kind.INVITATION, token))
    assert gone.value.why == "revoked"


def test_a_link_signed_with_an_older_key_still_opens(app, act, token):
    keys = app.extensions["goodword"].link_keys
    keys.append(type(keys[0])("the newest key of all, which signs from now on"))
    assert act(lambda: links.open(Kind.INVITATION, token))
    del keys[:-1]
    with pytest.raises(NotFound):
        act(lambda: links.open(Kind.INVITATION, token))


def test_the_signature_alone_decides_nothing(app, act, token):
    """Four last characters verify for one token; the row behind it is the same one, or none."""
    act(lambda: db.session.execute(sa.delete(Link)))
    with pytest.raises(NotFound):
        act(lambda: links.open(Kind.INVITATION, token))
