"""What was said, allowed and signed under the old name goes on under it (T3, T28)."""

import html
import io
import json
import re
import zipfile

import pytest
import sqlalchemy as sa

from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Action, Invitation
from portal.consent import actions as consent
from portal.consent import asking, companies
from portal.consent.asking import Colleague, Yes
from portal.consent.models import OrgApproval, Purpose, Receipt, Scope, Statement
from portal.db import db
from portal.placements import actions as placements
from portal.placements.models import Kind
from portal.publishing import integrity
from portal.publishing.models import Asset
from portal.publishing.queries import faults
from portal.review import actions as review
from portal.staff.models import Staff
from portal.submissions.models import Submission
from tests.contributing import company_agrees, contribute, invited
from tests.renaming.conftest import NEW, OLD


@pytest.fixture
def others(published, act, campaign, ada):
    """Words of a company that comes first in every table, and keeps its name."""

    def others() -> str:
        def somebody():
            number = invited(campaign, 1)
            person = db.session.get(Invitation, number).advocate
            person.company = Company(name="Crow Foods", name_key="crow foods")
            return number

        return published(invitation_id=act(somebody))

    return others


@pytest.fixture
def ways(as_ada, as_stranger, as_rosa, saved):
    """Everything public or signed about what is published, as bytes."""

    def ways(address: str) -> dict[str, bytes]:
        slug, reference = saved(Asset)[-1].slug, saved(Receipt)[-1].reference
        read = {
            where: as_stranger.get(where)
            for where in (
                address,
                f"/verify/{slug}",
                f"/verify/{slug}.json",
                "/embed/stories",
                "/api/public/stories",
            )
        }
        mine = f"/me/receipts/{reference}"
        read |= {where: as_ada.get(where) for where in (mine, f"{mine}.json", f"{mine}.pdf")}
        return {
            where: re.sub(rb'name="csrf_token" value="[^"]+"', b"", one.data)  # new every time
            for where, one in read.items()
            if one.status_code != 404
        }

    return ways


@pytest.mark.parametrize("action", [Action.QUOTE, Action.CASE_STUDY, Action.REVIEW])
def test_T3_T28_what_is_published_its_proof_and_its_receipt_stay_byte_for_byte(
    published, rename, ways, act, app, as_stranger, others, action
):
    elsewhere = others()
    address = published(action)
    before = ways(address)
    assert "Crow Foods" in as_stranger.get(elsewhere).text
    assert OLD in html.unescape(before[address].decode())
    assert len(before) > 5
    assert rename().status_code == 303
    after = ways(address)
    for where in before:
        assert after[where] == before[where], where
    assert "Crow Foods" in as_stranger.get(elsewhere).text
    assert act(consent.first_broken_link) is None
    assert act(lambda: list(integrity.faults())) == []
    said = app.test_cli_runner().invoke(args=["consent", "verify"])
    assert said.exit_code == 0, said.output


def test_T3_a_cut_its_author_signed_off_still_stands(published, rename, as_stranger, act, saved):
    address = published(excerpt="Planning was slow and hard.", title="Slow and hard")
    rename()
    page = html.unescape(as_stranger.get(address).text)
    assert OLD in page
    assert NEW not in page
    assert act(lambda: faults([saved(Asset)[0].id])) == {}


def test_T28_a_yes_under_the_old_name_does_not_name_the_new_one(
    published, rename, act, home, charlie, saved, campaign
):
    """Beside new words the company is named once it agrees to its new name."""
    published()
    rename()
    company = lambda: db.session.get(Company, home)  # noqa: E731
    assert act(lambda: companies.may_be_named(company())) is False
    assert [one.company_name for one in saved(OrgApproval)] == [OLD]

    def agree():
        colleague = Colleague("Charles", "charles@analytical.example", "Director")
        by = db.session.scalars(sa.select(Staff)).first()
        approval = asking.ask(company(), colleague, [Scope.NAME], by=by)
        asking.approve(approval, Yes([Scope.NAME], True, False, "Charles", "Director", True))
        return approval.authority

    assert act(agree) == f"I am authorised to decide this for {NEW}."
    assert act(lambda: companies.may_be_named(company())) is True


def test_T28_a_yes_to_the_new_name_names_nothing_that_was_signed_under_the_old(
    published, rename, act, as_stranger, saved, home
):
    address = published(company=False)
    assert OLD not in html.unescape(as_stranger.get(address).text)
    rename()

    def agree_to_the_new():
        company = db.session.get(Company, home)
        by = db.session.scalars(sa.select(Staff)).first()
        colleague = Colleague("Charles", "charles@analytical.example", "Director")
        approval = asking.ask(company, colleague, [Scope.NAME], by=by)
        asking.approve(approval, Yes([Scope.NAME], True, False, "Charles", "Director", True))

    act(agree_to_the_new)
    page = html.unescape(as_stranger.get(address).text)
    assert OLD not in page
    assert NEW not in page

    def agree_to_the_old():
        company_agrees(db.session.scalars(sa.select(Submission)).one())

    act(agree_to_the_old)  # asked about those very words, it is asked by the name they carry
    assert [one.company_name for one in saved(OrgApproval)] == ["", OLD]
    page = html.unescape(as_stranger.get(address).text)
    assert OLD in page
    assert NEW not in page


def test_T28_a_no_holds_for_every_name(published, rename, act, as_stranger, home):
    address = published()
    rename()
    act(lambda: asking.forbid(db.session.scalars(sa.select(OrgApproval)).first()))
    assert OLD not in html.unescape(as_stranger.get(address).text)
    assert act(lambda: companies.forbids(db.session.get(Company, home)))


def test_T28_a_question_that_waits_is_answered_for_the_name_it_asked_about(
    published, rename, act, as_stranger, saved, home
):
    published(company=False)

    def ask():
        submission = db.session.scalars(sa.select(Submission)).one()
        by = db.session.scalars(sa.select(Staff)).first()
        company = db.session.get(Company, home)
        colleague = Colleague("Charles", "charles@analytical.example")
        asking.ask(company, colleague, [Scope.NAME], by=by, receipt=submission.receipt)

    act(ask)
    rename()

    def answer():
        approval = db.session.scalars(sa.select(OrgApproval)).one()
        asking.approve(approval, Yes([Scope.NAME], True, False, "Charles", "Director", True))
        return approval.authority

    assert act(answer) == f"I am authorised to decide this for {OLD}."
    assert OLD in html.unescape(as_stranger.get(f"/stories/{saved(Asset)[0].slug}").text)


def test_what_is_said_from_then_on_is_signed_under_the_new_name(
    rename, invitation, act, as_ada, saved
):
    rename()
    act(lambda: contribute(invitation, Action.QUOTE) and None)
    [receipt] = saved(Receipt)
    assert receipt.company_name == ""
    page = as_ada.get(f"/me/receipts/{receipt.reference}").text
    assert NEW in page
    assert OLD not in page


def test_T3_words_sent_back_for_a_change_are_read_under_the_name_they_are_filed_under(
    rename, invitation, act, rosa, as_ada, saved
):
    def sent_back():
        item = {"label": "Name {company}", "detail": "", "channels": ["web"], "months": 24}
        facts = {"purpose": Purpose.COMPANY, "language": "en", "version": 99, "sha256": "x"}
        db.session.add(Statement(**item, **facts))
        one = contribute(invitation, Action.QUOTE)
        by = db.session.get(Staff, rosa)
        review.ask_for_change(one, seen=one.version, by=by, note="Shorter, please.")

    act(sent_back)
    rename()
    page = html.unescape(as_ada.get(f"/me/submissions/{saved(Submission)[0].id}/check").text)
    assert f"Name {OLD}" in page
    assert NEW not in page
    you = html.unescape(as_ada.get(f"/me/submissions/{saved(Submission)[0].id}/credit").text)
    assert f"{OLD}. No name and no photo." in you
    assert NEW not in you
    receipt = html.unescape(as_ada.get(f"/me/receipts/{saved(Receipt)[0].reference}").text)
    assert f"Name {OLD}" in receipt


def test_a_name_it_gets_back_is_the_name_again(published, rename, ways, saved, act, home):
    address = published()
    before = ways(address)
    rename()
    rename(OLD, seen=NEW)
    assert ways(address) == before
    assert {one.company_name for one in [*saved(Receipt), *saved(OrgApproval)]} == {""}
    assert act(lambda: companies.may_be_named(db.session.get(Company, home)))


def test_where_words_stand_beyond_our_pages_they_may_stay_under_the_old_name(
    published, rename, act, rosa
):
    published(company=False)

    def use():
        asset, owner = db.session.query(Asset).one(), db.session.get(Staff, rosa)
        company_agrees(asset.submission, in_sales=True)
        placements.record_use(asset, Kind.DECK, "Pitch deck", owner=owner, by=owner)

    act(use)
    rename()
    assert act(placements.look_around) == 0


def test_evidence_names_it_as_it_was_called(published, rename, as_rosa, saved):
    published()
    rename()
    answer = as_rosa.get(f"/staff/assets/{saved(Asset)[0].id}/evidence.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        [told] = json.loads(archive.read("account.json"))
    assert told["said_by"]["company"] == OLD
    assert [one["company"] for one in told["company"]] == [OLD]


def test_before_anything_changes_the_page_says_what_keeps_the_name_and_links_it(
    published, rename, as_rosa, home, saved
):
    address = published()
    page = html.unescape(as_rosa.get(f"/staff/companies/{home}/name").text)
    assert "In public now, and it stays so, 1 contribution:" in page
    assert f'href="{address}"' in page
    assert f"it counts for the name {OLD} alone" in page
    assert "until the company agrees to the new one" in page
    rename()
    page = html.unescape(as_rosa.get(f"/staff/companies/{home}/name").text)
    assert "Nothing in public names it at present." in page


def test_what_was_signed_under_the_first_of_three_names_keeps_the_first(
    published, rename, act, home, ada, saved
):
    published()
    rename()
    rename("Third", seen=NEW)
    assert {one.company_name for one in saved(Receipt)} == {OLD}
    assert act(lambda: db.session.get(Advocate, ada).company.name) == "Third"
