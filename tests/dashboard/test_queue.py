"""One list of everything that waits: filtered by its address, claimed, kept, decided together."""

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal import clock
from portal.advocates import wishes
from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.dashboard.kinds import KINDS
from portal.db import db
from portal.history.actions import SYSTEM
from portal.incentives import actions as incentives
from portal.incentives.models import Offer, Reward, RewardState
from portal.queue import queries
from portal.queue.models import Desk, QueueClaim, SavedView
from portal.queue.queries import Place, View
from portal.staff.models import Role, Staff
from portal.submissions.models import State, Submission
from tests.contributing import contribute, invited


@pytest.fixture
def many(act, campaign, ada):
    """Contributions of several people, each an hour apart, the oldest first."""

    numbers = itertools.count(1)

    def many(number: int, action=Action.QUOTE) -> list[int]:
        def send():
            ids = []
            for place in range(number):
                with clock.ago(hours=number - place):
                    ids.append(contribute(invited(campaign, next(numbers)), action).id)
            return ids

        return act(send)

    return many


@pytest.fixture
def owe(act, ada, offer):
    def owe(number: int = 1, **more) -> None:
        act(
            lambda: incentives.accrue(
                db.session.get(Advocate, ada),
                reason=f"lead:{number}",
                explanation="Your lead",
                promise=db.session.get(Offer, offer).promise(),
                by=SYSTEM,
                **more,
            )
        )

    return owe


@pytest.fixture
def sam(save) -> int:
    return save(Staff(email="sam@acme.example", name="Sam", role=Role.EDITOR, password_hash="x"))


@pytest.fixture
def as_sam(browser_of, sam):
    return browser_of(staff=sam)


def titles(page: str) -> list[str]:
    found = page.split('class="gw-task__link"')[1:]
    return [part.partition(">")[2].partition("<")[0] for part in found]


# ── Filters and pages ──────────────────────────────────────────────────────────────────────


def test_filters_and_order_stand_in_the_address(many, owe, as_rosa):
    many(2)
    many_reviews = many(1, Action.REVIEW)
    owe()
    assert many_reviews
    newest = titles(as_rosa.get("/staff/queue?sort=newest").text)
    assert newest == titles(as_rosa.get("/staff/queue").text)[::-1]
    assert titles(as_rosa.get("/staff/queue?what=review").text) == ["Review from Customer No 3"]
    assert titles(as_rosa.get("/staff/queue?kind=rewards&what=review").text) == []
    nonsense = as_rosa.get("/staff/queue?kind=x&what=y&sort=z&after=a~b~c&before=%00")
    assert len(titles(nonsense.text)) == 4


def test_whoever_works_through_a_filter_stays_in_it(many, as_rosa, saved):
    first, other, last = many(1, Action.REVIEW) + many(1) + many(1, Action.REVIEW)
    page = as_rosa.get("/staff/queue?kind=decide&what=review").text
    [way, _] = re.findall(r'gw-task__link" href="([^"]+)"', page)
    assert way == f"/staff/submissions/{first}?kind=decide&amp;what=review"
    page = as_rosa.get(way.replace("&amp;", "&")).text
    link = f'href="/staff/submissions/{last}?kind=decide&amp;what=review"'
    assert f'data-key="j" rel="next" {link}' in page
    assert 'href="/staff/queue?kind=decide&amp;what=review"' in page
    act = re.search(r'action="(/staff/submissions/\d+/approval[^"]*)"', page)[1]
    seen = {"seen": next(one.version for one in saved(Submission) if one.id == first)}
    on = as_rosa.post(act.replace("&amp;", "&"), data=seen)
    assert as_rosa.get(on.location).location == f"/staff/submissions/{last}?kind=decide&what=review"
    assert as_rosa.get("/staff/queue/next").location == f"/staff/submissions/{other}?via=queue"


def test_pages_follow_each_other_and_lead_back_whatever_the_kind(many, owe, act, rosa, app):
    many(5)
    for number in range(3):
        owe(number)
    with app.app_context():
        me = db.session.get(Staff, rosa)
        for sort in ("", "newest"):
            whole = [one.place for one in queries.page(KINDS, View(sort=sort), me).items]
            assert len(whole) == 8
            pages, view = [], View(sort=sort)
            for _ in range(5):
                page = queries.page(KINDS, view, me, 3)
                pages.append([one.place for one in page.items])
                if not page.next:
                    break
                view = View(sort=sort, after=page.next)
            assert [one for page in pages for one in page] == whole
            back = queries.page(KINDS, View(sort=sort, before=page.previous), me, 3)
            assert [one.place for one in back.items] == pages[-2]
            first = queries.page(KINDS, View(sort=sort, before=back.previous), me, 3)
            assert [one.place for one in first.items] == pages[0]
            assert first.previous is None


def test_things_of_one_moment_are_neither_lost_nor_shown_twice(act, many, owe, rosa, app):
    many(3)
    owe(1)
    moment = datetime.now(UTC) - timedelta(days=1)
    act(lambda: db.session.execute(sa.update(Submission).values(submitted_at=moment)))
    act(lambda: db.session.execute(sa.update(Reward).values(waits_since=moment)))
    with app.app_context():
        me, view, seen = db.session.get(Staff, rosa), View(), []
        while True:
            page = queries.page(KINDS, view, me, 1)
            seen += [(one.kind.key, one.id) for one in page.items]
            if not page.next:
                break
            view = View(after=page.next)
    assert len(seen) == len(set(seen)) == 4


def test_the_place_of_something_is_read_as_it_was_written():
    place = Place(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "decide", 7)
    assert Place.read(str(place)) == place
    for broken in ("", "x", "2026-01-01~decide~1", "2026-01-01T00:00:00+00:00~decide~one"):
        assert Place.read(broken) is None


def test_a_restricted_persons_things_are_shown_as_held(many, act, as_rosa):
    many(1)

    def restrict():
        wishes.restrict(db.session.get(Submission, 1).advocate, by=SYSTEM)

    act(restrict)
    page = as_rosa.get("/staff/queue").text
    assert "On hold: they asked us to do nothing" in page
    assert 'form="several-' not in page
    assert "They asked us to do nothing" in as_rosa.get("/staff/submissions/1").text


def test_a_reward_waits_exactly_while_its_newest_line_says_so(owe, act, saved, as_rosa, rosa):
    later = datetime.now(UTC) + timedelta(days=3)
    owe(1, not_before=later)
    owe(2, hold="Someone should look.")
    owe(3)
    assert saved(Reward)[0].waits_since == later
    assert len(titles(as_rosa.get("/staff/queue?kind=rewards").text)) == 2

    def approve():
        one = db.session.get(Reward, 3)
        incentives.move(one, RewardState.APPROVED, by=db.session.get(Staff, rosa))

    act(approve)
    for reward in saved(Reward):
        with_person = reward.entries[-1].state in (RewardState.ACCRUED, RewardState.HELD)
        assert (reward.waits_since is not None) is with_person


# ── Speed: counts, never times ─────────────────────────────────────────────────────────────


def test_a_page_asks_the_same_number_of_questions_however_much_waits(many, owe, as_rosa, app):
    def statements() -> list[str]:
        seen = []
        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        assert as_rosa.get("/staff/queue").status_code == 200
        return seen

    many(1)
    owe(1)
    few = len(statements())
    assert few <= 11  # BEGIN, who asks, counts, the page, two kinds with two each, claims, the desk
    many(6)
    owe(2)
    owe(3)
    more = statements()
    assert len(more) // 2 <= few  # the listener is there twice by now


def test_each_kind_of_the_queue_is_found_by_its_index(app, rosa):
    """What EXPLAIN says on SQLite: no scan of a table, no sorting of one."""
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        for kind in KINDS:
            query = sa.select(kind.row.id).where(*kind.waits())
            query = query.order_by(kind.since, kind.row.id).limit(51)
            told = str(query.compile(db.engine, compile_kwargs={"literal_binds": True}))
            plan = db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {told}")).all()
            words = " | ".join(row[3] for row in plan)
            assert "USING" in words, (kind.key, words)
            whole = [row[3] for row in plan if "SCAN" in row[3] and "USING" not in row[3]]
            assert not whole, (kind.key, words)
            if kind.key != "events":  # two states, and never many
                assert "TEMP B-TREE" not in words, (kind.key, words)


def test_what_waits_is_asked_with_the_time_of_the_asking():
    """The statements are kept, so a moment in them is known anew each time (``moment``)."""
    for kind in KINDS:
        for condition in kind.waits():
            for part in sa.sql.visitors.iterate(condition):
                if isinstance(part, sa.BindParameter) and not part.callable:
                    assert not isinstance(part.value, datetime), kind.key


def test_drawing_what_waits_asks_once_for_a_kind_not_once_for_a_thing(many, owe, rosa, act, app):
    """Of each kind a page loads its rows with one statement that scans no table (SQLite)."""
    many(5)
    for number in range(5):
        owe(number)
    with app.app_context():
        me, seen = db.session.get(Staff, rosa), []
        queries.page(KINDS, View(), me)
        db.session.expunge_all()
        sa.event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append((a[2], a[3])))
        queries.page(KINDS, View(), me)
        assert len(seen) == len({told for told, _ in seen})
        if db.engine.dialect.name == "sqlite":
            for told, given in [one for one in seen if " IN (" in one[0]]:
                rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {told}", given)
                assert "SCAN advocate" not in " ".join(row[3] for row in rows), told


# ── Who is on it ───────────────────────────────────────────────────────────────────────────


def test_rosa_is_on_it_and_sam_is_told(many, as_rosa, as_sam, wait, saved):
    many(2)
    answer = as_rosa.post("/staff/queue/claims", data={"item": "take:decide:1"})
    assert answer.location == "/staff/submissions/1?via=queue"
    assert "Rosa is on it" in as_sam.get("/staff/queue").text
    assert "Rosa is on it" in as_sam.get("/staff/submissions/1").text
    as_sam.post("/staff/queue/claims", data={"item": "take:decide:1", "view": "1"})
    assert "Rosa is on it until" in as_sam.get("/staff/queue").text
    as_sam.post("/staff/queue/claims", data={"item": "leave:decide:1"})  # not his to release
    for where in ("/staff/queue", "/staff/submissions/1"):
        page = as_rosa.get(where).text
        assert "<strong>You are on it</strong>" in page
        assert ">Put it back<" in page
    assert ">Take it<" in as_rosa.get("/staff/submissions/2").text
    assert len(titles(as_rosa.get("/staff/queue?show=mine").text)) == 1
    assert titles(as_sam.get("/staff/queue?show=mine").text) == []
    assert len(titles(as_sam.get("/staff/queue?show=free").text)) == 1
    as_rosa.post("/staff/queue/claims", data={"item": "leave:decide:1"})
    assert saved(QueueClaim) == []
    as_rosa.post("/staff/queue/claims", data={"item": "take:decide:1"})
    wait(minutes=31)
    assert "is on it" not in as_sam.get("/staff/submissions/1").text
    as_sam.post("/staff/queue/claims", data={"item": "take:decide:1"})
    assert [claim.staff.name for claim in saved(QueueClaim)] == ["Sam"]


@pytest.mark.parametrize("item", ["", "take", "take:decide:99", "take:x:1", "take:decide:²"])
def test_what_does_not_wait_cannot_be_claimed(many, as_rosa, item):
    many(1)
    assert as_rosa.post("/staff/queue/claims", data={"item": item}).status_code == 404


def test_overdue_ones_can_be_shown_alone(many, act, as_rosa):
    many(2)
    old = datetime.now(UTC) - timedelta(days=30)
    act(
        lambda: db.session.execute(
            sa.update(Submission).where(Submission.id == 1).values(submitted_at=old)
        )
    )
    page = as_rosa.get("/staff/queue?show=late").text
    assert len(titles(page)) == 1
    assert ">waiting 4\u00a0weeks</time>" in page
    assert "waiting 4\u00a0weeks" in as_rosa.get("/staff").text
    assert ">Overdue</span>" in page


# ── Views and keys ─────────────────────────────────────────────────────────────────────────


def test_a_view_is_kept_by_its_name_for_one_person(many, as_rosa, as_sam, saved):
    many(1, Action.REVIEW)
    data = {"name": " Old  reviews ", "kind": "decide", "what": "review", "sort": "newest"}
    assert as_rosa.post("/staff/queue/views", data=data).status_code == 303
    page = as_rosa.get("/staff/queue").text
    link = re.search(r'href="([^"]+)">Old reviews<', page)[1].replace("&amp;", "&")
    assert titles(as_rosa.get(link).text) == ["Review from Customer No 1"]
    assert "Old reviews" not in as_sam.get("/staff/queue").text
    as_rosa.post("/staff/queue/views", data=data | {"what": "quote"})
    assert [one.query for one in saved(SavedView)] == ["kind=decide&what=quote&sort=newest"]
    as_sam.post("/staff/queue/views/1/removal")
    assert len(saved(SavedView)) == 1
    as_rosa.post("/staff/queue/views/1/removal")
    assert saved(SavedView) == []


def test_a_view_without_a_name_comes_back_as_it_was(many, as_rosa):
    many(1)
    answer = as_rosa.post("/staff/queue/views", data={"name": " ", "kind": "decide"})
    assert answer.status_code == 422
    assert "Give the view a name" in answer.text
    long = as_rosa.post("/staff/queue/views", data={"name": "x" * 61})
    assert long.status_code == 422
    assert "x" * 61 in long.text


def test_keys_stay_off_for_this_person_on_every_machine(many, as_rosa, as_sam, browser_of, rosa):
    many(1)
    assert 'data-keys="on"' in as_rosa.get("/staff/queue").text
    as_rosa.post("/staff/queue/keys", data={"keys": "off"})
    another = browser_of(staff=rosa)
    for path in ("/staff/queue", "/staff/submissions/1"):
        assert 'data-keys="off"' in another.get(path).text
        assert 'data-keys="on"' in as_sam.get(path).text
    as_rosa.post("/staff/queue/keys", data={"keys": "on"})
    assert 'data-keys="on"' in another.get("/staff/queue").text


def test_somebody_who_only_looks_has_no_keys_and_no_buttons(many, browser_of, save, saved):
    many(1)
    vera = save(Staff(email="v@acme.example", name="Vera", role=Role.VIEWER, password_hash="x"))
    page = browser_of(staff=vera).get("/staff/queue").text
    assert "data-keys" not in page
    assert 'method="post"' not in page.partition("<main")[2]
    assert saved(Desk) == []


# ── Several at once ────────────────────────────────────────────────────────────────────────


def items(saved) -> list[str]:
    return [f"{one.id}:{one.version}" for one in saved(Submission)]


def outcomes(page: str) -> list[str]:
    return re.findall(r'<p class="gw-hint">(.*?)</p>', page.partition('role="status">')[2])


def test_several_are_decided_each_with_its_own_outcome(many, as_rosa, as_sam, saved, act, campaign):
    many(3)
    act(lambda: contribute(invited(campaign, 9), Action.REVIEW).id)
    chosen = items(saved)
    as_sam.post("/staff/submissions/2/approval", data={"seen": saved(Submission)[1].version})
    data = {"items": chosen, "decision": "decline", "ground": "no-room", "note": "Not this time."}
    page = as_rosa.post("/staff/queue/decisions/contributions", data=data).text
    said = page.partition("What became of them")[2]
    assert said.count("Declined.") == 2
    assert "Sam approved it at " in said
    assert "A review can only be declined on one of the neutral grounds." in said
    states = [one.state for one in saved(Submission)]
    assert states == [State.DECLINED, State.APPROVED, State.DECLINED, State.SUBMITTED]
    assert "Not this time." in page  # kept for those that were not done
    assert 'value="4:' in page


def test_what_several_had_done_can_be_undone_together(many, as_rosa, saved, post_mail, wait):
    many(2)
    post_mail()
    data = {"items": items(saved), "decision": "change", "note": "Leave out the price."}
    page = as_rosa.post("/staff/queue/decisions/contributions", data=data).text
    assert 'action="/staff/undo' in page
    before = len(post_mail())
    answer = as_rosa.post("/staff/undo", data={"items": ["submission:1", "submission:2"]})
    assert answer.text.count("Undone. It waits again") == 2
    wait(minutes=5)
    assert len(post_mail()) == before
    assert {one.state for one in saved(Submission)} == {State.SUBMITTED}


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"items": []}, "Select at least one"),
        ({"decision": ""}, "Choose the decision"),
        ({"decision": "decline"}, "Choose the ground"),
        ({"decision": "change", "note": " "}, "each of them will read it"),
    ],
)
def test_an_incomplete_decision_on_several_comes_back(many, as_rosa, saved, sent, says):
    many(2)
    data = {"items": items(saved), "decision": "approve", "note": "A long note"} | sent
    answer = as_rosa.post("/staff/queue/decisions/contributions", data=data)
    assert answer.status_code == 422
    assert says in answer.text
    assert data["note"].strip() in answer.text
    assert {one.state for one in saved(Submission)} == {State.SUBMITTED}


@pytest.mark.parametrize("rating", [1, 5])
def test_T16_a_decision_on_several_shows_no_rating(act, invitation, as_rosa, saved, rating):
    act(lambda: contribute(invitation, Action.REVIEW, rating=rating).id)
    stale = {"items": ["1:0"], "decision": "approve"}
    page = as_rosa.post("/staff/queue/decisions/contributions", data=stale).text
    assert "gw-stars" not in page
    assert "out of 5" not in page
    assert saved(Submission)[0].state is State.SUBMITTED
