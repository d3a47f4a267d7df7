"""T13: offers are off for some people; two of us may agree otherwise, and countries have limits."""

import html

import pytest
import sqlalchemy as sa

from portal.campaigns import exceptions
from portal.campaigns.models import Invitation
from portal.db import db
from portal.errors import NotAllowed
from portal.history.models import Entry
from portal.incentives import gifts
from portal.incentives.models import GiftException, GiftRule
from portal.staff.models import Role, Staff

RULE = {"country": "US", "sector": "", "says": "none", "currency": "EUR", "why": "Our counsel."}
WHY = {"for_whom": "person", "reason": "Their ethics office allows 25 EUR."}


@pytest.fixture
def bea(save) -> int:
    return save(Staff(email="bea@acme.example", name="Bea", role=Role.EDITOR, password_hash="x"))


@pytest.fixture
def as_bea(browser_of, bea):
    return browser_of(staff=bea)


@pytest.fixture
def sent(as_rosa, draft, grace, ada):
    """The draft, sent to everyone: Grace, at a public office, without the gift card."""
    as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"})


@pytest.fixture
def whys(saved):
    """By person, why they are offered nothing."""
    return lambda: {one.advocate_id: one.no_offer_because for one in saved(Invitation)}


def asked(client, person: int, **more):
    return client.post(f"/staff/customers/{person}/gift-exception", data=WHY | more)


def test_T13_one_asks_another_agrees_and_the_offer_appears(
    as_rosa, as_bea, browser_of, sent, grace, whys, saved
):
    assert whys()[grace] == "No rewards in the public sector"
    assert asked(as_rosa, grace).status_code == 303
    assert whys()[grace]  # asking alone changes nothing
    page = as_rosa.get(f"/staff/customers/{grace}").text
    assert "waits for a second person" in page
    assert WHY["reason"] in page
    assert as_rosa.post("/staff/gift-exceptions/1/agreement").status_code == 409
    assert whys()[grace]
    assert "Grace Hopper alone" in as_bea.get("/staff/gift-rules").text
    as_bea.post("/staff/gift-exceptions/1/agreement", data={"person": grace})
    assert whys()[grace] == ""
    assert "agreed to by Bea" in as_rosa.get(f"/staff/customers/{grace}").text
    hers = next(one for one in saved(Invitation) if one.advocate_id == grace)
    own = browser_of(advocate=grace).get(f"/me/invitations/{hers.id}").text
    assert "€25 gift card" in own
    told = [e.verb for e in saved(Entry) if e.about == f"advocate:{grace}"]
    assert told[-2:] == ["exception for rewards asked", "exception for rewards agreed"]


def test_T13_the_database_too_wants_a_second_person(act, grace, rosa):
    def alone():
        db.session.add(GiftException(advocate_id=grace, reason="x", asked_by_id=rosa))
        db.session.flush()
        db.session.execute(
            sa.text("UPDATE gift_exception SET decided_by_id = asked_by_id, allowed = true, "
                    "decided_at = asked_at")
        )  # fmt: skip

    with pytest.raises(sa.exc.IntegrityError, match="second_person"):
        act(alone)


def test_T13_an_exception_for_a_company_is_for_all_its_people_and_ends(
    as_rosa, as_bea, sent, grace, whys, act
):
    asked(as_rosa, grace, for_whom="company")
    as_bea.post("/staff/gift-exceptions/1/agreement")
    assert whys()[grace] == ""
    as_rosa.post("/staff/gift-exceptions/1/end")
    assert whys()[grace] == ""  # what was offered stays offered (T15)

    def offered_now():
        person = db.session.get(Invitation, 1) and db.session.get(gifts.Advocate, grace)
        return gifts.book().refusal(person)

    assert act(offered_now) == "No rewards in the public sector"


def test_T13_refused_or_taken_back_changes_nothing(as_rosa, as_bea, sent, grace, whys, saved):
    asked(as_rosa, grace)
    as_bea.post("/staff/gift-exceptions/1/refusal")
    asked(as_rosa, grace)
    as_rosa.post("/staff/gift-exceptions/2/refusal")
    as_bea.post("/staff/gift-exceptions/2/agreement")
    assert [(one.allowed, bool(one.ended_at)) for one in saved(GiftException)] == [
        (False, False),
        (None, True),
    ]
    assert whys()[grace]


def test_an_exception_needs_a_reason_and_somebody_offers_are_off_for(
    as_rosa, act, ada, rosa, grace, saved
):
    answer = asked(as_rosa, grace, reason=" ", for_whom="company")
    assert answer.status_code == 422
    assert "Say why: a colleague decides by it" in answer.text
    with pytest.raises(NotAllowed, match="no exception is needed"):
        act(
            lambda: exceptions.ask(
                db.session.get(gifts.Advocate, ada),
                whole_company=False,
                reason="x",
                by=db.session.get(Staff, rosa),
            )
        )
    for _ in range(2):
        asked(as_rosa, grace)
    assert len(saved(GiftException)) == 1


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({}, "No reward for people in US: none may be given. Our counsel."),
        (
            {"says": "most", "most": "15"},
            "it may be worth 15 EUR at most, and this one is worth 25 EUR",
        ),
        ({"says": "most", "most": "90", "currency": "CHF"}, "this one is counted in EUR"),
        ({"says": "most", "most": "25"}, ""),
        ({"country": "Chad"}, ""),
        ({"country": "", "sector": "private"}, "No reward in the private sector"),
    ],
)
def test_T13_a_rule_for_a_country_or_sector_takes_the_offer_away(
    as_rosa, draft, ada, charlie, act, browser_of, saved, rule, sentence
):
    act(lambda: setattr(db.session.get(gifts.Advocate, ada), "country", " us"))
    assert as_rosa.post("/staff/gift-rules", data=RULE | rule).status_code == 303
    page = html.unescape(as_rosa.get(f"/staff/campaigns/{draft}?person={ada}").text)
    assert sentence in page
    as_rosa.post(f"/staff/campaigns/{draft}/sending", data={"seen": "1"})
    hers = next(one for one in saved(Invitation) if one.advocate_id == ada)
    own = browser_of(advocate=ada).get(f"/me/invitations/{hers.id}").text
    assert ("gift card" in own) is not sentence
    assert "counsel" not in own  # the reason is for staff


def test_T13_an_exception_lifts_no_countrys_limit(as_rosa, as_bea, sent, grace, whys):
    as_rosa.post("/staff/gift-rules", data=RULE)
    asked(as_rosa, grace)
    as_bea.post("/staff/gift-exceptions/1/agreement")
    assert whys()[grace] == "No reward for people in US: none may be given. Our counsel."


def test_T13_rules_are_versions_and_owners_write_them(as_rosa, as_bea, app, saved):
    assert as_bea.post("/staff/gift-rules", data=RULE).status_code == 403
    as_rosa.post("/staff/gift-rules", data=RULE | {"seen": "0"})
    late = as_rosa.post("/staff/gift-rules", data=RULE | {"seen": "0", "says": "free"})
    assert late.status_code == 409
    assert "Our counsel." in late.text
    as_rosa.post("/staff/gift-rules", data=RULE | {"seen": "1", "says": "free", "country": "us "})
    assert [(one.version, one.most_cents) for one in saved(GiftRule)] == [(1, 0), (2, None)]
    page = as_bea.get("/staff/gift-rules").text
    assert "No limit any more" in page
    assert "version 1" in page
    with app.app_context(), pytest.raises(sa.exc.DatabaseError, match="append-only"):
        db.session.execute(sa.text("UPDATE gift_rule SET most_cents = 5"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"country": ""}, "Name a country, or choose a sector"),
        ({"sector": "public"}, "Name a country, or choose a sector"),
        ({"says": "most"}, "Enter the amount"),
        ({"says": "most", "most": "sNaN"}, "as a number"),
        ({"why": ""}, "Say why"),
        ({"says": "free"}, "There is no rule for US to take back."),
    ],
)
def test_a_rule_says_where_what_and_why(as_rosa, saved, wrong, sentence):
    answer = as_rosa.post("/staff/gift-rules", data=RULE | wrong)
    assert answer.status_code in {409, 422}
    assert sentence in answer.text
    assert saved(GiftRule) == []
