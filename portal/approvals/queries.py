"""What the pages of both yeses show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal import seeds
from portal.advocates.models import Advocate, Company
from portal.approvals.waiting import waits
from portal.campaigns.models import Action
from portal.consent import companies
from portal.consent.models import OrgApproval, OrgVerdict, Purpose, Receipt
from portal.db import db
from portal.errors import NotFound, there
from portal.media.models import Photo
from portal.publishing import rendering, words
from portal.publishing.items import item
from portal.publishing.models import Change, Proposal
from portal.publishing.queries import asset_of
from portal.publishing.wording import Parts, differences, left_out
from portal.submissions.actions import noun
from portal.submissions.models import State, Submission, Version

SHOWABLE = {State.SUBMITTED, State.SIGNOFF, State.APPROVED, State.PUBLISHED, State.RETIRED}


# ── Sign-off ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Changed:
    """One answer as it was and as it would be."""

    label: str
    parts: Parts


def changes(proposal: Proposal) -> list[Changed]:
    """What would be different, answer by answer; of a cut, what is left out."""
    if proposal.kind is Change.CUT:
        return [Changed("", left_out(proposal.excerpt, words.whole(proposal.base)))]
    after = {answer["key"]: answer["value"] for answer in proposal.answers}
    return [
        Changed(answer["label"], differences(answer["value"], after.get(answer["key"], "")))
        for answer in proposal.base.answers
        if isinstance(answer["value"], str) and answer["value"] != after.get(answer["key"])
    ]


def whole_story(proposal: Proposal) -> list[dict[str, Any]]:
    """A case study in full, as its page would tell it; empty for anything shown on a card."""
    if proposal.kind is Change.CUT or proposal.submission.action is not Action.CASE_STUDY:
        return []
    return words.sections(Version(answers=proposal.answers))


# ── The company's own yes ──────────────────────────────────────────────────────────────────


def submission_of(receipt: Receipt) -> Submission | None:
    """The contribution a receipt was given for; a referral's receipt has none."""
    return db.session.scalar(sa.select(Submission).where(Submission.receipt_id == receipt.id))


def wants_company(submission: Submission) -> bool:
    """Whether its person allows the words, with their company named, and nobody withdrew."""
    may = rendering.by_person(submission)
    person = submission.advocate
    if submission.state not in SHOWABLE:
        return False
    return not (person.restricted_at or person.left_at) and {Purpose.WORDS, Purpose.COMPANY} <= may


@dataclass(frozen=True)
class Preview:
    """What a company is asked to read, as it would appear with its yes."""

    item: dict[str, Any]
    sections: list[dict[str, Any]]
    sha256: str

    @property
    def seal(self) -> str:
        """The number that stands for what was on the page."""
        return seeds.digest([self.item | {"published_on": None}, self.sections, self.sha256])


def preview(approval: OrgApproval, photo_url: str) -> Preview | None:
    """The contribution it is about; None when there is none, or it may not be shown any more."""
    submission = submission_of(approval.receipt) if approval.receipt else None
    if submission is None or not wants_company(submission):
        return None
    asset, version = asset_of(submission), there(submission.current)
    drawn = item(
        submission,
        version,
        rendering.by_person(submission),
        photo_url if submission.advocate.photo_id else None,
        excerpt=asset.excerpt if asset and asset.words is version else "",
    )
    story = submission.action is Action.CASE_STUDY
    return Preview(drawn, words.sections(version) if story else [], version.sha256)


def photo_key(approval: OrgApproval) -> str:
    """The photo beside the words a company reads; raises NotFound without a yes to it."""
    submission = submission_of(approval.receipt) if approval.receipt else None
    photo_id = submission.advocate.photo_id if submission else None
    may = rendering.by_person(submission) if submission and wants_company(submission) else set()
    if photo_id and Purpose.PHOTO in may:
        return db.session.get_one(Photo, photo_id).key
    raise NotFound("There is no picture at this address.")


@dataclass(frozen=True)
class Standing:
    """Where the name of a company stands for one contribution."""

    named: bool
    forbidden: bool
    asked: Sequence[OrgApproval]

    @property
    def waiting(self) -> list[OrgApproval]:
        return [one for one in self.asked if one.verdict is OrgVerdict.PENDING]


def standing(submission: Submission) -> Standing | None:
    """Whether the company may be named beside these words, and what was asked of it; None where
    its person does not want it named."""
    if not wants_company(submission):
        return None
    company = submission.advocate.company
    may = rendering.allowed(submission, there(submission.current).sha256)
    return Standing(
        named=Purpose.COMPANY in may,
        forbidden=companies.forbids(company),
        asked=companies.approvals_about(there(submission.receipt)),
    )


def waiting_for(advocate: Advocate) -> list[tuple[Submission, OrgApproval]]:
    """The questions about this person's contributions that their company has not settled."""
    unsettled = [OrgVerdict.PENDING, OrgVerdict.CHANGE]
    found = db.session.execute(
        sa.select(Submission, OrgApproval)
        .join(OrgApproval, OrgApproval.receipt_id == Submission.receipt_id)
        .where(Submission.advocate_id == advocate.id, OrgApproval.verdict.in_(unsettled))
        .order_by(OrgApproval.id)
    )
    return [(submission, approval) for submission, approval in found]


def company(company_id: int) -> Company:
    """One customer company; raises NotFound."""
    if found := db.session.get(Company, company_id):
        return found
    raise NotFound("There is no such company.")


def contributions(of: Company) -> dict[int, str]:
    """What its people sent and would show under its name, for a list to choose from."""
    found = db.session.scalars(
        sa.select(Submission)
        .join(Submission.advocate)
        .where(Advocate.company_id == of.id, Submission.state.in_(SHOWABLE))
        .order_by(Submission.id.desc())
    )
    return {
        one.id: f"{noun(one.action).capitalize()} from {one.advocate.name}"
        for one in found
        if wants_company(one)
    }


def wish(company: Company, among: Iterable[int]) -> OrgApproval | None:
    """The first of these answers that still waits: somebody there wants a change."""
    waiting = sa.select(OrgApproval).where(
        OrgApproval.company_id == company.id, OrgApproval.id.in_(among), *waits()
    )
    return db.session.scalars(waiting.order_by(OrgApproval.id).limit(1)).first()


def as_asked(before: OrgApproval) -> dict[str, Any]:
    """The same question as a form’s values, to be asked anew."""
    of_receipt = sa.select(Submission.id).where(Submission.receipt_id == before.receipt_id)
    return {
        "about": db.session.scalar(of_receipt) or 0,
        "name": before.approver,
        "email": before.email,
        "title": before.title,
        "scopes": before.asked,
    }


def asked_by(approval: OrgApproval) -> str:
    """Who wanted to know, for whoever answers."""
    kind, _, number = approval.requested_by.partition(":")
    if kind == "advocate":
        return db.session.get_one(Advocate, int(number)).name or "A colleague of yours"
    return "the team"
