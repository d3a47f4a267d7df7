"""T12: what other sites allow is a table; a campaign that breaks its row goes nowhere."""

from datetime import date, timedelta

import pytest

from portal import clock
from portal.advocates.models import Advocate, Company, Sector
from portal.campaigns import actions as campaigns
from portal.campaigns import eligibility as asked
from portal.campaigns.models import Campaign, CampaignState
from portal.db import db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM
from portal.incentives.models import Offer, OfferKind
from portal.platforms import actions, queries, rules
from portal.platforms.models import Answer, PlatformRule
from portal.staff.models import Role, Staff

PAGE = "https://platform.example/write"


@pytest.fixture
def row():
    """What an owner types about a platform."""
    return {
        "name": "Review Barn",
        "may_ask": "yes",
        "may_reward": "no",
        "most": "",
        "currency": "USD",
        "disclosure": "",
        "may_prove": "unknown",
        "public_sector": "yes",
        "note": "They like it quiet.",
        "source": "https://barn.example/rules",
        "checked_on": clock.now().date().isoformat(),
        "seen": "0",
    }


@pytest.fixture
def dollars(save) -> int:
    return save(offer_of(2500, "USD"))


def offer_of(cents: int, currency: str) -> Offer:
    return Offer(
        name=f"Card {cents} {currency}",
        kind=OfferKind.GIFT_CARD,
        reward=f"a card worth {cents // 100} {currency}",
        value_cents=cents,
        currency=currency,
        charity="",
        terms="One each.",
    )


@pytest.fixture
def write(act, rosa):
    """Draft a campaign that sends its reviews to a platform."""

    def write(
        platform: str, *, offer_id: int | None = None, proof=False, asks=("review",), url=PAGE
    ):
        def draft() -> int:
            campaign = campaigns.draft(
                name="Reviews elsewhere",
                actions=list(asks),
                audience={},
                offer=offer_id and db.session.get(Offer, offer_id),
                referral_offer=None,
                rewarding_stage="won",
                deadline=clock.now().date() + timedelta(days=30),
                subject_line="How is it going?",
                body="Tell us, good or bad.",
                why="",
                owner=db.session.get(Staff, rosa),
                elsewhere={
                    "platform": platform,
                    "platform_url": url,
                    "platform_proof": proof,
                },
            )
            db.session.flush()
            return campaign.id

        return act(draft)

    return write


# ── The table ──────────────────────────────────────────────────────────────────────────────


def test_T12_the_table_begins_with_ten_platforms_each_with_source_and_day(app):
    with app.app_context():
        rows = {rule.platform: rule for rule in queries.all_current()}
    assert set(rows) == {
        "google", "trustpilot", "amazon", "apple-app-store", "google-play", "yelp", "g2",
        "capterra", "trustradius", "gartner-peer-insights",
    }  # fmt: skip
    assert all(r.source.startswith("https://") and r.checked_on for r in rows.values())
    for never in ("google", "trustpilot", "amazon", "apple-app-store", "google-play", "yelp"):
        assert rows[never].may_reward is Answer.NO
    for unasked in ("apple-app-store", "google-play", "yelp"):
        assert rows[unasked].may_ask is Answer.NO
    gartner = rows["gartner-peer-insights"]
    assert (gartner.most_cents, gartner.currency) == (2500, "USD")
    assert gartner.public_sector is gartner.may_prove is Answer.NO


def test_T12_an_owner_writes_a_new_version_and_the_old_one_stays(as_rosa, app, row):
    assert as_rosa.get("/staff/platforms/new").status_code == 200
    assert as_rosa.post("/staff/platforms", data=row).status_code == 303
    page = as_rosa.get("/staff/platforms/review-barn").text
    assert "Version 1, by Rosa" in page
    answer = as_rosa.post(
        "/staff/platforms/review-barn", data=row | {"may_reward": "yes", "most": "10", "seen": "1"}
    )
    assert answer.status_code == 303
    page = as_rosa.get("/staff/platforms/review-barn").text
    assert "Version 2, by Rosa" in page
    assert "Version 1, read on" in page
    with app.app_context():
        newest = queries.named("review-barn")
        assert (newest.version, newest.most_cents) == (2, 1000)
        assert [old.may_reward for old in queries.earlier(newest)] == [Answer.NO]


def test_T12_an_emptied_cap_is_no_cap_any_more(as_rosa, app, row):
    as_rosa.post("/staff/platforms", data=row | {"may_reward": "yes", "most": "10"})
    page = "/staff/platforms/review-barn"
    freed = as_rosa.post(page, data=row | {"may_reward": "yes", "most": " ", "seen": "1"})
    assert freed.status_code == 303
    with app.app_context():
        newest = queries.named("review-barn")
        assert (newest.version, newest.most_cents) == (2, None)


def test_T12_two_owners_at_once_do_not_overwrite_each_other(as_rosa, app, row):
    as_rosa.post("/staff/platforms", data=row)
    as_rosa.post("/staff/platforms/review-barn", data=row | {"seen": "1"})
    answer = as_rosa.post("/staff/platforms/review-barn", data=row | {"seen": "1", "note": "Mine."})
    assert answer.status_code == 409
    assert "You were faster: " in answer.text
    assert "Mine." in answer.text
    assert "There is another" not in answer.text
    again = as_rosa.post("/staff/platforms", data=row)
    assert (again.status_code, "in the table already" in again.text) == (422, True)


def test_T12_only_owners_write_and_everyone_on_the_staff_reads(browser_of, save, row):
    editor = browser_of(
        staff=save(Staff(email="t@acme.example", name="Theo", role=Role.EDITOR, password_hash="x"))
    )
    page = editor.get("/staff/platforms/yelp").text
    assert "They ask companies not to ask at all." in page
    assert '<form class="gw-form"' not in page
    assert editor.post("/staff/platforms/yelp", data=row).status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Enter the name of the platform"),
        ("may_ask", "", "Choose whether we may ask"),
        ("most", "lots", "as a number"),
        ("most", "sNaN", "as a number"),
        ("source", "javascript:alert(1)", "begins with https://"),
        ("checked_on", "2099-01-01", "not in the future"),
        ("checked_on", "soon", "Enter the day"),
        ("disclosure", "Leave a 5-star review", "Take out “5-star”"),
    ],
)
def test_T12_a_row_that_makes_no_sense_is_refused_and_kept(as_rosa, row, field, value, says):
    answer = as_rosa.post("/staff/platforms", data=row | {"note": "Kept.", field: value})
    assert answer.status_code == 422
    assert says in answer.text
    assert "Kept." in answer.text


def test_T12_the_action_lints_its_words_too(app, rosa):
    with app.app_context():
        rule = queries.named("g2")
        values = {
            column.key: getattr(rule, column.key)
            for column in PlatformRule.__table__.columns
            if column.key not in {"id", "platform", "version", "by", "created_at"}
        }
        with pytest.raises(NotAllowed, match="glowing review"):
            actions.change("g2", values | {"note": "A glowing review"}, seen=1, by=SYSTEM)


def test_T12_old_rows_are_named_on_the_page_and_on_the_staff_home(as_rosa, save):
    old = clock.now().date() - timedelta(days=181)
    fresh = {"version": 1, "may_ask": Answer.YES, "may_reward": Answer.NO, "may_prove": Answer.NO}
    fresh |= {"public_sector": Answer.YES, "source": "https://x.example", "by": "system"}
    save(PlatformRule(platform="dusty", name="Dusty Shelf", checked_on=old, **fresh))
    for path in ("/staff/platforms", "/staff/platforms/dusty", "/staff"):
        page = as_rosa.get(path).text
        assert "Dusty Shelf" in page, path
        assert "half a year" in page or "Not checked since" in page, path
    save(
        PlatformRule(
            platform="dusty",
            name="Dusty Shelf",
            checked_on=old + timedelta(days=1),
            **fresh | {"version": 2},
        )
    )
    assert "Dusty Shelf" not in as_rosa.get("/staff").text


# ── A campaign keeps to its row ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("platform", ["google", "trustpilot", "amazon"])
def test_T12_where_a_reward_is_never_allowed_the_campaign_is_refused(write, offer, platform):
    with pytest.raises(NotAllowed, match=r"never allows a reward.*Source: https.*checked on 2[47]"):
        write(platform, offer_id=offer)
    assert write(platform)


@pytest.mark.parametrize("platform", ["yelp", "apple-app-store", "google-play"])
def test_T12_where_nobody_may_ask_no_campaign_sends_anyone(write, platform):
    with pytest.raises(NotAllowed, match="does not let a company ask for reviews"):
        write(platform)


@pytest.mark.parametrize("platform", ["g2", "capterra", "trustradius", "gartner-peer-insights"])
def test_T12_a_reward_above_the_cap_is_refused_and_one_at_it_is_not(write, save, platform):
    with pytest.raises(NotAllowed, match="at most 25 USD"):
        write(platform, offer_id=save(offer_of(2501, "USD")))
    assert write(platform, offer_id=save(offer_of(2500, "USD")))


def test_T12_a_reward_in_another_currency_cannot_be_compared_so_it_is_a_no(write, offer):
    with pytest.raises(NotAllowed, match="counted in EUR, so nobody can tell"):
        write("g2", offer_id=offer)


@pytest.mark.parametrize("platform", ["google", "g2", "gartner-peer-insights"])
def test_T12_proof_is_asked_only_where_the_row_says_yes(write, platform):
    with pytest.raises(NotAllowed, match="proof of a review"):
        write(platform, proof=True)


def test_T12_a_platform_nobody_wrote_down_is_a_no(write):
    with pytest.raises(NotAllowed, match="counts as a no"):
        write("somewhere-new")


@pytest.mark.parametrize("field", ["may_ask", "may_reward", "may_prove", "public_sector"])
def test_T12_what_is_not_known_counts_as_no(field):
    yes = dict.fromkeys(["may_ask", "may_reward", "may_prove", "public_sector"], Answer.YES)
    rule = PlatformRule(
        name="P", note="", source="https://p.example", checked_on=date(2026, 11, 1), currency="USD",
        **yes | {field: Answer.UNKNOWN},
    )  # fmt: skip
    promise = {"value_cents": 100, "currency": "USD"}
    assert rules.objection(rule, promise=promise, proof=True) or rules.not_there(
        rule, "public", "x@council.example"
    )
    setattr(rule, field, Answer.YES)
    assert rules.objection(rule, promise=promise, proof=True) == ""


def test_T12_only_reviews_go_elsewhere_and_to_a_page(write):
    with pytest.raises(NotAllowed, match="Only reviews"):
        write("google", asks=["quote"])
    with pytest.raises(NotAllowed, match="Enter the page"):
        write("google", url="")


def test_T12_the_form_says_which_rule_is_broken_and_keeps_what_was_typed(as_rosa, offer, saved):
    typed = {
        "name": "Stars of winter",
        "actions": ["review"],
        "offer_id": str(offer),
        "referral_offer_id": "0",
        "rewarding_stage": "won",
        "counts_days": "180",
        "touch": "first",
        "hold_days": "0",
        "asks_company": "optional",
        "asks_message": "optional",
        "asks_phone": "hidden",
        "platform": "google",
        "platform_url": PAGE,
        "deadline": (clock.now().date() + timedelta(days=30)).isoformat(),
        "subject_line": "How is it going?",
        "body": "Tell us, good or bad.",
        "seen": "0",
    }
    answer = as_rosa.post("/staff/campaigns", data=typed)
    assert answer.status_code == 409
    assert "Google never allows a reward for a review" in answer.text
    assert "Stars of winter" in answer.text
    assert saved(Campaign) == []
    wrong = as_rosa.post("/staff/campaigns", data=typed | {"platform_url": "javascript:alert(1)"})
    assert wrong.status_code == 422
    assert as_rosa.post("/staff/campaigns", data=typed | {"offer_id": "0"}).status_code == 303
    made = saved(Campaign)[0]
    assert (made.platform, made.platform_url) == ("google", PAGE)
    refused = as_rosa.post(f"/staff/campaigns/{made.id}", data=typed | {"seen": str(made.version)})
    assert refused.status_code == 409
    assert saved(Campaign)[0].offer_id is None


def test_T12_a_row_that_changed_meanwhile_stops_the_sending(write, act, app, ada, as_rosa, rosa):
    campaign = write("google")
    page = as_rosa.get(f"/staff/campaigns/{campaign}").text
    assert "Reviews may also be posted on" in page

    def forbid():
        rule = queries.named("google")
        values = {
            column.key: getattr(rule, column.key)
            for column in PlatformRule.__table__.columns
            if column.key not in {"id", "platform", "version", "by", "created_at"}
        }
        actions.change("google", values | {"may_ask": Answer.NO}, seen=rule.version, by=SYSTEM)

    act(forbid)
    answer = as_rosa.post(f"/staff/campaigns/{campaign}/sending")
    assert answer.status_code == 409
    assert "Google does not let a company ask" in answer.text
    with app.app_context():
        assert db.session.get(Campaign, campaign).state is CampaignState.DRAFT


def test_T12_people_of_public_bodies_are_left_out_where_the_row_says_no(write, app, save, ada):
    office = Company(name="City Hall", name_key="city hall", sector=Sector.PUBLIC)
    people = [
        Advocate(company=office, first_name="G", last_name="H", email="g@x.example", email_key="g"),
        Advocate(
            company=Company(name="Depot", name_key="depot"),
            first_name="I", last_name="J", email="i@depot.gov.uk", email_key="i",
        ),
    ]  # fmt: skip
    save(*people)
    strict, open_to_all = write("gartner-peer-insights"), write("google")
    with app.app_context():
        gartner = db.session.get(Campaign, strict)
        google = db.session.get(Campaign, open_to_all)
        found = asked.sort({}, campaign=gartner)
        eligible, not_now = found.eligible, found.not_now
        assert [person.id for person in eligible] == [ada]
        assert all("takes no reviews we ask people of public" in why for _, why in not_now)
        assert len(asked.sort({}, campaign=google).eligible) == 3
