"""Home begins with what is one's own: taken on, looked after, owned, planned, proposed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal import clock
from portal.advocates import looking_after
from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Action, Invitation
from portal.consent.models import Receipt
from portal.dashboard.kinds import KINDS
from portal.db import db
from portal.events.models import Event, Format
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.incentives import actions as incentives
from portal.incentives.models import Offer
from portal.interviews.models import Interview, Medium
from portal.interviews.models import State as Talk
from portal.nominations import actions as nominations
from portal.queue import actions as queue
from portal.queue import queries
from portal.queue.queries import View
from portal.referrals.models import Lead, Referral, ReferralLink, Stage
from portal.staff.models import Role, Staff
from tests.contributing import contribute, invited

TOMORROW = timedelta(days=1)


@pytest.fixture
def sam(save) -> int:
    return save(Staff(email="sam@acme.example", name="Sam", role=Role.EDITOR, password_hash="x"))


@pytest.fixture
def as_sam(browser_of, sam):
    return browser_of(staff=sam)


@pytest.fixture
def of_two_companies(act, campaign, ada, charlie, sam) -> None:
    """A quote from each of two customers; Sam looks after the second, whose quote is newer."""

    def happen() -> None:
        db.session.get(Advocate, charlie).company.owner_id = sam
        for hours, person in ((2, ada), (1, charlie)):
            invitation = Invitation(campaign_id=campaign, advocate_id=person)
            db.session.add(invitation)
            db.session.flush()
            with clock.ago(hours=hours):
                contribute(invitation.id, Action.QUOTE)

    act(happen)


@pytest.fixture
def owe_charlie(act, charlie, offer) -> None:
    act(
        lambda: incentives.accrue(
            db.session.get(Advocate, charlie),
            reason="lead:1",
            explanation="Your lead",
            promise=db.session.get(Offer, offer).promise(),
            by=SYSTEM,
        )
    )


def parts(page: str) -> dict[str, list[str]]:
    """What stands under each heading of home, as titles."""
    found = {}
    for section in re.findall(r'<section[^>]*id="(?:mine|waiting)".*?</section>', page, re.S):
        for part in re.split(r"<h[23][^>]*>", section)[1:]:
            head = part.partition("</h")[0]
            found[head] = re.findall(r'gw-task__link"[^>]*>([^<]+)<', part)
    return found


def home(client) -> dict[str, list[str]]:
    return {head: titles for head, titles in parts(client.get("/staff").text).items() if titles}


# ── Taken on, looked after ─────────────────────────────────────────────────────────────────


def test_what_waits_of_ones_own_customers_comes_before_what_waits_longest(
    of_two_companies, as_sam, as_rosa
):
    mine, others = "Quote from Charlie Babbage", "Quote from Ada Lovelace"
    assert home(as_sam) == {"Yours to look after": [mine], "Waiting longest": [others]}
    assert home(as_rosa) == {"Waiting longest": [others, mine]}
    whole = as_sam.get("/staff/queue?show=own").text
    assert mine in whole
    assert others not in whole
    assert 'href="/staff/queue?show=own"' in as_sam.get("/staff").text
    assert "Nothing waits here" in as_rosa.get("/staff/queue?show=own").text


@pytest.mark.parametrize("few", [2000, 0])
def test_ones_own_are_the_same_whichever_way_they_are_found(
    of_two_companies, act, sam, owe_charlie, app, monkeypatch, few
):
    """Of few customers by whose they are, of many among all that wait; counted and in pages."""
    monkeypatch.setattr(looking_after, "FEW", few)
    with app.app_context():
        me, view = db.session.get(Staff, sam), View(show="own")
        whole = queries.page(KINDS, view, me).items
        assert [one.kind.key for one in whole] == ["decide", "rewards"]
        counted = queries.counts(KINDS, view, me)
        assert {key: number for key, number in counted.items() if number} == {
            "decide": 1, "rewards": 1,
        }  # fmt: skip
        first = queries.page(KINDS, view, me, 1)
        second = queries.page(KINDS, View(show="own", after=first.next), me, 1)
        assert [*first.items, *second.items] == whole
        back = queries.page(KINDS, View(show="own", before=second.previous), me, 1)
        assert back.items == first.items


def test_ones_own_are_found_by_an_index_of_whose_or_of_what_waits(of_two_companies, sam, app):
    """What EXPLAIN says on SQLite, of each of the two ways: no scan, and no list of everybody’s."""
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        seen, me = [], db.session.get(Staff, sam)
        sa.event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append((a[2], a[3])))
        queries.counts(KINDS, View(show="own"), me)
        queries.page(KINDS, View(show="own"), me)
        counting, paging = [one for one in seen if "owner_id" in one[0]]
        for told, given in (counting, paging):
            rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {told}", given)
            plan = " | ".join(row[3] for row in rows)
            for index in (
                "submission USING INDEX ix_submission_advocate_id (advocate_id=?)",
                "submission USING INDEX ix_submission_state_submitted_at_id (state=?)",
                "submission USING INDEX ix_submission_to_publish (state=?)",
                "reward USING INDEX ix_reward_advocate_id (advocate_id=?)",
                "reward USING INDEX ix_reward_waits_since_id (waits_since<?)",
            ):
                assert index in plan, (index, plan)
            for table in ("submission", "reward", "advocate", "company", "renewal"):
                assert f"SCAN {table}" not in plan, plan


def test_what_one_is_on_stands_first_and_once_until_the_half_hour_is_over(
    of_two_companies, as_sam, as_rosa, wait
):
    mine, others = "Quote from Charlie Babbage", "Quote from Ada Lovelace"
    as_sam.post("/staff/queue/claims", data={"item": "take:decide:1"})
    assert home(as_sam) == {"You are on it": [others], "Yours to look after": [mine]}
    assert "All that waits stands above" in as_sam.get("/staff").text
    as_sam.post("/staff/queue/claims", data={"item": "take:decide:2"})
    assert home(as_sam) == {"You are on it": [others, mine]}
    assert home(as_rosa) == {"Waiting longest": [others, mine]}
    wait(minutes=31)
    assert home(as_sam) == {"Yours to look after": [mine], "Waiting longest": [others]}


# ── Owned, planned, proposed ───────────────────────────────────────────────────────────────


@pytest.fixture
def busy(act, campaign, ada, charlie, sam):
    """So many of everything that is Sam’s, in the order it should be read."""

    def busy(number: int = 1) -> None:
        act(lambda: [happen(place) for place in range(number)])

    def happen(place: int) -> None:
        count = db.session.scalar(sa.select(sa.func.count()).select_from(Advocate))
        invitation = db.session.get(Invitation, invited(campaign, 100 + count))
        person, me = invitation.advocate, db.session.get(Staff, sam)
        person.company = Company(name=f"C{count}", name_key=f"c{count}", owner_id=sam)
        quote = contribute(invitation.id, Action.QUOTE)
        queue.claim(contribute(invitation.id, Action.REVIEW).subject, by=me)
        receipt = Receipt(reference=f"GW-{count}", advocate=person, contribution="referral")
        referral = Referral(
            invitation_id=invitation.id, advocate=person, rewarding_stage="won", receipt=receipt
        )
        link = ReferralLink(referral=referral, code=f"code{count}")
        for stage in (Stage.CONTACTED, Stage.WON):
            lead = Lead(name=f"{stage}{count}", email=f"{stage}{count}@l.example", company="L",
                        stage=stage, owner_id=sam, link=link)  # fmt: skip
            db.session.add(lead)
        for state in (Talk.CONFIRMED, Talk.OFF):
            talk = Interview(
                advocate=person, invitation=invitation, reason=f"{state}:{quote.id}", state=state,
                medium=Medium.PHONE, slots=[], time_zone="UTC", staff_id=sam,
                starts_at=clock.now() + TOMORROW,
            )  # fmt: skip
            db.session.add(talk)
        db.session.add(
            Event(title=f"Evening {count}", starts_at=clock.now() + 2 * TOMORROW, minutes=60,
                  time_zone="UTC", format=Format.TALK, staff_id=sam)
        )  # fmt: skip
        nominations.propose(person, "They said so on the phone.", by=me)

    return busy


def test_leads_interviews_events_and_proposals_of_ones_own_stand_there_with_what_comes_next(
    busy, as_sam, as_rosa
):
    busy()
    found = home(as_sam)
    [name] = [title.removeprefix("Quote from ") for title in found["Yours to look after"][:1]]
    count = found["Your leads"][0].removeprefix("contacted").partition(",")[0]
    assert found["Your leads"] == [f"contacted{count}, L"]
    assert found["Your interviews and events"] == [f"Interview with {name}", f"Evening {count}"]
    assert found["Whom you proposed"] == [name]
    page = as_sam.get("/staff").text
    for said in (
        "Contacted. Next: find out whether it is a good fit.",
        "By phone.",
        "0 of 1 speakers confirmed.",
        "Nobody has decided yet.",
        f"{clock.now() + TOMORROW:%H:%M} UTC",
    ):
        assert said in page, said
    assert set(home(as_rosa)) == {"Waiting longest"}


def test_when_an_event_of_ones_own_begins_is_said_as_on_its_own_page(busy, act, as_sam):
    busy()

    def move() -> str:
        [event] = db.session.scalars(sa.select(Event))
        event.time_zone, event.starts_at = "Asia/Tokyo", datetime(2031, 12, 20, 15, tzinfo=UTC)
        return f"/staff/events/{event.id}"

    said = "Sunday 21 December 2031, 00:00 Tokyo time"
    page = act(move)
    assert said in as_sam.get(page).text
    assert said in as_sam.get("/staff").text


def test_who_proposed_a_customer_reads_what_became_of_it_for_a_month(
    busy, act, as_sam, rosa, wait, charlie, ada, sam
):
    busy()

    def decide() -> None:
        by, me = db.session.get(Staff, rosa), db.session.get(Staff, sam)
        nominations.decline(db.session.get(nominations.Nomination, 1), note="Too soon", by=by)
        other = nominations.propose(db.session.get(Advocate, ada), "Glad to help", by=me)
        db.session.flush()
        nominations.accept(other, by=by)

    act(decide)
    page = as_sam.get("/staff").text
    assert "Declined by Rosa: “Too soon”" in page
    assert "Accepted by Rosa: campaigns find them now." in page
    wait(days=31)
    assert "Whom you proposed" not in home(as_sam)


# ── Empty, and for who only looks ──────────────────────────────────────────────────────────


def test_with_nothing_of_ones_own_home_says_what_would_stand_there(of_two_companies, as_rosa):
    page = as_rosa.get("/staff").text
    assert "Nothing just now. What you take on in the queue stands here" in page
    assert page.index('id="mine"') < page.index('id="waiting"')


def test_in_an_empty_portal_nothing_is_said_of_ones_own(as_rosa):
    page = as_rosa.get("/staff").text
    assert 'id="mine"' not in page
    assert "Nothing waits for you." in page


def test_who_only_looks_sees_their_own_without_a_button(
    of_two_companies, act, charlie, ada, save, browser_of
):
    vera = save(Staff(email="v@acme.example", name="Vera", role=Role.VIEWER, password_hash="x"))
    client = browser_of(staff=vera)
    assert "Nothing just now. Here stands what waits of the customers" in client.get("/staff").text

    def look_after() -> None:
        db.session.get(Advocate, ada).company.owner_id = vera
        nominations.propose(
            db.session.get(Advocate, ada), "Why not", by=db.session.get(Staff, vera)
        )

    act(look_after)
    found = home(client)
    assert "Quote from Ada Lovelace" in found["Yours to look after"]
    assert found["Whom you proposed"] == ["Ada Lovelace"]
    main = client.get("/staff").text.partition("<main")[2]
    assert 'method="post"' not in main
    for address in re.findall(r'gw-task__link" href="([^"]+)"', main):
        assert client.get(address.replace("&amp;", "&")).status_code == 200, address


# ── Speed: counts, never times ─────────────────────────────────────────────────────────────


def test_home_asks_as_many_questions_however_much_is_ones_own(app, busy, as_sam):
    def asked() -> int:
        seen = []

        def note(*given) -> None:
            seen.append(given[2])

        with app.app_context():
            engine = db.engine
        assert as_sam.get("/staff").status_code == 200  # what is remembered is so from here on
        sa.event.listen(engine, "before_cursor_execute", note)
        assert as_sam.get("/staff").status_code == 200
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    busy()
    few = asked()
    busy(4)
    assert asked() == few


def test_every_kind_of_waiting_thing_says_whose_it_is_to_look_after():
    assert [kind.key for kind in KINDS if kind.whose is None] == []


def test_who_is_on_what_is_a_hint_and_written_down_for_no_longer_than_it_holds(
    of_two_companies, as_sam, saved
):
    """Claims, views and keys change nothing about a thing: they are in no history."""
    before = [one.id for one in saved(Entry)]
    as_sam.post("/staff/queue/claims", data={"item": "take:decide:1"})
    as_sam.post("/staff/queue/claims", data={"item": "leave:decide:1"})
    as_sam.post("/staff/queue/views", data={"name": "Quotes", "what": "quote"})
    as_sam.post("/staff/queue/keys", data={"keys": "off"})
    assert [one.id for one in saved(Entry)] == before
