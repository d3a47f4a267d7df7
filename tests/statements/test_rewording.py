"""Owners change the words customers are asked for permission with; what was answered stays."""

import pytest

from portal.advocates.models import Advocate
from portal.consent import actions as consent
from portal.consent import queries as permissions
from portal.consent.models import Purpose, Statement
from portal.db import db
from portal.history.models import Entry
from portal.statements import queries
from tests.consent.test_permissions import receipt  # noqa: F401

WORDS = {
    "label": "Put my name beside my words, the way I chose",
    "detail": "Signed as {credit}. Without this yes they are signed “A customer”.",
    "months": "12",
}
NAME = "/staff/statements/en/name"


def reword(browser, at=NAME, **said):
    return browser.post(at, data=WORDS | {"seen": "1"} | said)


def newest(app, purpose=Purpose.NAME) -> Statement:
    with app.app_context():
        return permissions.statement(purpose)


def test_T25_new_words_are_a_new_version_and_an_old_answer_keeps_its_words(
    app,
    as_rosa,
    rosa,
    saved,
    ada,
    receipt,  # noqa: F811
):
    before = newest(app)
    assert reword(as_rosa).status_code == 303
    after = newest(app)
    assert (after.version, after.label, after.months) == (2, WORDS["label"], 12)
    assert (after.channels, after.sha256 != before.sha256) == (before.channels, True)
    entry = saved(Entry)[-1]
    assert (entry.about, entry.verb, entry.by) == (after.subject, "reworded", f"staff:{rosa}")
    with app.app_context():
        said = permissions.state(permissions.receipt_of(ada, receipt))[Purpose.NAME]
        assert said.statement.id == before.id
        assert consent.first_broken_link() is None


def test_the_next_upgrade_leaves_what_owners_wrote(app, act, as_rosa):
    reword(as_rosa)
    assert act(consent.load_statements) == 0
    assert newest(app).label == WORDS["label"]


def test_our_newer_words_are_offered_and_never_put_in_their_place(app, act, as_rosa, monkeypatch):
    reword(as_rosa)
    newer = {**queries._file("en")[1], "label": "Name me, please, beside them"}
    monkeypatch.setattr(queries, "_file", lambda _: [newer])
    assert "Newer ones came" in as_rosa.get("/staff/statements").text
    assert WORDS["label"] in as_rosa.get(NAME).text
    assert newer["label"] in as_rosa.get(f"{NAME}?from=builtin").text
    assert newest(app).label == WORDS["label"]


def test_the_same_again_makes_no_version(app, as_rosa, saved):
    now = newest(app)
    said = {"label": now.label, "detail": now.detail, "months": str(now.months)}
    page = as_rosa.post(NAME, data=said | {"seen": "1"}, follow_redirects=True).text
    assert "Nothing was changed." in page
    assert newest(app).version == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"label": ""}, "Enter what the customer says yes or no to"),
        ({"detail": " "}, "Enter what that means"),
        ({"months": "25"}, "Enter between 1 and 24 months"),
        ({"months": "0"}, "Enter between 1 and 24 months"),
        ({"months": "two"}, "Months a yes lasts must be a whole number"),
        ({"detail": "We sign them."}, "Keep {credit}"),
        ({"detail": "Signed as {credit}, {nobody}."}, "Nothing can stand for {nobody}"),
        ({"detail": "Signed as {credit}. Give us 5 stars!"}, "Take out"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words_and_stays_typed(app, as_rosa, change, sentence):
    answer = reword(as_rosa, **{"label": "A label typed before"} | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert ("A label typed before" in answer.text) is ("label" not in change)
    assert newest(app).version == 1


def test_two_owners_at_once_one_is_told(app, as_rosa):
    assert reword(as_rosa).status_code == 303
    answer = reword(as_rosa, label="Words of the other")
    assert answer.status_code == 409
    assert "You reworded it at " in answer.text
    assert "Words of the other" in answer.text
    assert newest(app).version == 2


@pytest.mark.parametrize("seen", ["", "²", "9" * 30, "-1", "x"])
def test_a_form_that_says_no_version_is_told_too(app, as_rosa, seen):
    assert reword(as_rosa, seen=seen).status_code == 409
    assert newest(app).version == 1


def test_the_versions_show_who_wrote_what(as_rosa):
    reword(as_rosa)
    page = as_rosa.get(f"{NAME}/versions").text
    assert "Version 2" in page
    assert "Rosa" in page
    assert "Goodword" in page
    assert "<ins" in page


def test_whoever_is_asked_next_reads_the_new_words(app, as_rosa, ada):
    reword(as_rosa, label="Put the name of {name} beside my words")
    with app.app_context():
        (asked,) = permissions.wordings(["name"], db.session.get(Advocate, ada))
    assert asked.label == "Put the name of Ada Lovelace beside my words"


@pytest.mark.parametrize("address", ["/staff/statements/xx/name", "/staff/statements/en/nothing"])
def test_words_there_are_none_of_are_not_found(as_rosa, address):
    assert as_rosa.get(address).status_code == 404
