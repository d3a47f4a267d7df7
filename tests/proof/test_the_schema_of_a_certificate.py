"""The certificate as data is what its published schema says, and the manual names each field."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from jsonschema import Draft202012Validator, FormatChecker

from portal.campaigns.models import Action
from portal.consent.models import Purpose
from portal.incentives.models import Choice
from portal.publishing.models import Asset
from portal.submissions.models import Credit, Relationship
from tests.proof.tampering import tamper
from tests.proof.test_checking_a_proof import certificate, take_back

__all__ = ["certificate", "take_back"]
MANUAL = Path("docs/verifying.md").read_text()


@pytest.fixture
def checked(as_stranger):
    """The certificate at this path, held against the schema whose address it gives."""

    def checked(path: str) -> dict:
        facts = as_stranger.get(f"{path}.json").json
        with as_stranger.get(facts["$schema"].removeprefix("http://localhost")) as answer:
            schema = answer.json
        Draft202012Validator.check_schema(schema)
        checker = Draft202012Validator(schema, format_checker=FormatChecker())
        checker.validate(facts)
        for name in facts:
            lacking = {key: value for key, value in facts.items() if key != name}
            assert not checker.is_valid(lacking), name
        assert not checker.is_valid(facts | {"mood": "glad"})
        return facts

    return checked


@pytest.mark.parametrize("kind", [Action.QUOTE, Action.REVIEW, Action.CASE_STUDY])
@pytest.mark.parametrize("choice", list(Choice))
def test_of_every_kind_whatever_was_said_to_the_offer(certificate, checked, kind, choice):
    facts = checked(certificate(kind, choice=choice, relation=Relationship.PARTNER))
    state = facts["reward"]["state"]
    assert state == ("declined by the customer" if choice is Choice.DECLINED else "promised")
    for name in facts:
        assert f"`{name}`" in MANUAL, name
    assert f"| `{state}` |" in MANUAL


def test_of_the_anonymous_it_names_nothing(certificate, checked):
    customer = checked(certificate(credit=Credit.ANONYMOUS))["customer"]
    assert [customer[part] for part in ("name", "title", "company")] == [None] * 3


def test_under_a_headline_of_ours(certificate, checked):
    facts = checked(certificate(title="Again", excerpt="We would choose it again."))
    assert facts["added_by_publisher"]["headline"] == "Again"


def test_taken_back_and_altered(certificate, checked, take_back, app):
    path = certificate()
    tamper(app, "asset", sa.update(Asset).values(excerpt="It is perfect."))
    assert checked(path)["status"] == "altered"
    take_back(Purpose.WORDS)
    assert checked(path)["status"] == "withdrawn"
