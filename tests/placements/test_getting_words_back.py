"""Words used where we cannot reach become tasks the moment they may no longer stand there."""

from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image

from portal import clock
from portal.advocates.models import Advocate
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import Stale
from portal.placements import actions
from portal.placements.models import Kind, Outcome, Placement, Reason, Takedown
from portal.publishing.models import Asset
from portal.staff.models import Role, Staff
from portal.submissions.models import Submission
from tests.crowd import overlapping

PROOF = {"outcome": "gone", "proof": "I took slide 7 out and sent the new deck to all."}


def test_T26_a_withdrawal_makes_a_task_with_owner_and_due_date_and_a_mail(
    placed, take_back, look, saved, rosa, post_mail, mailroom
):
    placed()
    assert look() == 0
    take_back(Purpose.SALES)
    assert look() == 1
    [task] = saved(Takedown)
    assert task.reason is Reason.WITHDRAWN
    assert task.owner_id == rosa
    assert (task.due_on - clock.now().date()).days == 7
    post_mail()
    mail = mailroom.text(mailroom.to("rosa@acme.example")[-1])
    assert "Pitch deck, slide 7" in mail
    assert f"http://localhost/staff/takedowns/{task.id}" in mail
    assert look() == 0


@pytest.mark.parametrize(
    ("kind", "purpose", "due"),
    [
        (Kind.SITE, Purpose.WORDS, True),
        (Kind.SITE, Purpose.SALES, False),
        (Kind.DEAL, Purpose.SALES, True),
        (Kind.DEAL, Purpose.WORDS, False),
        (Kind.PRINT, Purpose.SALES, True),
        (Kind.AD, Purpose.SALES, True),
    ],
)
def test_T23_each_place_rests_on_its_own_permission(placed, take_back, look, kind, purpose, due):
    placed(kind)
    take_back(purpose)
    assert look() == due


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("left", Reason.LEFT),
        ("moved", Reason.LEFT),
        ("restricted", Reason.RESTRICTED),
        ("a year", Reason.UNCONFIRMED),
        ("ends", Reason.EXPIRED),
    ],
)
def test_T6_T29_expiry_and_leaving_make_tasks_too(
    placed, look, act, ada, saved, wait, what, reason
):
    placed(Kind.SITE if what == "a year" else Kind.DECK)

    def change():
        person = db.session.get(Advocate, ada)
        person.left_at = clock.now() if what == "left" else None
        person.moved_at = clock.now() if what == "moved" else None
        person.restricted_at = clock.now() if what == "restricted" else None

    if what in ("left", "moved", "restricted"):
        act(change)
    else:
        wait(days=366)
    look()
    assert [task.reason for task in saved(Takedown)] == [reason]


def test_T29_a_change_of_job_before_the_last_yes_is_not_the_reason(placed, act, ada, saved):
    def move():
        asset = db.session.query(Asset).one()
        db.session.get(Advocate, ada).moved_at = asset.published_at - timedelta(days=1)

    placed()
    act(move)
    placed(place="Pitch deck, slide 8", names_company=True)  # its company never said yes to decks
    assert [task.reason for task in saved(Takedown)] == [Reason.COMPANY]


def test_T6_a_year_without_a_yes_comes_before_a_change_of_job(placed, act, ada, look, saved, wait):
    placed(Kind.SITE)
    act(lambda: setattr(db.session.get(Advocate, ada), "moved_at", clock.now()))
    wait(days=366)
    look()
    assert [task.reason for task in saved(Takedown)] == [Reason.UNCONFIRMED]


def test_T28_a_company_that_forbids_its_name_gets_it_back_from_where_it_is_named(
    placed, look, act, saved
):
    from portal.consent import asking
    from portal.consent.models import OrgApproval
    from tests.contributing import company_agrees

    placed()  # without the company's name

    def agree():
        company_agrees(db.session.query(Asset).one().submission, in_sales=True)

    act(agree)
    named = placed(place="Pitch deck, slide 8", names_company=True)
    assert look() == 0
    act(lambda: asking.forbid(db.session.scalars(sa.select(OrgApproval)).all()[-1]))
    assert look() == 1
    [task] = saved(Takedown)
    assert (task.placement_id, task.reason) == (named, Reason.COMPANY)


def test_a_use_nobody_permitted_is_written_down_and_becomes_a_task_at_once(
    placed, take_back, as_rosa, saved, act, rosa
):
    placed()
    take_back(Purpose.SALES)
    asset = saved(Asset)[0].id
    form = {"kind": "ad", "place": "Autumn post", "owner": rosa}
    answer = as_rosa.post(f"/staff/assets/{asset}/uses", data=form, follow_redirects=True)
    assert "It may not be used there" in answer.text
    assert "Autumn post" in as_rosa.get("/staff/takedowns").text


def test_a_permission_given_again_before_closes_the_task_by_itself(
    placed, take_back, look, saved, as_ada
):
    placed()
    take_back(Purpose.SALES)
    look()
    reference = as_ada.get("/me/permissions").text.split("/me/receipts/")[1].split('"')[0]
    as_ada.post(f"/me/permissions/{reference}/sales/grant")
    look()
    [task] = saved(Takedown)
    assert task.outcome is Outcome.PERMITTED
    assert saved(Placement)[0].ended_at is None


# ── Closing it ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def task(placed, take_back, look, saved):
    """A takedown that is due; its address."""

    def task(kind=Kind.DECK) -> str:
        placed(kind)
        take_back(Purpose.WORDS if kind is Kind.SITE else Purpose.SALES)
        look()
        return f"/staff/takedowns/{saved(Takedown)[0].id}"

    return task


def test_without_a_proof_it_stays_open_and_nothing_typed_is_lost(task, as_rosa, saved):
    address = task()
    answer = as_rosa.post(f"{address}/proof", data={"outcome": "stopped", "proof_url": "see deck"})
    assert answer.status_code == 422
    assert "see deck" in answer.text
    assert "Enter a whole address" in answer.text
    assert as_rosa.post(f"{address}/proof", data={"outcome": "gone"}).status_code == 422
    assert saved(Takedown)[0].closed_at is None


def test_the_database_itself_wants_a_proof(task, act):
    task()

    def close():
        one = db.session.scalars(sa.select(Takedown)).one()
        one.outcome, one.closed_at = Outcome.GONE, clock.now()

    with pytest.raises(sa.exc.IntegrityError, match="proof_if_done"):
        act(close)


def test_a_picture_is_a_proof_and_can_be_looked_at_by_staff_alone(
    task, as_rosa, as_stranger, saved
):
    address = task()
    picture = BytesIO()
    Image.new("RGB", (20, 20), "white").save(picture, "PNG")
    picture.seek(0)
    form = {"outcome": "gone", "file": (picture, "slide.png")}
    assert as_rosa.post(f"{address}/proof", data=form).status_code == 303
    assert as_rosa.get(f"{address}/proof").mimetype == "image/webp"
    assert as_stranger.get(f"{address}/proof").status_code == 302
    assert saved(Placement)[0].ended_at


def test_what_is_no_picture_is_refused_with_its_reason(task, as_rosa, saved):
    form = {"outcome": "gone", "file": (BytesIO(b"MZ not a picture"), "slide.png")}
    answer = as_rosa.post(f"{task()}/proof", data=form)
    assert answer.status_code == 422
    assert "We cannot use this kind of file" in answer.text
    assert saved(Takedown)[0].closed_at is None


def test_closing_twice_keeps_the_first_proof(task, as_rosa, saved):
    address = task()
    assert as_rosa.post(f"{address}/proof", data=PROOF).status_code == 303
    again = as_rosa.post(f"{address}/proof", data=PROOF | {"proof": "Another."})
    assert again.status_code == 409
    assert saved(Takedown)[0].proof == PROOF["proof"]


def test_a_proof_for_a_task_that_a_colleague_closed_is_shown_as_typed(
    task, as_rosa, browser_of, save
):
    address = task()
    sam = browser_of(staff=save(Staff(email="sam@acme.example", name="Sam", role=Role.EDITOR)))
    as_rosa.post(f"{address}/proof", data=PROOF)
    typed = {"outcome": "gone", "proof": "Done", "proof_url": "https://acme.example/log/7"}
    answer = sam.post(f"{address}/proof", data=typed)
    assert answer.status_code == 409
    assert "Rosa was faster: gone," in answer.text
    assert "Done</p>" in answer.text
    assert "https://acme.example/log/7</p>" in answer.text
    assert "Take down: " in answer.text  # beside what the task says by now, not on a page of errors


def test_a_proof_that_comes_too_late_leaves_no_file_behind(task, as_rosa, tmp_path):
    address, picture = task(), BytesIO()
    as_rosa.post(f"{address}/proof", data=PROOF)
    before = set((tmp_path / "media").rglob("*"))
    Image.new("RGB", (20, 20), "white").save(picture, "PNG")
    picture.seek(0)
    form = {"outcome": "gone", "file": (picture, "slide.png")}
    assert as_rosa.post(f"{address}/proof", data=form).status_code == 409
    assert set((tmp_path / "media").rglob("*")) == before


def test_a_closed_task_is_handed_to_nobody(task, as_rosa, save, saved, rosa, post_mail, mailroom):
    address = task()
    sam = save(Staff(email="sam@acme.example", name="Sam", role=Role.EDITOR))
    as_rosa.post(f"{address}/proof", data=PROOF)
    handed = as_rosa.post(f"{address}/owner", data={"owner": sam})
    assert handed.status_code == 409
    assert "You were faster: gone, " in handed.text
    assert saved(Takedown)[0].owner_id == rosa
    post_mail()
    assert mailroom.to("sam@acme.example") == []


def test_a_task_closed_meanwhile_by_someone_else_is_handed_to_nobody(app, task, act, save, rosa):
    task()
    sam = save(Staff(email="sam@acme.example", name="Sam", role=Role.EDITOR))
    with app.app_context():
        seen = db.session.scalars(sa.select(Takedown)).one()
        db.session.rollback()  # lets others write; what was read stays read
        sa.orm.attributes.set_committed_value(seen, "closed_at", None)

        def close():
            one, proof = db.session.scalars(sa.select(Takedown)).one(), actions.Proof("Gone.")
            actions.finish(one, Outcome.GONE, proof, by=db.session.get(Staff, rosa))

        act(close)
        other, me = db.session.get(Staff, sam), db.session.get(Staff, rosa)
        with pytest.raises(Stale, match="Rosa was faster: gone"):
            actions.hand_over(seen, other, by=me)


def test_a_task_can_be_closed_while_it_is_handed_over(app, task, save, saved, rosa):
    task()
    sam = save(Staff(email="sam@acme.example", name="Sam", role=Role.EDITOR))

    def the_task():
        return db.session.scalars(sa.select(Takedown)).one()

    def hand_over():
        to, by = db.session.get(Staff, sam), db.session.get(Staff, rosa)
        actions.hand_over(the_task(), to, by=by)

    def finish():
        proof, by = actions.Proof("Out."), db.session.get(Staff, sam)
        actions.finish(the_task(), Outcome.GONE, proof, by=by)

    overlapping(app, hand_over, finish)
    [closed] = saved(Takedown)
    assert (closed.owner_id, closed.outcome) == (sam, Outcome.GONE)


def test_the_place_of_an_open_task_cannot_be_ended_without_its_proof(task, as_rosa, saved):
    task()
    answer = as_rosa.post(f"/staff/placements/{saved(Placement)[0].id}/end")
    assert answer.status_code == 409
    assert "with a proof" in answer.text


# ── Who hears of it ────────────────────────────────────────────────────────────────────────


def test_T26_the_customer_reads_that_it_is_being_removed_and_when_it_is_done(
    placed, take_back, look, as_ada, as_rosa, saved
):
    placed()
    address = f"/me/submissions/{saved(Submission)[0].id}"
    assert "Used in a sales deck" in as_ada.get(address).text
    take_back(Purpose.SALES)
    assert "Being removed from a sales deck" in as_ada.get(address).text
    look()
    page = as_ada.get(address).text
    assert "Being removed from a sales deck" in page
    assert "at the latest" in page
    assert "Pitch deck, slide 7" not in page
    as_rosa.post(f"/staff/takedowns/{saved(Takedown)[0].id}/proof", data=PROOF)
    page = as_ada.get(address).text
    assert "Removed from a sales deck" in page
    assert "Being removed" not in page


def test_printed_copies_are_not_promised_back(task, as_ada, as_rosa, saved):
    address = task(Kind.PRINT)
    mine = f"/me/submissions/{saved(Submission)[0].id}"
    assert "cannot be called back" in as_ada.get(mine).text
    assert "cannot be called back" in as_rosa.get(address).text
    as_rosa.post(f"{address}/proof", data=PROOF | {"outcome": "stopped"})
    page = as_ada.get(mine).text
    assert "No longer handed out: something printed" in page
    assert "Removed from" not in page


def test_it_waits_in_the_queue_and_is_marked_once_overdue(
    task, as_rosa, browser_of, rosa, wait, look, saved, post_mail, mailroom
):
    task()
    assert "Take down: Pitch deck, slide 7" in as_rosa.get("/staff/queue?kind=takedowns").text
    wait(days=9)
    look()
    look()
    later = browser_of(staff=rosa)
    assert ">Overdue<" in later.get("/staff/queue?kind=takedowns").text
    assert "Pitch deck, slide 7" in later.get("/staff/takedowns?show=late").text
    post_mail()
    subjects = [mail["Subject"] for mail in mailroom.to("rosa@acme.example")]
    assert sum(subject.startswith("Overdue") for subject in subjects) == 1


def test_the_list_shows_mine_or_everyones(task, as_rosa, browser_of, save):
    task()
    sam = save(Staff(email="sam@acme.example", name="Sam", role=Role.EDITOR))
    his = browser_of(staff=sam)
    assert "Pitch deck" in his.get("/staff/takedowns").text
    assert "Pitch deck" not in his.get("/staff/takedowns?owner=me").text
    handed = as_rosa.post("/staff/takedowns/1/owner", data={"owner": sam})
    assert handed.status_code == 303
    assert "Pitch deck" in his.get("/staff/takedowns?owner=me").text


def test_a_place_of_someone_who_left_the_team_falls_to_an_owner(
    placed, take_back, look, act, save, rosa, saved
):
    sam = save(Staff(email="sam@acme.example", name="Sam", role=Role.EDITOR))
    place = placed()

    def leave():
        db.session.get(Placement, place).owner_id = sam
        db.session.get(Staff, sam).disabled_at = clock.now()

    act(leave)
    take_back(Purpose.SALES)
    look()
    assert saved(Takedown)[0].owner_id == rosa


# ── Where it is used ───────────────────────────────────────────────────────────────────────


def test_our_own_pages_and_blocks_are_in_the_register_by_themselves(
    published, take_back, as_rosa, saved
):
    published()
    asset = saved(Asset)[0].id
    as_rosa.post("/staff/blocks", data={"title": "Pricing page"})
    as_rosa.post("/staff/blocks/1/picks", data={"asset": asset})
    page = as_rosa.get(f"/staff/assets/{asset}/uses").text
    assert "Block “Pricing page”" in page
    assert page.count("Shows it") == 6  # its own page, three that draw several, and two blocks
    assert "Check these words:" in page
    take_back(Purpose.WORDS)
    page = as_rosa.get(f"/staff/assets/{asset}/uses").text
    assert page.count("Does not show it") == 6
    assert "nothing to share" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"place": " "}, "Enter where it is"),
        ({"kind": ""}, "Choose what sort of place it is"),
        ({"url": "our wiki"}, "Enter a whole address"),
        ({"since": "2999-01-01"}, "Enter a day that is not in the future"),
    ],
)
def test_a_place_is_not_written_down_by_halves(published, as_rosa, saved, rosa, wrong, sentence):
    published()
    form = {"kind": "deck", "place": "Deck", "owner": rosa, "note": "Kept as typed"} | wrong
    answer = as_rosa.post(f"/staff/assets/{saved(Asset)[0].id}/uses", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Kept as typed" in answer.text
    assert saved(Placement) == []


def test_two_workers_at_once_open_one_task(app, placed, take_back, saved):
    from concurrent.futures import ThreadPoolExecutor

    placed()
    take_back(Purpose.SALES)

    def work(_):
        with app.app_context():
            actions.look_around()
            db.session.commit()

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(work, range(2)))
    assert len(saved(Takedown)) == 1
