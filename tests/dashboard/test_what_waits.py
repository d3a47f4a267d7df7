"""The queue holds everything that waits for a person, oldest first; home counts it."""

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.consent.models import Purpose
from portal.db import db
from portal.history.actions import SYSTEM
from portal.incentives import actions as incentives
from portal.incentives.models import Choice, Offer
from portal.publishing import actions as publishing
from portal.publishing.basis import Basis
from portal.publishing.queries import asset_of
from portal.queue.kinds import age
from portal.review import actions as review
from portal.staff.models import Role, Staff
from portal.submissions.models import Submission
from tests.contributing import EVERYTHING, contribute, invited


@pytest.fixture
def sent(act, invitation):
    def sent(action=Action.QUOTE, invitation_id=invitation, **more) -> int:
        return act(lambda: contribute(invitation_id, action, **more).id)

    return sent


def titles(page: str) -> list[str]:
    return [part.partition(">")[2].partition("<")[0]
            for part in page.split('class="gw-task__link"')[1:]]  # fmt: skip


def test_an_empty_queue_is_a_pleasure(as_rosa):
    page = as_rosa.get("/staff/queue").text
    assert "Nothing waits" in page
    assert "Ask more customers" in page
    assert 'class="gw-count"' not in page


def test_everything_waits_in_one_list_oldest_first(sent, as_rosa, act, campaign, ada, offer):
    def owe():
        with clock.ago(days=3):
            incentives.accrue(
                db.session.get(Advocate, ada),
                reason="lead:1",
                explanation="Your lead",
                promise=db.session.get(Offer, offer).promise(),
                by=SYSTEM,
            )

    with clock.ago(days=2):
        sent()
    act(owe)
    with clock.ago(hours=5):
        sent(Action.REVIEW, invitation_id=act(lambda: invited(campaign, 1)))
    page = as_rosa.get("/staff/queue").text
    assert titles(page) == [
        "A €25 gift card for Ada Lovelace",
        "Quote from Ada Lovelace",
        "Review from Customer No 1",
    ]
    assert "2\u00a0days" in page
    assert "5\u00a0hours" in page
    assert titles(as_rosa.get("/staff/queue?kind=rewards").text) == [
        "A €25 gift card for Ada Lovelace"
    ]
    assert len(titles(as_rosa.get("/staff/queue?kind=decide").text)) == 2
    assert "Nothing waits here" in as_rosa.get("/staff/queue?kind=leads").text


def test_what_is_decided_leaves_the_queue(sent, as_rosa, saved):
    quote = sent()
    seen = saved(Submission)[0].version
    as_rosa.post(f"/staff/submissions/{quote}/approval", data={"seen": seen})
    assert titles(as_rosa.get("/staff/queue?kind=decide").text) == []
    assert titles(as_rosa.get("/staff/queue?kind=publish").text) == ["Quote from Ada Lovelace"]
    as_rosa.post(f"/staff/submissions/{quote}/publication", data={"fair_cut": "y"})
    assert titles(as_rosa.get("/staff/queue").text) == []


def test_words_that_may_not_be_shown_do_not_wait_for_being_published(
    invitation, as_rosa, act, rosa
):
    def decided():
        quote = contribute(invitation, Action.QUOTE, allows=EVERYTHING - {Purpose.WORDS})
        review.approve(quote, seen=quote.version, by=db.session.get(Staff, rosa))

    act(decided)
    assert titles(as_rosa.get("/staff/queue").text) == []


@pytest.mark.parametrize(("days", "late"), [(9, False), (17, True)])
def test_T17_a_review_older_than_ten_working_days_is_overdue(sent, as_rosa, days, late):
    with clock.ago(days=days):
        sent(Action.REVIEW)
    assert (">Overdue</span>" in as_rosa.get("/staff/queue").text) is late


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=5, minutes=59), "5 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=13), "13 days"),
        (timedelta(days=14), "2 weeks"),
    ],
)
def test_age_is_said_in_words(span, words):
    assert age(span) == words


def open_steps(page: str) -> list[str]:
    part = page.partition('id="steps"')[2].partition("</section>")[0]
    return re.findall(r'(?:gw-step|gw-task__link)"[^>]*>([^<]+)<', part)


def test_a_new_portal_is_led_to_its_first_contribution(as_rosa, post_mail, sent, saved):
    page = as_rosa.get("/staff").text
    assert "Send yourself a test mail" in open_steps(page)
    assert "Decide on the first contribution" in open_steps(page)
    assert "Say who you are" not in open_steps(page)  # the tests call it Acme
    as_rosa.post("/staff/first-steps/mail")
    assert "Send yourself a test mail" in open_steps(as_rosa.get("/staff").text)
    assert post_mail()[-1]["To"] == "rosa@acme.example"
    assert "Send yourself a test mail" not in open_steps(as_rosa.get("/staff").text)
    sent()
    as_rosa.post("/staff/submissions/1/approval", data={"seen": saved(Submission)[0].version})
    assert open_steps(as_rosa.get("/staff").text) == []


def test_an_empty_portal_names_every_step_and_the_list_can_be_put_away(as_rosa, save, browser_of):
    page = as_rosa.get("/staff").text
    assert open_steps(page) == [
        "Send yourself a test mail",
        "Invite a colleague (optional)",
        "Import your customers",
        "Make an offer (optional)",
        "Create a campaign",
        "Send it",
        "Decide on the first contribution",
    ]
    assert "Nothing waits for you." in page
    theo = save(Staff(email="t@acme.example", name="Theo", role=Role.EDITOR, password_hash="x"))
    as_rosa.post("/staff/first-steps", data={"steps": "hide"})
    assert open_steps(as_rosa.get("/staff").text) == []
    assert "Invite a colleague (optional)" not in open_steps(
        browser_of(staff=theo).get("/staff").text
    )
    assert open_steps(browser_of(staff=theo).get("/staff").text)
    as_rosa.post("/staff/first-steps", data={"steps": "show"})
    assert open_steps(as_rosa.get("/staff").text)


def test_each_step_is_ticked_by_what_it_asks_for_and_by_nothing_else(as_rosa, request):
    for done, title in {
        "ada": "Import your customers",
        "offer": "Make an offer (optional)",
        "campaign": "Create a campaign",
        "invitation": "Send it",
    }.items():
        before = open_steps(as_rosa.get("/staff").text)
        request.getfixturevalue(done)
        after = open_steps(as_rosa.get("/staff").text)
        assert [step for step in before if step not in after] == [title]


@pytest.mark.parametrize("role", Role)
def test_first_steps_lead_each_role_only_where_it_may_go(save, browser_of, role):
    staff = save(Staff(email="t@acme.example", name="Theo", role=role, password_hash="x"))
    browser = browser_of(staff=staff)
    part = browser.get("/staff").text.partition('id="steps"')[2].partition("</section>")[0]
    ways = re.findall(r'href="([^"]+)"', part)
    assert [browser.get(way).status_code for way in ways] == [200] * len(ways)
    assert len(ways) == {Role.OWNER: 6, Role.EDITOR: 5, Role.VIEWER: 0}[role]
    pressed = "/staff/first-steps/mail" in part
    assert pressed is (role is not Role.VIEWER)
    assert len(open_steps(browser.get("/staff").text)) == 7


def test_charts_say_the_same_as_the_table_beside_them(sent, as_rosa, wait):
    with clock.ago(days=20):
        sent()
    sent(Action.REVIEW)
    page = as_rosa.get("/staff").text
    table = page.partition("Asked, sent and published by week")[2].partition("</table>")[0]
    rows = [re.findall(r">(\d+)</td>", row) for row in table.split("<tr>")[2:]]
    bars = drawn(as_rosa, "Contributions sent")
    assert [int(row[1]) for row in rows] == bars
    assert sum(bars) == 2
    assert len(bars) == 12
    assert "style=" not in page


def test_published_is_each_once_in_its_first_week_and_nothing_nobody_ever_saw(
    published, approved, the_asset, act, rosa, as_rosa, wait
):
    with clock.ago(days=20):
        published()
    quote = the_asset().submission_id
    planned = approved(Action.CASE_STUDY)
    basis = {
        "basis": Basis("The log", None, clock.now().date(), "Most save an hour."),
        "excerpt": "",
    }

    def of(what, submission, **more):
        found = db.session.get(Submission, submission)
        what(found, **more, by=db.session.get(Staff, rosa))

    def take_down(found, *, by):
        publishing.retire(asset_of(found), by=by)

    act(lambda: of(take_down, quote))
    act(lambda: of(publishing.publish, quote, **basis))
    act(lambda: of(publishing.publish, planned, **basis, at=clock.now() + timedelta(hours=1)))
    bars = drawn(as_rosa, "Published")
    assert (sum(bars), sum(bars[-2:])) == (1, 0)
    act(lambda: of(take_down, planned))
    wait(hours=2)
    assert sum(drawn(as_rosa, "Published")) == 1
    assert (
        "in the week it first appeared, also if it was taken down since."
        in as_rosa.get("/staff").text
    )
    act(lambda: of(publishing.publish, planned, **basis))
    wait(hours=3)
    assert sum(drawn(as_rosa, "Published")) == 2


def drawn(browser, title: str) -> list[int]:
    """What a chart of the staff home says of each week."""
    said = re.search(rf'aria-label="{title} by week: ([^"]+)"', browser.get("/staff").text)[1]
    return [int(one.rpartition(" ")[2]) for one in said.split(", ")]


def test_home_counts_what_waits_and_how_the_program_stands(sent, as_rosa, charlie):
    sent(choice=Choice.ACCEPTED)
    page = as_rosa.get("/staff").text
    assert "2 things wait for someone." in page
    assert "Quote from Ada Lovelace" in page
    for label, value in (
        ("Customers", 2), ("Invited", 1), ("Taking part", 1), ("Rewards owed", "€25"),
    ):  # fmt: skip
        assert f'{label}</a></p>\n  <p class="gw-stat__value">{value}<' in page.replace(
            f"{label}</p>", f"{label}</a></p>"
        )


def test_the_number_beside_queue_stands_on_every_staff_page_and_on_no_other(
    sent, as_rosa, as_stranger
):
    sent()
    for address in ("/staff", "/staff/queue", "/staff/published"):
        assert '<span class="gw-count">1<' in as_rosa.get(address).text
    assert "gw-count" not in as_stranger.get("/staff/sign-in").text
    assert "gw-count" not in as_rosa.get("/").text


def test_the_queue_is_for_staff(as_stranger, as_ada, browser_of, save):
    for client in (as_stranger, as_ada):
        for address in ("/staff", "/staff/queue"):
            assert client.get(address).status_code == 302
    vera = Staff(email="vera@acme.example", name="Vera", role=Role.VIEWER, password_hash="x")
    assert browser_of(staff=save(vera)).get("/staff/queue").status_code == 200
