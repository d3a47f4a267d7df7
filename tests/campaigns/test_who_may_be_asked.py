"""Who may be asked for what, and why not now."""

import threading
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.advocates import actions as advocates
from portal.advocates.models import Advocate, Company, Signal, SignalKind
from portal.campaigns import actions, eligibility, facts
from portal.campaigns.models import Action, Ask, Campaign, Invitation
from portal.db import be_patient, db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.outbox.models import Message
from portal.staff.models import Staff

TODAY = date(2026, 11, 20)


def signal(kind: SignalKind, value: float | None = None, *, days: int = 3, **more) -> Signal:
    values = {"company_id": 1, "advocate_id": 1, "by": "system", "words": ""} | more
    return Signal(
        kind=kind,
        value=value,
        at=clock.now().date() - timedelta(days=days),
        key=f"{kind}:{value}:{days}:{more}",
        **values,
    )


@pytest.fixture
def reasons(act, ada):
    """Why ada may not be asked for something."""

    def reasons(action: str) -> str:
        def look():
            person = db.session.get(Advocate, ada)
            return " ".join(eligibility.why_not(person, action, facts.of([person])))

        return act(look)

    return reasons


# ── Tact, and where it has no say ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (signal(SignalKind.NPS, 6), "Answered 6 to NPS on"),
        (signal(SignalKind.CSAT, 2), "Answered 2 to CSAT on"),
        (signal(SignalKind.TICKET), "Has a ticket open since"),
        (signal(SignalKind.TICKET, advocate_id=None), "Has a ticket open since"),
        (signal(SignalKind.NPS, 7), ""),
        (signal(SignalKind.NPS, 0, days=100), ""),
        (signal(SignalKind.TICKET, closed_at=TODAY), ""),
    ],
    ids=["detractor", "csat", "ticket", "company-ticket", "passive", "long-ago", "closed"],
)
def test_T19_a_bad_moment_counts_for_everything_but_reviews(reasons, save, ada, told, says):
    values = {column.name: getattr(told, column.name) for column in Signal.__table__.columns}
    save(Signal(**{name: value for name, value in values.items() if name != "id"}))
    for action in Action:
        said = reasons(action)
        assert (says in said if says else said == "") or action is Action.REVIEW
    assert reasons(Action.REVIEW) == ""


def test_a_kinder_answer_since_then_counts(reasons, save, ada):
    save(signal(SignalKind.NPS, 3, days=20), signal(SignalKind.NPS, 9, days=2))
    assert reasons("quote") == ""


SIGNALS = st.lists(
    st.tuples(
        st.sampled_from(list(SignalKind)),
        st.one_of(st.none(), st.integers(0, 100)),
        st.integers(0, 200),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=SIGNALS)
def test_T19_whatever_is_known_of_satisfaction_the_same_people_are_asked_for_reviews(
    app, ada, charlie, told
):
    with app.app_context():
        campaign = Campaign(actions=["review"], audience={}, personal_lines={})
        before = [person.id for person in eligibility.sort({}, campaign=campaign).eligible]
        drawn = {"sample": 1, "seed": "abc"}
        lot = [person.id for person in eligibility.sort(drawn, campaign=campaign).eligible]
        for number, (kind, value, days, of_company, closed) in enumerate(told):
            one = signal(kind, value, days=days)
            one.key, one.advocate_id = f"{number}", None if of_company else 1
            one.closed_at = one.at if closed else None
            db.session.add(one)
        db.session.flush()
        after = [person.id for person in eligibility.sort({}, campaign=campaign).eligible]
        assert after == before
        assert [p.id for p in eligibility.sort(drawn, campaign=campaign).eligible] == lot
        db.session.rollback()


def test_an_unhappy_person_gets_the_review_of_a_campaign_and_no_other_ask(
    act, save, ada, rosa, draft, saved
):
    save(signal(SignalKind.NPS, 0))

    def send():
        campaign = db.session.get(Campaign, draft)
        campaign.actions = ["quote", "review"]
        actions.send(campaign, by=SYSTEM)

    act(send)
    [ours] = [one for one in saved(Invitation) if one.advocate_id == ada]
    assert ours.unasked == ["quote"]
    [hers] = [one for one in saved(Message) if one.recipient.startswith("ada@")]
    assert hers.context["actions"] == ["review"]


# ── Reviews: all, or by lot ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "audience",
    [{"ids": [1]}, {"search": "ada"}, {"tag": "happy"}, {"company": "X"}, {"owner": "1"}],
)
def test_T19_nobody_is_picked_for_reviews(as_rosa, act, draft, audience):
    def ask_for_reviews():
        db.session.get(Campaign, draft).actions = ["review"]

    act(ask_for_reviews)
    typed = {"whom": "picked" if "ids" in audience else "all", "seen": "2"} | audience
    answer = as_rosa.post(f"/staff/campaigns/{draft}/audience", data=typed)
    assert answer.status_code == 409
    assert "Nobody is picked by hand" in answer.text

    def send_anyway():
        campaign = db.session.get(Campaign, draft)
        campaign.audience = audience
        actions.send(campaign, by=SYSTEM)

    with pytest.raises(NotAllowed, match="Nobody is picked by hand"):
        act(send_anyway)


def test_T19_a_sample_is_drawn_by_a_seed_that_is_kept_and_shown(
    as_rosa, act, draft, ada, charlie, save, saved
):
    company = Company(name="Y", name_key="y")
    save(
        *(
            Advocate(company=company, first_name=f"P{n}", last_name="", email=f"p{n}@y.example",
                     email_key=f"p{n}@y.example")
            for n in range(30)
        )
    )  # fmt: skip
    as_rosa.post(
        f"/staff/campaigns/{draft}/audience", data={"whom": "sample", "sample": "7", "seen": "1"}
    )
    drawn = saved(Campaign)[0].audience
    assert drawn["sample"] == 7
    page = as_rosa.get(f"/staff/campaigns/{draft}").text
    assert drawn["seed"] in page
    assert "Send to 7 people" in page
    as_rosa.post(f"/staff/campaigns/{draft}/sending")
    ids = {one.advocate_id for one in saved(Invitation)}
    lots = sorted(range(1, 33), key=lambda id: eligibility.lot(drawn["seed"], id))
    assert ids == set(lots[:7])
    assert drawn["seed"] in as_rosa.get(f"/staff/campaigns/{draft}").text


def test_T19_lots_are_drawn_once_however_often_the_audience_is_saved(as_rosa, draft, saved):
    def save(**chosen) -> dict:
        seen = saved(Campaign)[0].version
        answer = as_rosa.post(f"/staff/campaigns/{draft}/audience", data={"seen": seen} | chosen)
        assert answer.status_code == 303
        return saved(Campaign)[0].audience

    seed = save(whom="sample", sample="7")["seed"]
    assert save(whom="sample", sample="7")["seed"] == seed
    assert save(whom="sample", sample="9", country="Germany")["seed"] == seed
    assert "sample" not in save(whom="filter")
    assert save(whom="sample", sample="7") == {"sample": 7, "seed": seed}
    kept = [entry for entry in saved(Entry) if entry.verb == "audience chosen"]
    assert [entry.data for entry in kept] == [
        {"sample": 7, "seed": seed}, {"sample": 7, "seed": seed}, {"sample": 9, "seed": seed},
        {}, {"sample": 7, "seed": seed},
    ]  # fmt: skip
    assert kept[0].note == f"7 people by lot, with the seed {seed}"


# ── How often ──────────────────────────────────────────────────────────────────────────────


def campaigns_for_everyone(count: int, rosa: int) -> list[int]:
    made = [
        actions.draft(
            name=f"Number {number}",
            actions=["quote"],
            audience={},
            offer=None,
            referral_offer=None,
            rewarding_stage="won",
            deadline=clock.now().date() + timedelta(days=30),
            subject_line="A question",
            body="Dear {first_name}, …",
            why="",
            owner=db.session.get(Staff, rosa),
        )
        for number in range(count)
    ]
    db.session.flush()
    return [one.id for one in made]


def test_fifty_who_send_at_once_ask_each_person_once(app, act, rosa, ada, charlie, saved):
    with app.app_context():
        be_patient(db.engine)  # fifty writers on two cores: none may give up waiting for SQLite
    numbers = act(lambda: campaigns_for_everyone(50, rosa))
    refused, errors = [], []

    def send(number: int) -> None:
        with app.app_context():
            try:
                actions.send(db.session.get(Campaign, number), by=SYSTEM)
                db.session.commit()
            except NotAllowed as refusal:
                refused.append(refusal)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=send, args=[number]) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(refused) == 49
    assert sorted(one.advocate_id for one in saved(Ask)) == [ada, charlie]
    assert len(saved(Message)) == 2


def test_no_more_people_of_one_company_are_asked_than_may_be(
    app, act, save, rosa, saved, monkeypatch
):
    company = Company(name="Y", name_key="y")
    people = [
        Advocate(company=company, first_name=f"P{n}", last_name="", email=f"p{n}@y.example",
                 email_key=f"p{n}@y.example")
        for n in range(4)
    ]  # fmt: skip
    save(*people)
    monkeypatch.setattr(app.extensions["goodword"], "asks_per_company", 3)
    [first, second] = act(lambda: campaigns_for_everyone(2, rosa))
    act(lambda: actions.send(db.session.get(Campaign, first), by=SYSTEM))
    assert len(saved(Ask)) == 3
    with app.app_context():
        not_now = eligibility.sort({}).not_now
    assert any("3 people at Y were asked" in why for _, why in not_now)
    with pytest.raises(NotAllowed, match="Nobody would get this"):
        act(lambda: actions.send(db.session.get(Campaign, second), by=SYSTEM))


@pytest.mark.parametrize("action", ["quote", "review"])
def test_T38_who_asked_us_to_stop_is_not_asked_at_another_address_either(act, ada, reasons, action):
    """What their old address is barred from says nothing of a new one; their own word does."""

    def stop_and_move():
        person = db.session.get(Advocate, ada)
        advocates.stop_inviting(person, by=person)
        person.email = person.email_key = "ada@elsewhere.example"

    act(stop_and_move)
    assert "to stop inviting them" in reasons(action)
