"""The link page once many came: what goes on is open, what is over is folded and counted."""

import re

import pytest

from portal.incentives import actions as incentives
from portal.incentives.models import Reward, RewardState
from portal.referrals.models import Lead, Stage

C, Q, M, W = Stage.CONTACTED, Stage.QUALIFIED, Stage.MEETING, Stage.WON
FOLD = re.compile(r"<details.*?</details>", re.DOTALL)


@pytest.fixture
def page(as_ada, referral):
    """Her link page: what stands open, and what is folded, each as text."""

    def page() -> tuple[str, str]:
        text = as_ada.get(f"/me/referrals/{referral}").text
        who = text[text.index('id="links"') : text.index('id="new"')]
        return FOLD.sub("", who), "\n".join(FOLD.findall(who))

    return page


def test_who_came_to_an_end_is_folded_and_counted(come, move, page):
    for number in range(3):
        move(come(email=f"p{number}@k{number}.example", company=f"K{number}"), C, Stage.LOST)
    move(come(email="on@going.example", company="Going"), C)
    opened, folded = page()
    assert "We are in touch" in opened
    assert "Closed" not in opened
    assert "<summary>3 that ended</summary>" in folded
    assert folded.count("It goes no further for now.") == 3


@pytest.mark.parametrize(
    ("moves", "stays_open"),
    [(["held"], True), (["approved"], True), (["approved", "issued"], False), (["void"], False)],
)
def test_a_reward_on_its_way_keeps_who_earned_it_open(
    moves, stays_open, lead, move, act, rosa, page
):
    from portal.db import db
    from portal.staff.models import Staff

    move(lead, W)
    for state in moves:

        def go(state=state):
            found, by = db.session.query(Reward).one(), db.session.get(Staff, rosa)
            if state == "void":
                incentives.void(found.reason, note="A mistake", by=by)
            else:
                incentives.move(found, RewardState(state), note="Order 7", by=by)

        act(go)
    opened, folded = page()
    assert ("They became a customer" in opened) is stays_open
    assert ("<summary>1 that ended, as a customer</summary>" in folded) is not stays_open


def test_T35_who_is_still_being_checked_stays_open(come, move, page):
    move(come(email="charlie@mailinator.com"), W)
    opened, _ = page()
    assert "being checked" in opened.lower()


def test_several_steps_behind_are_folded_and_the_last_and_the_next_are_not(lead, move, page):
    move(lead, C)
    assert "They wrote to us" in page()[0]  # one step is no burden
    move(lead, Q, M)
    opened, folded = page()
    assert "<summary>3 earlier steps</summary>" in folded
    for step in ("They wrote to us", "We are in touch", "It could be a good fit"):
        assert step in folded
        assert step not in opened
    assert "We are meeting" in opened
    assert "They became a customer" in opened


def test_how_they_ended_is_said_in_the_count(come, move, page, under, saved):
    under(most_each=0)  # nobody has a reward to wait for
    ends = [W, W, Stage.LOST]
    for number, end in enumerate(ends):
        move(come(email=f"p{number}@k{number}.example", company=f"K{number}"), end)
    assert {lead.stage for lead in saved(Lead)} == {*ends}
    assert "<summary>3 that ended, 2 of them as customers</summary>" in page()[1]


def test_an_address_already_in_use_makes_room_for_the_people(as_ada, come, referral, page):
    come(label="Maya")
    as_ada.post(f"/me/referrals/{referral}/links", data={"label": "Ola"})
    opened, folded = page()
    assert 'id="copy-2"' in folded  # under “Pass this link on”
    assert 'id="copy-3"' in opened  # nobody came yet: it is there to be passed on


@pytest.mark.parametrize("closed", [False, True])
def test_T37_the_foot_of_a_mail_leads_by_one_button_to_how_often_we_write(
    closed, as_stranger, lead, move, post_mail, mailroom, under
):
    move(lead, C)
    post_mail()
    under(state="closed" if closed else "sent")
    mails = mailroom.to("ada@analytical.example")
    text = mailroom.text(mails[-1])
    way = re.search(r"http://localhost(/i/\S+\?to=preferences)", text)[1]
    assert f'href="http://localhost{way}"' in mails[-1].get_body(("html",)).get_content()
    page = as_stranger.get(way).text
    assert as_stranger.get("/me").status_code == 303  # opening it lets nobody in
    action = re.search(r'action="(/i/[^"]+to=preferences)"', page)[1]
    assert as_stranger.post(action).location == "/me/preferences"
    wishes = {"pause": "none", "kinds": ["referral"], "ways": ["mail"], "every": "60"}
    as_stranger.post("/me/preferences", data=wishes | {"updates": "needed"})
    move(lead, Q)
    post_mail()
    assert len(mailroom.to("ada@analytical.example")) == len(mails)
