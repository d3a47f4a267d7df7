"""Each number of a campaign leads to exactly the people it counts."""

import csv
import io
import re

import pytest
import sqlalchemy as sa

from portal import clock
from portal.advocates import actions as advocates
from portal.campaigns import inviting, queries
from portal.campaigns.models import Action, Campaign, Invitation
from portal.dashboard import funnel
from portal.db import db
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.outbox.models import Message, State
from portal.staff.models import Role, Staff
from portal.submissions import actions as submissions
from portal.submissions.models import Version
from tests.contributing import contribute, invited
from tests.proof.tampering import tamper

# What happened to whom: the number in a customer’s name, by the number of the funnel.
WHO = {
    "invited": set(range(1, 12)),
    "queued": {2, 3},
    "sent": {4, 6},
    "undelivered": {5},
    "unsent": {1, 7, 8, 9, 10, 11},
    "opened": {6, 7},
    "accepted": {7, 8, 9},
    "started": {7, 8, 9},
    "submitted": {8, 9},
    "published": {9},
    "declined": {10},
    "stopped": {11},
}


@pytest.fixture
def eleven(act, published, campaign, invitation):
    """Eleven customers of one campaign, each somewhere else on the way; and one of another."""

    def mailed(number: int, state: State) -> None:
        inviting.mail_to(db.session.get(Invitation, number))
        mail = db.session.scalars(sa.select(Message).order_by(Message.id.desc())).first()
        mail.state, mail.sent_at = state, clock.now() if state is State.SENT else None

    def happen() -> None:
        one = {number: db.session.get(Invitation, number) for number in range(1, 12)}
        one[2].waits_since = clock.now()
        for number, state in ((3, State.QUEUED), (4, State.SENT), (5, State.FAILED)):
            mailed(number, state)
        mailed(6, State.FAILED)
        mailed(6, State.SENT)  # the newest counts
        for number in (6, 7):
            inviting.open(one[number])
        submissions.start(one[7], Action.QUOTE, by=one[7].advocate)
        contribute(8, Action.QUOTE)
        inviting.decline(one[10], by=one[10].advocate)
        advocates.stop_inviting(one[11].advocate, by=SYSTEM)

    def invite() -> None:
        ada = db.session.get(Invitation, invitation).advocate
        ada.first_name, ada.last_name = "Customer", "No 1"
        assert [invited(campaign, number) for number in range(2, 12)] == list(range(2, 12))

    act(invite)
    published(invitation_id=9)
    act(happen)


@pytest.fixture
def elsewhere(act, eleven, draft_twin):
    """The same again in another campaign: none of it may be counted here."""

    def happen() -> None:
        number = invited(draft_twin, 50)
        inviting.mail_to(db.session.get(Invitation, number))
        contribute(number, Action.QUOTE)

    act(happen)


@pytest.fixture
def draft_twin(act, campaign):
    """A second campaign like the first."""

    def copy() -> int:
        first = db.session.get(Campaign, campaign)
        columns = {c.key: getattr(first, c.key) for c in sa.inspect(Campaign).column_attrs}
        twin = Campaign(**columns | {"id": None, "slug": "twin", "version": None})
        db.session.add(twin)
        db.session.flush()
        return twin.id

    return act(copy)


def numbers(page: str) -> dict[str, tuple[int, str]]:
    """Of each number of a campaign’s page: how many it says, and where it leads."""
    found = re.findall(
        r'gw-stat__label"><a href="([^"]+step=([a-z]+))">.*?gw-stat__value">(\d+)<', page, re.S
    )
    return {step: (int(count), url.replace("&amp;", "&")) for url, step, count in found}


def listed(client, url: str) -> list[int]:
    """Who stands in a list, over all its pages."""
    found: list[int] = []
    while url:
        page = client.get(url).text
        found += [int(n) for n in re.findall(r">Customer No (\d+)</a>", page)]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = following[1].replace("&amp;", "&") if following else ""
    return found


def test_each_number_is_as_large_as_the_list_it_leads_to(campaign, elsewhere, as_rosa, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    shown = numbers(as_rosa.get(f"/staff/campaigns/{campaign}").text)
    assert set(shown) == set(funnel.LABELS) == set(WHO)
    for step, (count, url) in shown.items():
        people = listed(as_rosa, url)
        assert set(people) == WHO[step], step
        assert count == len(people) == len(WHO[step]), step


def test_the_same_people_leave_as_a_table_and_who_took_them_is_written_down(
    campaign, elsewhere, as_rosa, rosa, saved, monkeypatch
):
    monkeypatch.setattr(queries, "PAGE", 2)
    for step, people in WHO.items():
        answer = as_rosa.post(f"/staff/campaigns/{campaign}/people/export?step={step}")
        name = f'attachment; filename="autumn-{step}.csv"'
        assert answer.headers["Content-Disposition"] == name
        heads, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
        assert tuple(heads) == funnel.HEADS
        assert sorted(int(row[0].rpartition(" ")[2]) for row in rows) == sorted(people)
    acts = [one for one in saved(Entry) if one.verb == "people exported"]
    assert [one.note for one in acts] == [funnel.LABELS[step][0] for step in WHO]
    assert {(one.about, one.by) for one in acts} == {(f"campaign:{campaign}", f"staff:{rosa}")}


def test_a_cell_that_looks_like_a_formula_is_none(act, campaign, eleven, as_rosa):
    def rename() -> None:
        db.session.get(Invitation, 10).advocate.first_name = "=1+1"

    act(rename)
    text = as_rosa.post(f"/staff/campaigns/{campaign}/people/export?step=declined").text
    assert "'=1+1" in text


def test_T3_words_whose_seal_does_not_hold_count_as_published_by_nobody(
    app, campaign, eleven, as_rosa
):
    tamper(app, "version", sa.update(Version).values(sha256="0" * 64))
    shown = numbers(as_rosa.get(f"/staff/campaigns/{campaign}").text)
    count, url = shown["published"]
    assert (count, listed(as_rosa, url)) == (0, [])
    assert "Nobody yet" in as_rosa.get(url).text


def test_whoever_only_looks_sees_the_list_and_takes_nothing_along(
    campaign, eleven, save, browser_of
):
    vera = save(Staff(email="v@acme.example", name="Vera", role=Role.VIEWER, password_hash="x"))
    client = browser_of(staff=vera)
    page = client.get(f"/staff/campaigns/{campaign}/people?step=declined")
    assert "Customer No 10" in page.text
    assert "CSV" not in page.text
    assert client.post(f"/staff/campaigns/{campaign}/people/export").status_code == 403


def test_the_number_one_looks_at_is_marked_among_the_others(campaign, eleven, as_rosa):
    page = as_rosa.get(f"/staff/campaigns/{campaign}/people?step=opened").text
    assert re.findall(r'step=(\w+)" aria-current="page"', page) == ["opened"]


def test_an_address_that_names_no_number_shows_everyone(campaign, eleven, as_rosa):
    for asked in ("?step=nothing", "?step=", "?step=%00&after=x", ""):
        page = as_rosa.get(f"/staff/campaigns/{campaign}/people{asked}")
        assert page.status_code == 200
        assert page.text.count("Customer No") == 11
    assert as_rosa.get("/staff/campaigns/99/people").status_code == 404


def test_the_numbers_take_the_same_questions_however_many_were_invited(app, act, campaign, eleven):
    def asked() -> int:
        with app.app_context():
            seen = []

            def note(*given) -> None:
                seen.append(given[2])

            one = queries.campaign(campaign)
            funnel.steps(one)
            sa.event.listen(db.engine, "before_cursor_execute", note)
            funnel.steps(one)
            sa.event.remove(db.engine, "before_cursor_execute", note)
            return len(seen)

    few = asked()
    act(lambda: [invited(campaign, number) for number in range(20, 60)])
    assert asked() == few == 2
