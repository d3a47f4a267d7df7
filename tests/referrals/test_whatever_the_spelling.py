"""Whoever we know is known in every spelling, and at every part of their company (T35)."""

import pytest

from portal.advocates import merging
from portal.advocates.models import Advocate, Company
from portal.db import db
from portal.history.actions import SYSTEM
from portal.incentives.models import Reward
from portal.referrals import known
from portal.referrals.models import KnownContact, Lead, LeadSignal, Stage
from portal.staff.models import Staff
from tests.referrals.conftest import SPELLINGS


@pytest.fixture
def rules(come, move, saved):
    """What stands out about someone who comes and qualifies; and that no reward is due for it."""

    def rules(email: str) -> list[str]:
        move(come(email=email), Stage.QUALIFIED)
        assert saved(Reward) == []
        return [one.rule for one in saved(LeadSignal)]

    return rules


@pytest.fixture
def at(act):
    """Let someone have another address."""

    def at(model, row: int, email: str) -> None:
        def change():
            person = db.session.get(model, row)
            person.email = email
            if model is Advocate:
                person.email_key = email.lower()

        act(change)

    return at


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_T35_another_customer_is_known_in_any_spelling(spelling, charlie, at, rules):
    at(Advocate, charlie, "ada.lovelace@gmail.com")
    assert rules(spelling) == ["customer"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_T35_a_colleague_is_known_in_any_spelling(spelling, rosa, at, rules):
    at(Staff, rosa, "Ada.Lovelace@gmail.com")
    assert rules(spelling) == ["colleague"]


@pytest.mark.parametrize("listed", ["ada.lovelace@gmail.com", "A.d.a.Lovelace+crm@googlemail.com"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_T35_who_is_on_the_list_is_known_in_any_spelling(spelling, listed, act, rules):
    act(lambda: known.add(f"Email\n{listed}".encode(), by=SYSTEM))
    assert rules(spelling) == ["known"]


@pytest.mark.parametrize(
    "spelling", ["ada.lovelace@gmail.com", "Ada.Lovelace@gmail.com", "ada.lovelace+x@gmail.com"]
)
def test_T35_a_list_from_before_is_known_as_it_was_spelled_and_without_a_tag(spelling, save, rules):
    save(KnownContact(key_hash=known.hash_of("ada.lovelace@gmail.com")))
    assert rules(spelling) == ["known"]


@pytest.mark.parametrize(
    ("theirs", "comes", "rule"),
    [
        ("eu.bigdeal.example", "bigdeal.example", None),  # on the list is a part; nobody else is
        ("bigdeal.example", "eu.bigdeal.example", "known"),
        ("bigdeal.example", "mail.eu.bigdeal.example", "known"),
        ("bigdeal.example", "notbigdeal.example", None),
        ("bigdeal.co.uk", "else.co.uk", None),
    ],
)
def test_T35_a_listed_company_is_known_at_its_sub_domains(theirs, comes, rule, act, come, saved):
    act(lambda: known.add(f"Domain\n{theirs}".encode(), by=SYSTEM))
    come(email=f"new@{comes}")
    assert [one.rule for one in saved(LeadSignal)] == ([rule] if rule else [])


COMPANIES = [
    ("charlie@difference.example", "", "eu.difference.example", True),
    ("charlie@difference.example", "", "mail.eu.difference.example", True),
    ("charlie@eu.difference.example", "", "difference.example", True),
    ("charlie@gmail.com", "https://www.difference.example/en", "eu.difference.example", True),
    ("charlie@gmail.com", "eu.difference.example", "difference.example", True),
    ("charlie@difference.example", "", "notdifference.example", False),
    ("charlie@difference.example", "", "difference.example.evil.example", False),
    ("charlie@difference.co.uk", "", "else.co.uk", False),
    ("charlie@gmail.com", "https://difference.co.uk", "else.co.uk", False),
]


@pytest.mark.parametrize(("email", "site", "comes", "held"), COMPANIES)
def test_T35_a_customers_company_is_known_at_its_sub_domains(
    email, site, comes, held, charlie, at, act, come, saved
):
    at(Advocate, charlie, email)

    def has_a_site():
        db.session.get(Advocate, charlie).company.website = site

    act(has_a_site)
    come(email=f"buyer@{comes}")
    rules = [one.rule for one in saved(LeadSignal)]
    assert rules == (["customer-company"] if held else [])


@pytest.mark.parametrize(
    ("comes", "rule"),
    [("new@eu.acme.example", "colleague"), ("new@eu.analytical.example", "same-company")],
)
def test_T35_so_are_we_and_so_is_the_company_of_who_shared_it(comes, rule, rosa, come, saved):
    come(email=comes)
    assert [one.rule for one in saved(LeadSignal)] == [rule]


def test_T35_the_mailbox_follows_a_new_address_and_goes_with_the_person(charlie, at, saved):
    at(Advocate, charlie, "Charlie.B+x@gmail.com")
    assert [one.mailbox for one in saved(Advocate)] == ["charlieb@gmail.com"]
    at(Advocate, charlie, "erased:1")
    assert [one.mailbox for one in saved(Advocate)] == [""]


def test_two_rows_of_one_mailbox_are_suggested_as_one_person(app, charlie, at, save):
    at(Advocate, charlie, "charlie.babbage@gmail.com")
    other = Company(name="C", name_key="c")
    again = "charliebabbage+new@gmail.com"
    save(Advocate(company=other, first_name="C", last_name="B", email=again, email_key=again))
    with app.app_context():
        assert [pair.because for pair in merging.suggestions()] == ["One mailbox, in two spellings"]


def test_T35_a_neighbour_at_the_same_provider_is_nobody_we_know(charlie, at, come, saved):
    at(Advocate, charlie, "charlie.babbage@gmail.com")
    come(email="charlie.cabbage@gmail.com")
    assert len(saved(Lead)) == 1
    assert saved(LeadSignal) == []
