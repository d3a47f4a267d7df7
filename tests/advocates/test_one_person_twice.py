"""Two rows that are one person are asked as one; what was said stays under the row that said it."""

from datetime import timedelta

import pytest

from portal import clock
from portal.advocates import actions, importing, merging, signals, wishes
from portal.advocates.models import Advocate, SignalKind, Tag
from portal.campaigns import eligibility, facts
from portal.campaigns.models import Ask, Campaign, Invitation, InvitationState
from portal.db import db
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.staff.models import Role, Staff


@pytest.fixture
def other(act, ada) -> int:
    """Ada once more, by another address."""

    def add() -> int:
        mine = db.session.get(Advocate, ada)
        mail = "ada+news@analytical.example"
        again = Advocate(
            company=mine.company, first_name="ADA", last_name="Lovelace", email=mail,
            email_key=mail, tags=[Tag(name="speaker")],
        )  # fmt: skip
        db.session.add(again)
        db.session.flush()
        return again.id

    return act(add)


@pytest.fixture
def merged(as_rosa, ada, other) -> int:
    assert as_rosa.post(f"/staff/customers/{ada}/same-as/{other}").status_code == 303
    return other


def reasons(act, person: int, action: str = "quote") -> str:
    def look() -> str:
        one = db.session.get(Advocate, person)
        return " ".join(eligibility.why_not(one, action, facts.of([one])))

    return act(look)


def test_a_pair_is_suggested_compared_and_joined(as_rosa, ada, other, charlie, saved):
    page = as_rosa.get("/staff/duplicates").text
    assert f"/staff/customers/{ada}/same-as/{other}" in page
    assert "charlie@" not in page
    compared = as_rosa.get(f"/staff/customers/{ada}/same-as/{other}").text
    assert "ada+news@analytical.example is invited to nothing any more" in compared
    for _ in range(2):
        as_rosa.post(f"/staff/customers/{ada}/same-as/{other}")
    assert [entry.verb for entry in saved(Entry)] == ["found to be the same person"] * 2
    mine = as_rosa.get(f"/staff/customers/{ada}").text
    assert "Also here as" in mine
    assert "speaker" in mine
    assert "ada+news@" not in as_rosa.get("/staff/customers").text
    assert f"/staff/customers/{ada}/same-as" not in as_rosa.get("/staff/duplicates").text
    assert "The same person as another" in as_rosa.get(f"/staff/customers/{other}").text


def test_nobody_asks_at_the_other_address(act, ada, merged):
    assert "same person as another customer" in reasons(act, merged)
    assert reasons(act, ada) == ""
    found = act(lambda: [one.id for one in eligibility.sort({}).eligible])
    assert found == [ada]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("told", "says"),
    [
        (lambda row: actions.stop_inviting(row, by=SYSTEM), "to stop inviting"),
        (lambda row: wishes.pause(row, clock.now().date() + timedelta(5), by=SYSTEM), "to wait"),
        (lambda row: setattr(row, "asks_for", ["webinar"]), "only for: webinar"),
        (lambda row: db.session.add(Ask(advocate_id=row.id)), "can be asked again from"),
        (
            lambda row: signals.note(
                row, SignalKind.TICKET, value=None, words="x", at=clock.now().date(), by=SYSTEM
            ),
            "ticket open",
        ),
    ],
)
def test_T38_what_one_row_says_about_being_asked_holds_for_both(
    act, as_rosa, ada, other, when, told, says
):
    """Also what is said at the old address after they were joined: its links still open."""
    merge = f"/staff/customers/{ada}/same-as/{other}"
    if when == "after":
        as_rosa.post(merge)
    act(lambda: told(db.session.get(Advocate, other)))
    if when == "before":
        assert says not in reasons(act, ada)
        as_rosa.post(merge)
    assert says in reasons(act, ada)


def test_what_was_invited_under_one_row_is_not_invited_again_and_stays_there(
    act, saved, campaign, ada, merged
):
    def invited() -> int:
        one = Invitation(campaign_id=campaign, advocate_id=merged, state=InvitationState.DECLINED)
        db.session.add(one)
        db.session.flush()
        again = eligibility.sort({}, campaign=db.session.get(Campaign, campaign))
        assert ada not in [person.id for person in again.eligible]
        return one.id

    act(invited)
    assert saved(Invitation)[0].advocate_id == merged
    assert "Would rather not" in reasons(act, ada, "quote")


def test_two_rows_count_once_for_their_company(act, app, monkeypatch, save, ada, merged):
    monkeypatch.setattr(app.extensions["goodword"], "asks_per_company", 2)
    save(Ask(advocate_id=ada), Ask(advocate_id=merged))
    company = act(lambda: db.session.get(Advocate, ada).company_id)
    assert act(lambda: facts.asks_by_company([company])) == {company: 1}


def test_who_may_not_be_touched_is_joined_with_nobody(as_rosa, act, ada, other, charlie, saved):
    act(lambda: wishes.restrict(db.session.get(Advocate, other), by=SYSTEM))
    for pair in (f"{ada}/same-as/{other}", f"{ada}/same-as/{ada}"):
        assert as_rosa.post(f"/staff/customers/{pair}").status_code == 422
    assert [one.merged_into_id for one in saved(Advocate)] == [None] * 3


def test_a_chain_ends_at_one_person(act, ada, charlie, merged, saved):
    def chain() -> None:
        rows = [db.session.get(Advocate, number) for number in (ada, charlie)]
        merging.merge(rows[0], into=rows[1], by=SYSTEM)

    act(chain)
    into = {one.id: one.merged_into_id for one in saved(Advocate)}
    assert into == {ada: charlie, merged: charlie, charlie: None}


def test_they_are_parted_again(as_rosa, act, ada, merged, saved):
    for _ in range(2):
        as_rosa.post(f"/staff/customers/{merged}/separation")
    assert [one.merged_into_id for one in saved(Advocate)] == [None, None]
    assert reasons(act, merged) == ""


def test_an_import_does_not_write_over_a_pointer(act, as_rosa, merged):
    text = b"First name,Company,Email\nEve,Analytical Engines,ada+news@analytical.example\n"
    [row] = act(lambda: actions.plan_import(importing.read(text, "x.csv")))
    assert "same person as another customer" in row.why


def test_viewers_join_nobody(browser_of, save, ada, other, saved):
    vera = save(Staff(email="vera@acme.example", name="Vera", role=Role.VIEWER))
    answer = browser_of(staff=vera).post(f"/staff/customers/{ada}/same-as/{other}")
    assert answer.status_code == 403
