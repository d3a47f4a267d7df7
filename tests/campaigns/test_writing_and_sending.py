"""Staff write a campaign, see exactly who gets it, and send it once."""

import html
import re
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate, Company
from portal.campaigns import actions, eligibility, forms, inviting, mail
from portal.campaigns.models import Ask, Campaign, CampaignState, Invitation, InvitationState
from portal.db import db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM
from portal.links.models import Link
from portal.outbox.models import Message, State
from portal.staff.models import Role, Staff

# ── Writing ────────────────────────────────────────────────────────────────────────────────


def test_a_campaign_is_written_aimed_and_looked_at_before_it_is_sent(as_rosa, typed, ada, saved):
    assert "No campaign yet" in as_rosa.get("/staff/campaigns").text
    assert as_rosa.get("/staff/campaigns/new").status_code == 200
    answer = as_rosa.post("/staff/campaigns", data=typed)
    assert (answer.status_code, answer.location) == (303, "/staff/campaigns/1/audience")
    assert "Ada Lovelace" in as_rosa.get(answer.location).text
    answer = as_rosa.post(answer.location, data={"whom": "all", "search": "ada", "seen": "1"})
    assert answer.location == "/staff/campaigns/1"
    page = as_rosa.get(answer.location).text
    assert "Send to 1 person" in page
    assert "A question for Ada" in page
    assert "how is it going at Analytical Engines?" in page
    assert saved(Message) == []
    assert saved(Campaign)[0].slug == "winter-voices"


def test_a_number_that_nobody_can_have_is_not_kept_for_an_audience(as_rosa, draft, saved):
    typed = {"whom": "picked", "ids": ["9" * 25], "seen": "1"}
    answer = as_rosa.post(f"/staff/campaigns/{draft}/audience", data=typed)
    assert answer.status_code == 422
    assert saved(Campaign)[0].audience == {}
    assert as_rosa.get(f"/staff/campaigns/{draft}").status_code == 200


@pytest.mark.parametrize("field", ["subject_line", "body", "why"])
@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Give us a glowing review", "Take out “glowing review”"),
        ("Hello {last_name}", "We do not know {last_name}"),
        ("Hello {0.__class__}", "We do not know {0.__class__}"),
        ("Hello {}", "We do not know {}"),
    ],
)
def test_T9_words_that_cannot_be_sent_are_named(as_rosa, typed, saved, field, words, says):
    answer = as_rosa.post("/staff/campaigns", data=typed | {field: words})
    assert answer.status_code == 422
    assert says in answer.text
    assert "Winter voices" in answer.text  # what was typed stays
    assert saved(Campaign) == []


def test_T9_the_action_refuses_them_too(act, draft, rosa):
    def spoil():
        campaign = db.session.get(Campaign, draft)
        values = {
            name: getattr(campaign, name)
            for name in ("name", "offer", "referral_offer", "rewarding_stage", "deadline")
        }
        actions.revise(
            campaign,
            **values,
            actions=["quote"],
            subject_line="Five stars?",
            body="x",
            why="",
            by=SYSTEM,
        )

    with pytest.raises(NotAllowed, match="Five stars"):
        act(spoil)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Enter a name for this campaign"),
        ("actions", [], "Choose at least one thing to ask for"),
        ("actions", ["bribe"], "Choose among the things listed"),
        ("deadline", "soon", "Enter the last day"),
        ("deadline", "2020-01-01", "Choose a day from today"),
        ("deadline", "2099-01-01", "Choose a day from today"),
        ("offer_id", "77", "Choose one of the offers"),
        ("rewarding_stage", "lost", "Choose when a recommendation is rewarded"),
        ("subject_line", "", "Enter the subject of the mail"),
        ("body", "", "Enter the words of the mail"),
    ],
)
def test_what_is_missing_is_said_in_words(as_rosa, typed, saved, field, value, says):
    answer = as_rosa.post("/staff/campaigns", data=typed | {field: value})
    assert answer.status_code == 422
    assert says in answer.text
    assert saved(Campaign) == []


def test_a_name_with_braces_in_it_is_only_a_name(app, save, draft, ada):
    with app.app_context():
        person = db.session.get(Advocate, ada)
        person.first_name = "{sender}"
        invitation = mail.invitation_for(db.session.get(Campaign, draft), person)
        assert mail.personal("Dear {first_name}", invitation) == "Dear {sender}"
        db.session.rollback()


def test_a_draft_changed_elsewhere_is_not_overwritten(as_rosa, draft, typed, saved):
    as_rosa.post(f"/staff/campaigns/{draft}", data=typed | {"seen": "1", "name": "First"})
    answer = as_rosa.post(
        f"/staff/campaigns/{draft}", data=typed | {"seen": "1", "name": "Second", "why": "Mine"}
    )
    assert answer.status_code == 409
    assert re.search(r"You [a-z]+ it at ", answer.text)
    assert "Mine" in answer.text
    assert saved(Campaign)[0].name == "First"


def test_two_campaigns_of_one_name_have_their_own_addresses(as_rosa, typed, saved):
    for _ in range(3):
        as_rosa.post("/staff/campaigns", data=typed)
    assert [c.slug for c in saved(Campaign)] == [
        "winter-voices",
        "winter-voices-2",
        "winter-voices-3",
    ]


# ── Whom ───────────────────────────────────────────────────────────────────────────────────


def test_people_are_picked_by_ticking_them(as_rosa, draft, charlie, saved):
    url = f"/staff/campaigns/{draft}/audience"
    as_rosa.post(url, data={"whom": "picked", "ids": [charlie], "seen": "1"})
    assert saved(Campaign)[0].audience == {"ids": [charlie]}
    page = as_rosa.get(f"/staff/campaigns/{draft}").text
    assert "Charlie Babbage" in page
    assert "Ada Lovelace" not in page


def test_picking_nobody_is_said(as_rosa, draft):
    answer = as_rosa.post(
        f"/staff/campaigns/{draft}/audience", data={"whom": "picked", "seen": "1"}
    )
    assert answer.status_code == 422
    assert "Tick at least one person" in answer.text


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, {"Ada", "Charlie", "Grace"}),
        ({"search": "lovel"}, {"Ada"}),
        ({"search": "ada love"}, {"Ada"}),
        ({"search": "100%"}, set()),
        ({"country": "US"}, {"Grace"}),
        ({"company": "Difference Ltd"}, {"Charlie"}),
        ({"search": "a", "company": "City Hall"}, {"Grace"}),
    ],
)
def test_a_filter_finds_people(app, ada, charlie, grace, filters, names):
    with app.app_context():
        eligible = eligibility.sort(filters).eligible
        assert {person.first_name for person in eligible} == names


@pytest.mark.parametrize("owner", ["²", "9" * 5_000, "9999999999"])
def test_an_owner_who_cannot_be_breaks_no_page(as_rosa, draft, owner):
    url = f"/staff/campaigns/{draft}/audience"
    assert as_rosa.get(url, query_string={"owner": owner}).status_code == 200
    as_rosa.post(url, data={"whom": "all", "owner": owner, "seen": "1"})
    assert as_rosa.get(f"/staff/campaigns/{draft}").status_code == 200


def test_T19_satisfaction_is_no_filter_and_the_page_says_so(as_rosa, typed, ada):
    as_rosa.post("/staff/campaigns", data=typed | {"actions": ["review"]})
    page = as_rosa.get("/staff/campaigns/1").text
    assert "Whom you ask may not depend on how satisfied they are" in page
    page = as_rosa.get("/staff/campaigns/1/audience").text
    assert "may not depend on how happy they are" in page
    assert 'id="search"' not in page
    assert "Invite only those ticked" not in page


def test_the_page_says_who_does_not_get_it_and_why(as_rosa, act, draft, ada, charlie, grace):
    def happen():
        db.session.get(Advocate, ada).stopped_at = _at("2026-01-05")
        db.session.get(Advocate, charlie).left_at = _at("2026-02-06")
        db.session.add(Ask(advocate_id=grace))

    act(happen)
    page = as_rosa.get(f"/staff/campaigns/{draft}").text
    assert "Asked us on 5 January 2026 to stop inviting them." in page
    assert "Left Difference Ltd, noted on 6 February 2026." in page
    assert "can be asked again from" in page
    assert "Nobody would get this now" in page
    assert "Send to" not in page


def _at(day: str):
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def test_one_ask_in_sixty_days_over_all_campaigns(app, act, wait, campaign, invitation, ada):
    act(lambda: db.session.add(Ask(advocate_id=ada, campaign_id=campaign)))
    for days, names in ((59, set()), (2, {"Ada"})):
        wait(days=days)
        with app.app_context():
            found = eligibility.sort({})
            eligible, not_now = found.eligible, found.not_now
            assert {person.first_name for person in eligible} == names
            assert [why[:9] for _, why in not_now] == ([] if names else ["Asked on "])


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ({"paused_until": date(2099, 1, 1)}, "Asked us to wait until after 1 January 2099."),
        ({"asks_for": ["review"]}, "Wants to be asked only for: review."),
        ({"restricted_at": datetime(2026, 1, 1, tzinfo=UTC)}, "Asked us to do nothing with"),
    ],
)
def test_what_people_say_about_being_asked_is_kept(as_rosa, act, draft, ada, word, says):
    act(lambda: [setattr(db.session.get(Advocate, ada), *item) for item in word.items()])
    page = as_rosa.get(f"/staff/campaigns/{draft}").text
    assert says in page
    assert "Send to 1 person" in page


def test_who_wants_longer_peace_gets_it(app, act, wait, ada, campaign):
    def ask():
        db.session.get(Advocate, ada).ask_every = 180
        db.session.add(Ask(advocate_id=ada))

    act(ask)
    for days, askable in ((179, 0), (2, 1)):
        wait(days=days)
        with app.app_context():
            assert len(eligibility.sort({}).eligible) == askable


def test_T13_no_reward_where_gift_rules_forbid_it(as_rosa, draft, grace, saved):
    page = as_rosa.get(f"/staff/campaigns/{draft}?person={grace}").text
    assert "No rewards in the public sector" in page
    assert "gift card" not in page.partition("<article")[2].partition("</article>")[0]
    as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"})
    without = {i.advocate_id: bool(i.no_offer_because) for i in saved(Invitation)}
    assert without[grace]
    assert sum(without.values()) == 1


# ── Sending ────────────────────────────────────────────────────────────────────────────────


def test_sending_invites_everyone_in_one_transaction(as_rosa, draft, ada, charlie, saved):
    answer = as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"})
    assert answer.status_code == 303
    assert saved(Campaign)[0].state is CampaignState.SENT
    assert {i.advocate_id for i in saved(Invitation)} == {ada, charlie}
    assert {a.advocate_id for a in saved(Ask)} == {ada, charlie}
    assert [m.template for m in saved(Message)] == ["invitation"] * 2
    assert saved(Link) == []  # tokens are made when a mail leaves, and lie nowhere
    page = as_rosa.get(answer.location).text
    assert "Mail waiting" in page


def test_a_double_click_sends_once(as_rosa, draft, saved):
    for _ in range(2):
        answer = as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"})
        assert answer.status_code == 303
    assert len(saved(Invitation)) == len(saved(Message)) == 2


def test_two_who_press_at_the_same_moment_send_once(app, draft, rosa, saved):
    start = threading.Barrier(4)

    def press():
        with app.app_context():
            start.wait()
            actions.send(db.session.get(Campaign, draft), by=db.session.get(Staff, rosa), seen=1)
            db.session.commit()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(saved(Invitation)) == len(saved(Message)) == 2


def test_what_was_looked_at_is_what_is_sent(as_rosa, draft, typed, saved):
    as_rosa.post(f"/staff/campaigns/{draft}", data=typed | {"seen": "1"})
    answer = as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"})
    assert answer.status_code == 409
    assert re.search(r"You [a-z]+ it at ", answer.text)
    assert saved(Message) == []


def test_nobody_to_send_to_is_a_sentence(as_rosa, act, draft):
    act(lambda: db.session.execute(sa.update(Advocate).values(left_at=_at("2026-01-01"))))
    answer = as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"})
    assert answer.status_code == 409
    assert "Nobody would get this just now" in answer.text


def test_a_draft_left_lying_past_its_deadline_is_not_sent(act, draft, wait):
    wait(days=40)
    with pytest.raises(NotAllowed, match="deadline has passed"):
        act(lambda: actions.send(db.session.get(Campaign, draft), by=SYSTEM))


def test_a_hundred_and_fifty_people_are_invited_at_once(as_rosa, draft, save, saved, post_mail):
    company = Company(name="Many", name_key="many")
    save(
        *(
            Advocate(
                company=company,
                first_name=f"P{n}",
                last_name="X",
                email=f"p{n}@many.example",
                email_key=f"p{n}@many.example",
            )
            for n in range(150)
        )
    )
    assert "Send to 152 people" in as_rosa.get(f"/staff/campaigns/{draft}").text
    as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"})
    assert len(saved(Invitation)) == 152


def test_T38_the_mail_says_why_until_when_for_what_and_how_to_stop(
    as_rosa, draft, post_mail, mailroom
):
    as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"})
    post_mail()
    (sent,) = mailroom.to("ada@analytical.example")
    assert sent["Subject"] == "A question for Ada"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = sent.get_body(("html",)).get_content()
    for text in (mailroom.text(sent), html):
        for words in (
            "how is it going at Analytical Engines?",
            "Give a quote: 5 minutes",
            "€25 gift card",
            "Analytical Engines is a customer of Acme",
            "1 Main Street, Springfield",
            "http://localhost/i/",
            "http://localhost/stop/",
            "Rosa, Acme",
        ):
            assert words in text, words
    assert html.count('class="button"') == 1
    assert "<img" not in html  # no open pixel (T39)
    assert "Mail sent" in as_rosa.get(f"/staff/campaigns/{draft}").text


def test_html_in_a_name_stays_text(act, as_rosa, draft, ada, post_mail, mailroom):
    act(lambda: setattr(db.session.get(Advocate, ada), "first_name", "<b>Ada</b>"))
    assert "<b>Ada</b>" not in as_rosa.get(f"/staff/campaigns/{draft}?person={ada}").text
    as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"})
    post_mail()
    (sent,) = mailroom.to("ada@analytical.example")
    assert "&lt;b&gt;Ada" in sent.get_body(("html",)).get_content()


# ── Afterwards ─────────────────────────────────────────────────────────────────────────────


def test_the_page_shows_how_far_each_came(as_rosa, draft, act, post_mail, mailroom, saved):
    mailroom.refuse["charlie@difference.example"] = "550 no such user"
    as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"})
    post_mail()
    first = saved(Invitation)[0].id

    def answer():
        invitation = db.session.get(Invitation, first)
        inviting.open(invitation)
        inviting.decline(invitation, by=invitation.advocate, reason="Too busy this month")

    act(answer)
    page = as_rosa.get(f"/staff/campaigns/{draft}").text
    assert "Mail failed" in page
    assert "550 no such user" in page
    assert "Declined" in page
    assert "“Too busy this month”" in page


def test_sending_again_waits_two_days(as_rosa, draft, post_mail, saved):
    as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"})
    post_mail()
    first = saved(Invitation)[0].id
    answer = as_rosa.post(f"/staff/invitations/{first}/mails")
    assert answer.status_code == 409
    assert "less than two days old" in answer.text


def test_a_reminder_counts_as_an_ask_and_a_second_try_does_not(act, draft, saved, wait):
    act(lambda: actions.send(db.session.get(Campaign, draft), by=SYSTEM))
    first = saved(Invitation)[0].id
    act(lambda: setattr(db.session.get(Message, 1), "state", State.FAILED))
    act(lambda: inviting.send_again(db.session.get(Invitation, first)))
    assert len(saved(Ask)) == 2
    wait(days=3)
    act(lambda: inviting.send_again(db.session.get(Invitation, first)))
    assert len(saved(Ask)) == 3
    act(lambda: inviting.decline(db.session.get(Invitation, first), by=SYSTEM))
    wait(days=3)
    with pytest.raises(NotAllowed, match="declined"):
        act(lambda: inviting.send_again(db.session.get(Invitation, first)))


def test_an_invitation_is_taken_back(as_rosa, invitation, campaign, saved):
    for _ in range(2):
        assert as_rosa.post(f"/staff/invitations/{invitation}/revocation").status_code == 303
    assert saved(Invitation)[0].state is InvitationState.REVOKED
    assert "Taken back" in as_rosa.get(f"/staff/campaigns/{campaign}").text


def test_a_campaign_is_closed_once(as_rosa, campaign, saved):
    for _ in range(2):
        assert as_rosa.post(f"/staff/campaigns/{campaign}/closing").status_code == 303
    assert saved(Campaign)[0].state is CampaignState.CLOSED


def test_a_viewer_reads_and_touches_nothing(browser_of, save, draft, campaign):
    viewer = browser_of(staff=save(Staff(email="v@acme.example", name="V", role=Role.VIEWER)))
    for id_ in (draft, campaign):
        page = viewer.get(f"/staff/campaigns/{id_}")
        assert page.status_code == 200
        assert "Send to" not in page.text
        assert "Close now" not in page.text
    assert viewer.post(f"/staff/campaigns/{draft}/sending").status_code == 403


# ── flask invite ───────────────────────────────────────────────────────────────────────────


def test_a_link_from_the_command_line_opens(app, campaign, ada, as_stranger, saved):
    run = app.test_cli_runner().invoke
    result = run(args=["invite", "Ada@Analytical.example", "--campaign", "autumn"])
    assert result.exit_code == 0
    assert as_stranger.get(result.output.strip()).status_code == 200
    again = run(args=["invite", "ada@analytical.example", "--campaign", "autumn"])
    assert again.output != result.output
    assert len(saved(Invitation)) == len(saved(Ask)) == 1
    assert saved(Message) == []


def test_T19_whoever_is_let_in_by_hand_is_not_asked_for_a_review(app, act, campaign, ada, saved):
    run = app.test_cli_runner().invoke
    args = ["invite", "ada@analytical.example", "--campaign", "autumn"]
    act(lambda: setattr(db.session.get(Campaign, campaign), "actions", ["review"]))
    refused = run(args=args)
    assert refused.exit_code == 1
    assert "Nobody is picked by hand for a review" in refused.output
    act(lambda: setattr(db.session.get(Campaign, campaign), "actions", ["review", "quote"]))
    assert run(args=args).exit_code == 0
    [invitation] = saved(Invitation)
    assert invitation.unasked == ["review"]


@pytest.mark.parametrize(
    ("email", "slug", "says"),
    [
        ("nobody@x.example", "autumn", "no customer with the address nobody@x.example"),
        ("ada@analytical.example", "spring", "no campaign “spring”"),
        ("ada@analytical.example", "winter-voices", "is draft"),
    ],
)
def test_the_command_says_what_is_wrong(app, campaign, draft, email, slug, says):
    result = app.test_cli_runner().invoke(args=["invite", email, "--campaign", slug])
    assert result.exit_code == 1
    assert says in result.output


def test_how_many_a_filter_finds_is_told_while_it_is_typed(as_rosa, draft, ada, charlie):
    said = "can be asked now, "
    url = f"/staff/campaigns/{draft}/audience"
    for search, now in (("", 2), ("ada", 1), ("nobody", 0)):
        asked = f"{url}?search={search}"
        told = as_rosa.get(asked.replace("audience", "audience/count"))
        assert told.text.startswith(f"{now} {said}")
        assert ("to see them" in told.text) is (now > 0)
        assert told.content_type == "text/plain; charset=utf-8"
        assert f"{now} {said}" in as_rosa.get(asked).text


@pytest.mark.parametrize(
    ("unsaid", "says"),
    [
        ({"brand_address": " "}, "Write down your postal address first"),
        ({"brand_contact_email": "customers@example.com"}, "a mail address for questions first"),
        ({"brand_name": "Your company"}, "Write down the name customers know first"),
    ],
)
def test_T38_nothing_is_sent_before_it_says_who_sends_it(as_rosa, app, draft, saved, unsaid, says):
    app.extensions["goodword"] = app.extensions["goodword"].model_copy(update=unsaid)
    page = as_rosa.get(f"/staff/campaigns/{draft}").text
    assert "Your mails do not say yet who you are" in page
    assert f'href="/staff/settings/brand#{next(iter(unsaid))}"' in page
    assert f"/campaigns/{draft}/sending" not in page  # no button that would fail
    assert f"/campaigns/{draft}/schedule" not in page
    assert "Say who you are" in as_rosa.get("/staff").text
    plan = {
        "on": f"{clock.now() + timedelta(days=3):%Y-%m-%d}",
        "at": "10:00",
        "zone": "UTC",
        "seen": "1",
    }
    for act, data in (("sending", {"seen": "1"}), ("schedule", plan)):
        answer = as_rosa.post(f"/staff/campaigns/{draft}/{act}", data=data)
        assert answer.status_code in (409, 422), act
    assert says in as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"}).text
    assert saved(Message) == saved(Invitation) == []
    assert saved(Campaign)[0].scheduled_for is None


def test_a_draft_says_what_it_lacks_and_where_that_is_put_right(as_rosa, draft, act, ada, charlie):
    url = f"/staff/campaigns/{draft}"
    assert "Before this can be sent" not in as_rosa.get(url).text
    as_rosa.post(f"{url}/audience", data={"whom": "all", "search": "nobody at all", "seen": "1"})
    page = as_rosa.get(url).text
    assert "No customer matches what you chose" in page
    assert f'href="{url}/audience"' in page
    assert f"{url}/sending" not in page

    stop(act, clock.now())
    as_rosa.post(f"{url}/audience", data={"whom": "all", "seen": "2"})
    assert "None of the 2 people it is for can be asked now" in as_rosa.get(url).text

    stop(act, None)
    act(lambda: setattr(db.session.get(Campaign, draft), "deadline", date(2026, 1, 1)))
    page = as_rosa.get(url).text
    assert "Its last day has passed." in page
    assert f"{url}/sending" not in page


def stop(act, at):
    act(lambda: db.session.execute(sa.update(Advocate).values(stopped_at=at)))


def test_a_draft_for_nobody_yet_leads_to_the_import(as_rosa, draft, act):
    # erased people are nobody’s to ask, and no reason to look at a filter
    act(lambda: db.session.execute(sa.update(Advocate).values(erased_at=clock.now())))
    page = as_rosa.get(f"/staff/campaigns/{draft}").text
    assert "There are no customers here yet" in page
    assert 'href="/staff/imports/new"' in page
    assert "asked lately" not in page
    assert f"/campaigns/{draft}/sending" not in page


def test_a_new_campaign_begins_with_a_mail_that_can_be_sent_as_it_is(as_rosa, typed, saved, ada):
    page = html.unescape(as_rosa.get("/staff/campaigns/new").text)
    begun = forms.beginning()
    assert all(words in page for words in begun.values())
    assert all(mail.fault(words) == "" for words in begun.values())
    assert as_rosa.post("/staff/campaigns", data=typed | begun).status_code == 303
    as_rosa.post("/staff/campaigns/1/audience", data={"whom": "all", "seen": "1"})
    page = as_rosa.get("/staff/campaigns/1").text
    assert "How is it going, Ada?" in page
    assert "how has working with us been for you at Analytical Engines?" in page
    assert as_rosa.post("/staff/campaigns", data=typed | {"body": ""}).status_code == 422


def test_a_part_of_the_form_is_folded_unless_something_in_it_is_chosen_or_wrong(as_rosa, typed):
    def parts(text: str) -> dict[str, bool]:
        found = re.findall(r'<details class="gw-details"( open)?><summary>([^:<]+)', text)
        return {name: bool(is_open) for is_open, name in found}

    fresh = parts(as_rosa.get("/staff/campaigns/new").text)
    assert len(fresh) == 5
    assert not any(fresh.values())
    asked = typed | {"actions": ["referral"], "mails_per_minute": "lots", "platform_url": "x"}
    answer = as_rosa.post("/staff/campaigns", data=asked)
    assert answer.status_code == 422
    assert [name for name, is_open in parts(answer.text).items() if is_open] == [
        "Recommendations", "Reviews elsewhere", "How fast the mails leave",
    ]  # fmt: skip
    assert 'value="lots"' in answer.text
