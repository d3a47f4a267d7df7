"""Ask a company for its own yes, and take its answer (T28)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Company
from portal.config import settings
from portal.consent import companies
from portal.consent.models import Clause, OrgApproval, OrgVerdict, Receipt, Scope
from portal.db import db, lock, lock_row
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM, Actor, Named, record
from portal.history.actions import forget as forget_notes
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.staff import queries as staff
from portal.staff.models import Staff

REMIND_EVERY = timedelta(days=3)
REMIND_AFTER = timedelta(days=5)


class WrongAddress(NotAllowed):
    """The address does not show that its owner belongs to the company."""

    status = 422


@dataclass(frozen=True)
class Colleague:
    """Whom we ask there."""

    name: str
    email: str
    title: str = ""


@dataclass(frozen=True)
class Yes:
    """What somebody approves on their company's behalf, and how far it goes."""

    scopes: Sequence[Scope]
    on_web: bool
    in_sales: bool
    name: str
    title: str
    authorised: bool
    territory: str = ""  # empty: everywhere
    until: date | None = None
    text_sha256: str = ""  # of the story they read


def ask(
    company: Company,
    colleague: Colleague,
    scopes: Sequence[Scope],
    *,
    by: Named,
    why: str = "",
    receipt: Receipt | None = None,
    clause: Clause = Clause.SILENT,
) -> OrgApproval:
    """Ask somebody there for the company's yes, by a signed link and one reminder after five days.

    The same question to the same person while it waits is asked once. Nobody is asked where the
    contract forbids it: that is written down as the company's no.
    """
    company = _as_it_stands(company)
    if receipt:
        db.session.refresh(receipt)  # the company may have taken another name while we waited
    if companies.forbids(company):
        raise NotAllowed(f"{company.name} does not want to be named, so it is not asked again.")
    if not scopes:
        raise NotAllowed("Choose what to ask for.")
    if (sentence := companies.objection(colleague.email, company)) and clause is not Clause.FORBIDS:
        raise WrongAddress(sentence)
    if waiting := _waiting(company, colleague.email, receipt):
        return waiting
    approval = OrgApproval(
        company=company,
        receipt=receipt,
        company_name=receipt.company_name if receipt else "",
        clause=clause,
        asked=[scope.value for scope in scopes],
        why=why.strip(),
        requested_by=by.subject,
        approver=colleague.name.strip(),
        title=colleague.title.strip(),
        email=colleague.email.strip(),
    )
    db.session.add(approval)
    if clause is Clause.FORBIDS:
        approval.verdict, approval.decided_at = OrgVerdict.FORBIDDEN, clock.now()
        record(approval, "forbidden by contract", by=by, note=why.strip())
        return approval
    record(approval, "asked", by=by, note=why.strip())
    _mail(approval, by)
    _mail(approval, by, again=True, not_before=clock.now() + REMIND_AFTER)
    return approval


def remind(approval: OrgApproval, *, by: Named) -> None:
    """Write to them once more, at most every three days."""
    lock_row(approval)
    if approval.verdict is not OrgVerdict.PENDING:
        raise NotAllowed(f"{approval.approver} has answered already.")
    if not may_remind(approval):
        raise NotAllowed("Three days have not passed since the last mail. Give them a little time.")
    outbox.call_off(approval)
    approval.last_reminded_at = clock.now()
    record(approval, "reminded", by=by)
    _mail(approval, by, again=True)


def may_remind(approval: OrgApproval) -> bool:
    """Whether three days have passed since we last wrote, the automatic reminder included."""
    sent = [approval.requested_at, approval.last_reminded_at]
    sent.append(approval.requested_at + REMIND_AFTER)
    last = max(moment for moment in sent if moment and moment <= clock.now())
    waiting = approval.verdict is OrgVerdict.PENDING
    return waiting and clock.now() - last >= REMIND_EVERY


def approve(approval: OrgApproval, yes: Yes) -> None:
    """Say yes on the company's behalf; a newer answer of the same person replaces it."""
    lock_row(approval)
    _demand_open(approval)
    if not yes.authorised:
        raise NotAllowed(f"Confirm that you may decide this for {approval.under_name}.")
    if not yes.scopes or not (yes.on_web or yes.in_sales):
        raise NotAllowed("Choose what you approve, and where.")
    if yes.until and yes.until < clock.now().date():
        raise NotAllowed("The last day lies in the past.")
    for scope in Scope:
        setattr(approval, f"for_{scope}", scope in yes.scopes)
    approval.on_web = approval.in_embeds = yes.on_web  # the wording they read names both
    approval.in_sales = yes.in_sales
    approval.territory, approval.until = yes.territory.strip(), yes.until
    approval.approver, approval.title = yes.name.strip(), yes.title.strip()
    approval.text_sha256 = yes.text_sha256 if Scope.STORY in yes.scopes else ""
    approval.authority = authority(approval)
    approval.note = ""
    _answer(approval, OrgVerdict.APPROVED, "approved", said=companies.in_words(approval))


def authority(approval: OrgApproval) -> str:
    """What whoever says yes confirms, word for word."""
    return f"I am authorised to decide this for {approval.under_name}."


def ask_for_change(approval: OrgApproval, note: str) -> None:
    """Say what would have to be different; a yes given before ends."""
    lock_row(approval)
    _demand_open(approval)
    if not note.strip():
        raise NotAllowed("Write what should change.")
    approval.note = note.strip()
    _answer(approval, OrgVerdict.CHANGE, "change asked", note=approval.note)


def forbid(approval: OrgApproval, note: str = "") -> None:
    """Say no: the name is off every page with the next request, and nobody asks again."""
    lock_row(approval)
    _demand_open(approval)
    approval.note = note.strip()
    _answer(approval, OrgVerdict.FORBIDDEN, "forbidden", note=approval.note)


def withdraw(approval: OrgApproval) -> None:
    """Take a yes back; in force with the next request. Twice is harmless."""
    lock_row(approval)
    if approval.verdict is OrgVerdict.APPROVED:
        _answer(approval, OrgVerdict.WITHDRAWN, "withdrawn")


def close(approval: OrgApproval, *, by: Actor) -> None:
    """Stop waiting for an answer, or note that a contract no longer forbids. Never undoes a no."""
    lock_row(approval)
    ours = approval.verdict is OrgVerdict.PENDING or companies.forbidden_by_contract(approval)
    if approval.verdict is OrgVerdict.CLOSED:
        return
    if not ours:
        raise NotAllowed(f"{approval.approver} has answered. Only they can change that.")
    outbox.call_off(approval)
    approval.verdict, approval.decided_at = OrgVerdict.CLOSED, clock.now()
    record(approval, "closed", by=by)


def forget(receipts: Sequence[Receipt]) -> list[str]:
    """Empty what was written about a person who is being erased; what waits is called off.

    Their company's answer stays: it is the company's. Gives the names of what was asked (T36).
    """
    ids = [receipt.id for receipt in receipts]
    found = sa.select(OrgApproval).where(OrgApproval.receipt_id.in_(ids))
    names = []
    for approval in db.session.scalars(found).all():
        approval.why = approval.note = ""
        if approval.verdict is OrgVerdict.PENDING:
            close(approval, by=SYSTEM)
        names.append(approval.subject)
    forget_notes(names)
    return names


def _as_it_stands(company: Company) -> Company:
    """The company, held until this is written down: joined with another one meanwhile, it is asked
    as that one. Or the question would hang on a row nobody looks at any more."""
    lock("companies.merge")
    db.session.refresh(company)
    if company.merged_into_id:
        return db.session.get_one(Company, company.merged_into_id)
    return company


def _waiting(company: Company, email: str, receipt: Receipt | None) -> OrgApproval | None:
    return db.session.scalar(
        sa.select(OrgApproval).where(
            OrgApproval.company_id == company.id,
            OrgApproval.email == email.strip(),
            OrgApproval.receipt_id == (receipt.id if receipt else None),
            OrgApproval.company_name == (receipt.company_name if receipt else ""),
            OrgApproval.verdict == OrgVerdict.PENDING,
        )
    )


def _demand_open(approval: OrgApproval) -> None:
    if approval.verdict is OrgVerdict.CLOSED or companies.forbidden_by_contract(approval):
        raise NotAllowed("This question was taken back. Nothing is shown on the strength of it.")


def _answer(approval: OrgApproval, verdict: OrgVerdict, verb: str, **said: str) -> None:
    outbox.call_off(approval)
    approval.verdict, approval.decided_at = verdict, clock.now()
    record(approval, verb, by=approval, **said)
    _tell(approval)


# ── Mails ──────────────────────────────────────────────────────────────────────────────────


def _mail(approval: OrgApproval, by: Named, *, again: bool = False, not_before=None) -> None:
    receipt = approval.receipt
    outbox.email(
        approval.email,
        "company-ask",
        about=approval,
        links={"url": (Kind.COMPANY, approval)},
        not_before=not_before,
        again=again,
        approver=approval.approver,
        asker=by.name,
        speaker=receipt.advocate.name if receipt else "",
        contribution=receipt.contribution if receipt else "",
        company=approval.under_name,
        scopes=companies.listed(approval.asked),
        why=approval.why,
    )


def _tell(approval: OrgApproval) -> None:
    """The answer, to all three: whoever spoke, our side, and a record for the approver."""
    said: dict[str, Any] = {
        "verdict": approval.verdict.value,
        "company": approval.under_name,
        "approver": approval.approver,
        "note": approval.note,
        "extent": companies.in_words(approval) if approval.scopes else "",
    }
    speaker = approval.receipt and approval.receipt.advocate
    if speaker and not speaker.erased_at and speaker.wants_updates:
        _say(approval, speaker.email, speaker.first_name, f"{settings().base_url}/me", **said)
    ours = f"{settings().base_url}/staff/companies/{approval.company_id}/approvals"
    for colleague in _our_side(approval):
        _say(approval, colleague.email, colleague.name, ours, **said)
    outbox.email(
        approval.email,
        "company-receipt",
        about=approval,
        links={"url": (Kind.COMPANY, approval)},
        **said,
    )


def _say(approval: OrgApproval, address: str, first_name: str, url: str, **said: Any) -> None:
    outbox.email(address, "company-answer", about=approval, first_name=first_name, url=url, **said)


def _our_side(approval: OrgApproval) -> Sequence[Staff]:
    """Who asked, if it was one of us; else the owners of the program."""
    kind, _, number = approval.requested_by.partition(":")
    if kind != "staff":
        return staff.owners()
    asked = db.session.get(Staff, int(number))
    return [asked] if asked and asked.is_active else []
