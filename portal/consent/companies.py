"""A company's own yes: who there may give it, and whether it is in force (T28)."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from portal import clock
from portal.addresses import canonical_email
from portal.advocates.models import Advocate, Company
from portal.consent.models import Channel, Clause, OrgApproval, OrgVerdict, Receipt, Scope
from portal.db import db
from portal.errors import NotFound

WHERE = {"web": "on our public pages", "sales": "in decks and offers of our sales team"}
OPEN_ANSWERS = (OrgVerdict.PENDING, OrgVerdict.APPROVED, OrgVerdict.CHANGE)


# ── Whose address it is ────────────────────────────────────────────────────────────────────


@cache
def free_mail() -> frozenset[str]:
    """Domains where anybody gets an address, so that one proves no employer."""
    return frozenset(Path(__file__).with_name("free_mail.txt").read_text().split())


def domains(company: Company) -> list[str]:
    """Where the company has its mail: the domain of its website, and those of its people."""
    addresses = db.session.scalars(
        sa.select(Advocate.email_key).where(
            Advocate.company_id == company.id, Advocate.erased_at.is_(None)
        )
    )
    found = [address.rpartition("@")[2] for address in addresses.all()]
    site = company.website if "//" in company.website else f"//{company.website}"
    found.append((urlsplit(site).hostname or "").removeprefix("www."))
    return sorted({domain for domain in found if domain} - free_mail())


def objection(email: str, company: Company) -> str:
    """Why this address cannot speak for the company, as a sentence; empty when it may."""
    domain = canonical_email(email).rpartition("@")[2]
    known = domains(company)
    if domain in free_mail():
        return (
            f"Anybody can have an address at {domain}. Enter one at {company.name}’s own domain, "
            "so that we know who answers"
        )
    if not known:
        return (
            f"We know no mail domain of {company.name}. Its website, in the customer file, "
            "would tell us one"
        )
    if not any(domain == one or domain.endswith(f".{one}") for one in known):
        return f"Enter an address at {company.name}’s own domain: {' or '.join(known)}"
    return ""


# ── Is it in force? ────────────────────────────────────────────────────────────────────────

EVERYWHERE = OrgApproval.territory == ""  # the web is read everywhere
REACHES = {
    Channel.WEB: (OrgApproval.on_web, EVERYWHERE),
    Channel.EMBED: (OrgApproval.in_embeds, EVERYWHERE),
    Channel.SALES: (OrgApproval.in_sales,),
}


def company_allows(
    company_id,
    scope: Scope,
    *,
    receipt_id=None,
    text_sha256=None,
    channel: Channel | None = None,
):
    """The question as SQL, for joins: a yes of the company for our public pages (or another
    ``channel``), not past its day, and no no. It holds for the name the company had when it said
    so: the one on this receipt, or without one the name of today. A yes to a story holds for that
    contribution and its words alone."""
    said = [
        OrgApproval.company_id == company_id,
        *_under_the_name_of(receipt_id),
        OrgApproval.verdict == OrgVerdict.APPROVED,
        getattr(OrgApproval, f"for_{scope}"),
        *REACHES[channel or Channel.WEB],
        sa.or_(OrgApproval.until.is_(None), OrgApproval.until >= clock.now().date()),
    ]
    if scope is Scope.STORY:
        said += [OrgApproval.receipt_id == receipt_id, OrgApproval.text_sha256 == text_sha256]
    return sa.and_(sa.exists().where(*said), ~is_forbidden(company_id))


def _under_the_name_of(receipt_id) -> list[sa.ColumnElement[bool]]:
    """An answer about the name that stands on a receipt; empty in both rows: that of today.

    The receipt stands beside the answer, not in a question inside this one: that would no longer
    see the row of the outermost.
    """
    if receipt_id is None:
        return [OrgApproval.company_name == ""]
    about = sa.orm.aliased(Receipt)
    return [about.id == receipt_id, OrgApproval.company_name == about.company_name]


def is_forbidden(company_id) -> sa.ColumnElement[bool]:
    """Whether somebody there said no, or the contract does: that blocks, whatever else was said."""
    other = sa.orm.aliased(OrgApproval)
    return sa.exists().where(other.company_id == company_id, other.verdict == OrgVerdict.FORBIDDEN)


def forbids(company: Company) -> bool:
    """The same for one company, for pages and refusals."""
    return bool(db.session.scalar(sa.select(is_forbidden(company.id))))


def may_be_named(company: Company, receipt: Receipt | None = None, story: str = "") -> bool:
    """Whether the company allows its name on our pages now, beside what a ``receipt`` was given
    for; ``story`` is the sha256 of the words when they tell its story, which needs its own yes."""
    about = receipt.id if receipt else None
    asked = [company_allows(company.id, Scope.NAME, receipt_id=about)]
    if story:
        asked.append(company_allows(company.id, Scope.STORY, receipt_id=about, text_sha256=story))
    return bool(db.session.scalar(sa.select(sa.and_(*asked))))


# ── What was asked and said ────────────────────────────────────────────────────────────────


def approvals_of(company: Company) -> Sequence[OrgApproval]:
    """Everything asked of a company, newest first."""
    return db.session.scalars(
        sa.select(OrgApproval)
        .where(OrgApproval.company_id == company.id)
        .order_by(OrgApproval.id.desc())
    ).all()


def approvals_about(receipt: Receipt) -> Sequence[OrgApproval]:
    """What was asked of the company about one contribution, newest first."""
    return db.session.scalars(
        sa.select(OrgApproval)
        .where(OrgApproval.receipt_id == receipt.id)
        .order_by(OrgApproval.id.desc())
    ).all()


def get(approval_id: int) -> OrgApproval:
    """One of them; raises NotFound."""
    if found := db.session.get(OrgApproval, approval_id):
        return found
    raise NotFound("There is no such question to a company.")


def standing(approval: OrgApproval) -> str:
    """pending, approved, change-asked, forbidden, withdrawn, closed or ended, for people."""
    if approval.verdict is OrgVerdict.APPROVED and approval.is_over:
        return "ended"
    return approval.verdict.value


def in_words(approval: OrgApproval) -> str:
    """How far a yes goes, in a sentence."""
    where = [WHERE["web"]] * approval.on_web + [WHERE["sales"]] * approval.in_sales
    last = f", until {approval.until.day} {approval.until:%B %Y}" if approval.until else ""
    return (
        f"{listed(approval.scopes)}, {' and '.join(where)}, "
        f"{approval.territory or 'everywhere'}{last}"
    )


def listed(scopes: Sequence[str]) -> str:
    """Scopes as people say them: ``name, logo and story``."""
    *first, last = [str(Scope(scope)) for scope in scopes]
    return f"{', '.join(first)} and {last}" if first else last


def forbidden_by_contract(approval: OrgApproval) -> bool:
    return approval.verdict is OrgVerdict.FORBIDDEN and approval.clause is Clause.FORBIDS
