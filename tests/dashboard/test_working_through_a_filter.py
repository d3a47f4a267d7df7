"""Whoever works through the queue goes on to what is next in it, whatever the kind."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Action, Campaign, Invitation
from portal.consent.actions import Circumstances
from portal.consent.models import OrgApproval, OrgVerdict
from portal.dashboard.kinds import KINDS
from portal.db import db
from portal.events.models import Event, Format, Speaker
from portal.history.actions import SYSTEM
from portal.incentives import actions as incentives
from portal.incentives.models import Choice, Offer
from portal.interviews.models import Interview, Medium
from portal.interviews.models import State as Talk
from portal.nominations import actions as nominations
from portal.placements.models import Kind as Place
from portal.placements.models import Placement, Reason, Takedown
from portal.privacy import requests
from portal.publishing import signoff
from portal.referrals import actions as referrals
from portal.referrals import prospect_ledger
from portal.referrals.models import LeadSignal, Severity, Stage
from portal.renewals.models import Renewal
from portal.review import actions as review
from portal.staff.models import Staff
from tests.contributing import contribute, invited

NOW = datetime.now(UTC)


def person(campaign: int, number: int) -> Invitation:
    return db.session.get_one(Invitation, invited(campaign, number))


def sent(campaign, number, action=Action.QUOTE):
    return contribute(person(campaign, number).id, action)


def approved(campaign, number, action=Action.QUOTE):
    made = sent(campaign, number, action)
    review.approve(made, seen=made.version, by=boss())
    return made


def boss() -> Staff:
    return db.session.query(Staff).filter_by(name="Rosa").one()


def keep(thing):
    db.session.add(thing)
    db.session.flush()
    return thing


def company(campaign, number):
    made = sent(campaign, number)
    return keep(
        OrgApproval(
            company=made.advocate.company, receipt=made.receipt, asked=["name"], approver="Jo",
            email="jo@analytical.example", requested_by="staff:1", verdict=OrgVerdict.CHANGE,
            decided_at=clock.now(),
        )
    )  # fmt: skip


def reward(campaign, number):
    return incentives.accrue(
        person(campaign, number).advocate,
        reason=f"lead:{number}",
        explanation="Your lead",
        promise=db.session.query(Offer).first().promise(),
        by=SYSTEM,
    )


def lead(campaign, number):
    invitation = person(campaign, number)
    joined = referrals.join(
        invitation, choice=Choice.ACCEPTED, employer_allows=True, share_text="", show_name=False,
        circumstances=Circumstances(), by=invitation.advocate,
    )  # fmt: skip
    return referrals.receive(
        joined.links[0], name=f"Lead {number}", email=f"lead{number}@kestrel{number}.example",
        company=f"Kestrel {number}", message="", wants_marketing=False, tells_referrer=False,
    )  # fmt: skip


def risk(campaign, number):
    found = lead(campaign, number)
    referrals.move(found, Stage.CONTACTED, seen=found.version, by=boss())
    return keep(LeadSignal(lead=found, rule="odd", severity=Severity.HOLD, reason="Odd."))


def promise(campaign, number):
    sends = db.session.get_one(Campaign, campaign)
    sends.prospect_promise, sends.rewarding_stage = "your first month free", "qualified"
    found = lead(campaign, number)
    referrals.move(found, Stage.QUALIFIED, seen=found.version, by=boss())
    return prospect_ledger.of(found)


def speaker(campaign, number):
    made = approved(campaign, number, Action.WEBINAR)
    return db.session.query(Speaker).filter_by(reason=made.subject).one()


def event(campaign, number):
    starts = clock.now() - timedelta(days=3, minutes=-number)
    return keep(
        Event(title=f"Talk {number}", starts_at=starts, minutes=60, time_zone="UTC",
              format=Format.TALK, staff=boss())
    )  # fmt: skip


def takedown(campaign, number):
    done = signoff.publish_or_propose(approved(campaign, number), by=boss())
    placed = Placement(asset=done, kind=Place.DECK, place=f"Deck {number}", owner=boss(),
                       since=clock.now().date())  # fmt: skip
    due = clock.now().date() + timedelta(days=3)
    return keep(Takedown(placement=placed, reason=Reason.EXPIRED, owner=boss(), due_on=due))


def interview(campaign, number, state=Talk.ASKED):
    invitation, ended = person(campaign, number), clock.now() - timedelta(days=1, minutes=-number)
    return keep(
        Interview(
            advocate=invitation.advocate, invitation=invitation, reason=f"submission:{number}",
            medium=Medium.PHONE, slots=[], time_zone="UTC", state=state, asked_at=clock.now(),
            starts_at=ended if state is Talk.CONFIRMED else None,
        )
    )  # fmt: skip


def talk(campaign, number):
    return interview(campaign, number, Talk.CONFIRMED)


def nomination(campaign, number):
    return nominations.propose(person(campaign, number).advocate, "They like us.", by=boss())


def renewal(campaign, number):
    made = approved(campaign, number)
    signoff.publish_or_propose(made, by=boss())
    return keep(Renewal(submission=made, due_at=clock.now() - timedelta(days=2, minutes=-number)))


def request(campaign, number):
    who = person(campaign, number).advocate
    made = requests.ask(who, "My name is wrong.", by=who)
    db.session.flush()
    return made


# Each kind: how one comes to wait, the form that decides on it, and what is typed there.
HOW: dict[str, tuple[Callable, str, dict]] = {
    "decide": (sent, "approval", {}),
    "publish": (approved, "publication", {"fair_cut": "y"}),
    "companies": (company, "approvals", {"about": "2", "name": "Jo", "scopes": ["name"],
                  "email": "jo@analytical.example", "clause": "silent"}),
    "rewards": (reward, "moves", {"state": "approved"}),
    "leads": (lead, "moves", {"stage": "contacted"}),
    "risks": (risk, "ruling", {"ruling": "release", "note": "Fine."}),
    "prospect-rewards": (promise, "settlement", {"act": "give", "note": "On invoice 7."}),
    "speakers": (speaker, "refusal", {"note": ""}),
    "events": (event, "end", {}),
    "takedowns": (takedown, "proof", {"outcome": "gone", "proof": "I took it out."}),
    "interviews": (interview, "cancellation", {"note": "Not now."}),
    "talks": (talk, "end", {"reminder": ""}),
    "nominations": (nomination, "acceptance", {}),
    "renewals": (renewal, "", {}),  # answered by their authors alone
    "requests": (request, "requests", {"answer": "It is right now."}),
}  # fmt: skip


@pytest.fixture
def two(act, campaign, ada):
    """Two things of a kind wait, the first for longer, and something else between them."""

    def two(kind: str):
        def begin():
            for number, hours in ((1, 50), (2, 30)):
                with clock.ago(hours=hours):
                    HOW[kind][0](campaign, number)
            with clock.ago(hours=40):
                nominations.propose(db.session.get(Advocate, ada), "A third thing.", by=boss())

        act(begin)

    return two


def test_every_kind_is_worked_through_here():
    assert set(HOW) == {kind.key for kind in KINDS}


def links(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'gw-task__link" href="([^"]+)"', page)]


def next_of(page: str) -> str:
    return unescape(re.search(r'data-key="j" rel="next" href="([^"]+)"', page)[1])


def form(page: str, ending: str, way: str = "") -> tuple[str, dict]:
    """The first form whose address ends like this, from where ``way`` leads, and what it hides."""
    page = page[page.find(f'id="{way.partition("#")[2]}"') :] if "#" in way else page
    pattern = rf'<form[^>]*action="([^"]*/{ending}(?:/\d+)?(?:\?[^"]*)?)"'
    pattern = pattern if ending != "requests" else r'<form[^>]*action="([^"]*requests/\d+[^"]*)"'
    found = re.search(pattern + r".*?</form>", page, re.DOTALL)
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', found[0])
    return unescape(found[1]), {"seen": seen[1]} if seen else {}


@pytest.mark.parametrize(
    ("kind", "filtered"),
    [*((one, True) for one in HOW), *((one, False) for one in ("rewards", "leads", "requests"))],
)
def test_next_and_the_decision_lead_on_under_the_same_filter(two, as_rosa, kind, filtered):
    two(kind)
    asked = f"kind={kind}&sort=newest" if filtered else ""
    ways = links(as_rosa.get(f"/staff/queue?{asked}").text)
    assert len(ways) >= (2 if filtered else 3)
    mark = asked or "via=queue"
    assert all(mark in way for way in ways)
    page = as_rosa.get(ways[0]).text
    assert next_of(page) == ways[1]
    previous = f'data-key="k" rel="prev" href="{ways[0]}"'
    assert previous.replace("&", "&amp;") in as_rosa.get(ways[1]).text
    if not HOW[kind][1]:
        return
    address, hidden = form(page, HOW[kind][1], ways[0])
    assert mark in address
    answer = as_rosa.post(address, data=HOW[kind][2] | hidden)
    assert answer.status_code == 303, answer.text
    assert as_rosa.get(answer.location).location == ways[1]


def test_who_did_not_come_through_the_queue_stays_where_they_are(two, as_rosa):
    two("rewards")
    address, hidden = form(as_rosa.get("/staff/rewards/1").text, "moves")
    answer = as_rosa.post(address, data={"state": "approved"} | hidden)
    assert answer.location == "/staff/rewards/1"


def test_a_page_with_more_to_decide_keeps_who_works_on_it(two, act, campaign, as_rosa):
    """Of a lead that is new and stood out, one question answered leaves the other."""
    two("leads")
    act(lambda: keep(LeadSignal(lead_id=1, rule="odd", severity=Severity.HOLD, reason="Odd.")))
    address, hidden = form(as_rosa.get("/staff/leads/1?via=queue").text, "ruling")
    ruling = {"ruling": "release", "note": "Fine."} | hidden
    assert as_rosa.post(address, data=ruling).location == "/staff/leads/1?via=queue"


def test_a_lead_that_waits_for_two_reasons_leads_on_to_another_thing(two, act, as_rosa):
    two("leads")
    ways = links(as_rosa.get("/staff/queue").text)  # a lead, a proposal, a lead

    def stand_out():
        with clock.ago(hours=45):
            keep(LeadSignal(lead_id=1, rule="odd", severity=Severity.HOLD, reason="Odd."))

    act(stand_out)
    assert links(as_rosa.get("/staff/queue").text) == [ways[0], *ways]
    assert next_of(as_rosa.get(ways[0]).text) == ways[1]
    back = re.search(r'rel="prev" href="([^"]+)"', as_rosa.get(ways[1]).text)[1]
    assert unescape(back) == ways[0]
    assert 'rel="prev"' not in as_rosa.get(ways[0]).text
    as_rosa.post("/staff/leads/1/moves", data={"stage": "contacted", "seen": "1"})
    assert next_of(as_rosa.get(ways[0]).text) == ways[1]


def test_on_a_lead_that_waits_for_two_reasons_the_one_before_is_another_thing(two, act, as_rosa):
    two("leads")
    ways = links(as_rosa.get("/staff/queue").text)
    act(lambda: keep(LeadSignal(lead_id=2, rule="odd", severity=Severity.HOLD, reason="Odd.")))
    page = as_rosa.get(f"{ways[2].partition('?')[0]}?kind=risks").text
    assert 'rel="prev"' not in page
    everything = as_rosa.get(ways[2]).text
    assert f'rel="prev" href="{ways[1]}"' in everything
    assert 'rel="next"' not in everything


@pytest.mark.parametrize(
    ("result", "leads_to"),
    [
        ("/staff/undo", "/staff/queue"),
        ("/staff/undo?kind=leads", "/staff/queue?kind=leads"),
        ("/staff/queue/decisions/rewards", "/staff/rewards"),
        ("/staff/queue/decisions/rewards?kind=rewards", "/staff/queue?kind=rewards"),
        ("/staff/queue/decisions/contributions", "/staff/queue"),
        ("/staff/leads/moves", "/staff/leads?view=list"),
    ],
)
def test_the_address_of_what_became_of_several_leads_to_their_list(as_rosa, result, leads_to):
    answer = as_rosa.get(result)
    assert (answer.status_code, answer.location) == (303, leads_to)


def test_what_is_held_is_put_aside_and_the_next_one_opens(two, as_rosa):
    """It waits on, but whoever goes on deciding would decide on it once more by mistake."""
    two("rewards")
    ways = links(as_rosa.get("/staff/queue?kind=rewards").text)
    address, hidden = form(as_rosa.get(ways[0]).text, "moves")
    held = {"state": "held", "note": "We look at it.", "ground": "other"} | hidden
    answer = as_rosa.post(address, data=held)
    assert as_rosa.get(answer.location).location == ways[1]
    assert ways[0] in links(as_rosa.get("/staff/queue?kind=rewards").text)


def test_a_refused_decision_still_knows_the_filter(two, as_rosa):
    two("nominations")
    page = as_rosa.get("/staff/nominations/1?kind=nominations").text
    address, _ = form(page, "decline")
    again = as_rosa.post(address, data={"note": ""})
    assert again.status_code == 422
    assert form(again.text, "decline")[0] == address
