"""The page of a link: as many questions as its campaign asks, and a quote while it is allowed."""

import re
from datetime import UTC, date, datetime

import pytest

from portal.campaigns.models import Asked, Campaign
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import OrgApproval, OrgVerdict, Purpose
from portal.db import db
from portal.incentives.models import Choice
from portal.outbox.models import Message
from portal.privacy import retention
from portal.publishing import actions as publishing
from portal.publishing.models import Asset
from portal.referrals import traces
from portal.referrals.models import Lead, LeadSignal, ReferralLink
from portal.staff.models import Staff
from portal.submissions.models import Submission
from tests.publishing.conftest import approved, published  # noqa: F401
from tests.referrals.conftest import SINA


def fields(page: str) -> set[str]:
    return set(re.findall(r'<(?:input|textarea)[^>]* name="([^"]+)"', page))


# ── What it asks for ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["company", "phone", "message"])
@pytest.mark.parametrize("asked", list(Asked))
def test_each_question_is_required_optional_or_not_there(
    name, asked, under, as_stranger, code, saved, mailed_link
):
    under(**{f"asks_{name}": asked})
    page = as_stranger.get(f"/r/{code}").text
    assert (name in fields(page)) is (asked is not Asked.HIDDEN)
    assert {"name", "email"} <= fields(page)
    empty = as_stranger.post(f"/r/{code}/leads", data=SINA | {name: ""})
    assert empty.status_code == (422 if asked is Asked.REQUIRED else 303)
    given = SINA | {"phone": "+44 20 7946 0958"}
    as_stranger.post(f"/r/{code}/leads", data=given | {"email": "two@kestrel.example"})
    lead = saved(Lead)[-1]
    campaign = saved(Campaign)[0]
    for one in ("company", "phone", "message"):
        hidden = getattr(campaign, f"asks_{one}") is Asked.HIDDEN
        assert getattr(lead, one) == ("" if hidden else given[one])
    own = as_stranger.get(mailed_link("two@kestrel.example")).text
    assert (given[name] in own) is (asked is not Asked.HIDDEN)


def test_what_a_person_gave_stays_theirs_to_correct_when_it_is_asked_no_more(
    under, come, as_stranger, mailed_link, saved
):
    come()
    under(asks_company=Asked.HIDDEN, asks_message=Asked.HIDDEN)
    path = mailed_link(SINA["email"])
    page = as_stranger.get(f"{path}/details").text
    assert {"company", "message"} <= fields(page)
    form = {"name": "Sina O.", "company": "Kestrel", "message": ""}
    assert as_stranger.post(f"{path}/details", data=form).status_code == 303
    lead = saved(Lead)[0]
    assert (lead.name, lead.company, lead.message) == ("Sina O.", "Kestrel", "")


@pytest.mark.parametrize("phone", ["call me", "12", "-----", "0" * 41])
def test_a_phone_number_is_one(under, as_stranger, code, phone):
    under(asks_phone=Asked.OPTIONAL)
    refused = as_stranger.post(f"/r/{code}/leads", data=SINA | {"phone": phone})
    assert refused.status_code == 422
    assert "Enter digits" in refused.text
    assert f'value="{phone}"' in refused.text


def test_two_without_a_company_are_not_taken_for_one_business(under, come, saved):
    under(asks_company=Asked.HIDDEN)
    come(company="", email="a@gmail.com")
    come(company="", email="b@gmail.com")
    assert [lead.alike_id for lead in saved(Lead)] == [None, None]


def test_staff_choose_the_questions_of_a_campaign(as_rosa, saved):
    from portal import clock

    form = {
        "name": "Winter", "actions": ["referral"], "offer_id": "0", "referral_offer_id": "0",
        "rewarding_stage": "won", "counts_days": "180", "touch": "first", "hold_days": "0",
        "asks_company": "hidden", "asks_message": "required", "asks_phone": "optional",
        "deadline": clock.now().date().isoformat(), "subject_line": "Hello", "body": "Words",
        "seen": "0",
    }  # fmt: skip
    refused = as_rosa.post("/staff/campaigns", data=form | {"asks_phone": "maybe"})
    assert refused.status_code == 422
    assert "Choose whether the page asks for it" in refused.text
    assert as_rosa.post("/staff/campaigns", data=form).status_code == 303
    made = saved(Campaign)[0]
    assert (made.asks_company, made.asks_message, made.asks_phone, made.shows_quote) == (
        Asked.HIDDEN, Asked.REQUIRED, Asked.OPTIONAL, False,
    )  # fmt: skip


# ── A quote, while it may be shown ─────────────────────────────────────────────────────────


@pytest.fixture
def quoted(published, code, as_stranger):  # noqa: F811
    """Ada's quote is published, and her link's page shows it; gives the page's path."""
    published(choice=Choice.ACCEPTED)
    assert "What a customer says" in as_stranger.get(f"/r/{code}").text
    return f"/r/{code}"


def test_T10_the_quote_stands_with_its_disclosure_and_says_it_was_picked(quoted, as_stranger):
    page = as_stranger.get(quoted).text
    assert "<blockquote" in page
    assert "promised this customer a €25 gift card for taking part" in page
    assert "Customer quotes chosen by Acme" in page
    assert "Check these words" in page


def withdraw(purpose):
    def go():
        submission = db.session.get(Submission, 1)
        circumstances = Circumstances()
        consent.withdraw(
            submission.receipt, purpose, by=submission.advocate, circumstances=circumstances
        )

    return go


def restrict():
    db.session.get(Submission, 1).advocate.restricted_at = datetime.now(UTC)


def leave():
    db.session.get(Submission, 1).advocate.left_at = datetime.now(UTC)


def retire():
    asset = db.session.query(Asset).first()
    publishing.retire(asset, note="Enough", by=db.session.query(Staff).first())


@pytest.mark.parametrize(
    "ending", [withdraw(Purpose.WORDS), restrict, leave, retire],
    ids=["withdrawn", "restricted", "left", "retired"],
)  # fmt: skip
def test_T26_once_it_may_not_be_shown_it_is_gone_from_the_next_page(
    ending, quoted, as_stranger, act
):
    act(ending)
    assert "What a customer says" not in as_stranger.get(quoted).text


def test_T26_a_part_of_its_credit_goes_on_the_next_page_too(quoted, as_stranger, act):
    page = as_stranger.get(quoted).text
    assert "Analytical Engines" in page
    act(withdraw(Purpose.NAME))
    assert "Lovelace" not in as_stranger.get(quoted).text

    def forbid():
        for approval in db.session.query(OrgApproval):
            approval.verdict = OrgVerdict.FORBIDDEN

    act(forbid)
    page = as_stranger.get(quoted).text
    assert "Analytical Engines" not in page
    assert "What a customer says" in page


def test_T6_words_nobody_confirmed_for_a_year_go_within_a_minute(quoted, as_stranger, wait):
    wait(days=364)
    assert "What a customer says" in as_stranger.get(quoted).text
    wait(days=2)
    assert "What a customer says" not in as_stranger.get(quoted).text


def test_a_campaign_may_show_none(quoted, under, as_stranger):
    under(shows_quote=False)
    assert "What a customer says" not in as_stranger.get(quoted).text


def test_no_quote_is_no_empty_place(as_stranger, code):
    assert "gw-meet__quote" not in as_stranger.get(f"/r/{code}").text


def test_T10_the_preview_of_the_link_says_nothing_of_anyone(quoted, as_ada, referral, as_stranger):
    as_ada.post(f"/me/referrals/{referral}/name", data={"show": "yes"})
    page = as_stranger.get(quoted).text
    assert "Ada recommends" in page
    tags = re.findall(r'<meta property="og:[^"]+" content="([^"]*)">', page)
    assert len(tags) == 5
    assert "A customer recommends Acme" in tags
    for secret in ("Ada", "Lovelace", "Analytical"):
        assert not [tag for tag in tags if secret in tag]


# ── Without a link that works ──────────────────────────────────────────────────────────────

WORDS = {"name": "Sina Okoro", "email": "sina@kestrel.example", "message": "Do you do invoices?"}


def test_a_closed_page_takes_a_message_and_passes_it_on(
    as_stranger, wait, post_mail, mailroom, saved
):
    page = as_stranger.get("/r/zzzzzzzzzzzzzz")
    assert page.status_code == 404
    assert {"name", "email", "message"} <= fields(page.text)
    stamp = re.search(r'name="stamp"[^>]* value="([^"]+)"', page.text)[1]
    wait(seconds=5)
    assert as_stranger.post("/r/contact", data=WORDS | {"stamp": stamp}).status_code == 303
    assert "answers to the address you gave" in as_stranger.get("/r/written").text
    post_mail()
    text = mailroom.text(mailroom.to("hello@acme.example")[0])
    assert all(word in text for word in WORDS.values())
    assert saved(Lead) == []
    assert not mailroom.to(WORDS["email"])  # T30: we never mail first


def test_what_was_typed_into_a_form_that_closed_meanwhile_is_kept(
    as_ada, referral, as_stranger, code
):
    as_ada.post(f"/me/referrals/{referral}/links/1/pause", data={"paused": "1"})
    late = as_stranger.post(f"/r/{code}/leads", data=WORDS)
    assert late.status_code == 410
    for word in WORDS.values():
        assert word in late.text
    assert 'action="/r/contact"' in late.text


def test_a_message_without_an_address_comes_back_and_a_programs_goes_nowhere(as_stranger, saved):
    refused = as_stranger.post("/r/contact", data=WORDS | {"email": "sina@"})
    assert refused.status_code == 422
    assert "like name@example.com" in refused.text
    assert WORDS["message"] in refused.text
    assert as_stranger.post("/r/contact", data=WORDS | {"website": "x"}).status_code == 303
    assert saved(Message) == []


# ── Networks ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.200", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:1:2::1", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("203.0.113.7", "::ffff:203.0.113.9", True),
        ("203.0.113.7", "nonsense", False),
    ],
)
def test_a_network_is_known_by_its_first_bits(app, one, other, same):
    day = date(2026, 11, 26)
    with app.app_context():
        assert (traces.network_of(one, day) == traces.network_of(other, day)) is same


def test_T36_no_address_is_stored_and_the_network_is_another_tomorrow_and_gone_in_two_days(
    app, code, saved, wait
):
    def send(number: int):
        app.test_client().post(
            f"/r/{code}/leads",
            data=SINA | {"email": f"p{number}@k{number}.example", "company": f"K{number}"},
            environ_base={"REMOTE_ADDR": f"203.0.113.{number}"},
        )

    send(1)
    send(2)
    wait(days=1)
    send(3)
    first, second, third = (lead.network for lead in saved(Lead))
    assert first == second != third
    assert "203.0.113" not in repr([vars(lead) for lead in saved(Lead)])
    wait(days=1, seconds=60)
    with app.app_context():
        gone = dict(retention.purge())["Networks leads came from"]
        db.session.commit()
    assert gone == 2
    assert [bool(lead.network) for lead in saved(Lead)] == [False, False, True]


def test_many_from_one_network_are_held_through_whichever_links(
    app, ada, charlie, sent_by, act, rosa, saved
):
    from portal.referrals import risk, signals
    from portal.referrals.models import Severity

    def set_rule():
        how = {"is_on": True, "severity": Severity.HOLD, "threshold": 2}
        seen = signals.as_set()["network"].version
        risk.change("network", **how, seen=seen, by=db.session.get(Staff, rosa))

    act(set_rule)
    for number, who in enumerate((ada, charlie, ada)):
        sent_by(who, f"p{number}@k{number}.example", company=f"K{number}", network="abc")
    sent_by(charlie, "other@other.example", company="Other", network="def")
    assert [(one.rule, one.lead_id) for one in saved(LeadSignal)] == [("network", 3)]
    assert len(saved(ReferralLink)) == 2
