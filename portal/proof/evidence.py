"""Evidence to take away: one ZIP that can be checked without this portal, and byte for byte.

The same records give the same file on the same day, so two copies can be compared.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal import clock, seeds
from portal.advocates.models import Advocate
from portal.config import settings
from portal.consent import actions as consent
from portal.consent import companies
from portal.consent.models import ConsentEvent, OrgApproval, Receipt
from portal.consent.printing import as_pdf
from portal.consent.receipts import as_data
from portal.db import db
from portal.proof import record, signing
from portal.proof.record import Account, Act
from portal.publishing import signoff
from portal.publishing.models import Asset, Proposal
from portal.submissions import crediting
from portal.submissions.receipted import given_for

SCHEMA = "goodword-evidence/1"
HERE = Path(__file__).parent
PERMISSIONS = "/me/permissions"  # where the person may change their mind


@dataclass(frozen=True)
class Evidence:
    """A ZIP file and the name to save it under."""

    name: str
    data: bytes


def of_asset(asset: Asset) -> Evidence:
    """Everything on record about one published thing."""
    told = record.account(asset.submission)
    receipts = [asset.submission.receipt] if asset.submission.receipt else []
    return pack(f"evidence-{asset.slug}", f"What was published as {asset.slug}", [told], receipts)


def of_person(person: Advocate) -> Evidence:
    """Everything one customer ever sent, allowed and took back."""
    told = record.accounts(person)
    receipts = [one.submission.receipt for one in told if one.submission.receipt]
    receipts += record.other_receipts(person, told)
    name = f"evidence-customer-{person.id}"
    return pack(name, f"What {person.name} said and allowed", told, receipts)


def pack(name: str, about: str, told: list[Account], receipts: list[Receipt]) -> Evidence:
    """Gather, fingerprint, sign, zip."""
    files = {
        "account.json": readable([as_facts(one) for one in told]),
        "consent/chain.json": readable(segment(receipts)),
        "consent/events.json": readable([event for r in receipts for event in events(r)]),
        "public-key.pem": signing.newest().pem.encode(),
        "VERIFY.txt": (HERE / "VERIFY.txt").read_bytes(),
        "verify.py": (HERE / "verifier.py").read_bytes(),
    }
    files |= dict(words(told))
    for receipt in receipts:
        said = given_for(receipt)
        data = as_data(receipt, PERMISSIONS, said)
        files[f"receipts/{receipt.reference}.json"] = readable(data)
        files[f"receipts/{receipt.reference}.pdf"] = as_pdf(receipt, None, said)
    manifest = readable(
        {
            "schema": SCHEMA,
            "about": about,
            "publisher": settings().brand_legal_name or settings().brand_name,
            "made_on": clock.now().date().isoformat(),
            "key": signing.newest().kid,
            "keys_at": f"{settings().base_url}/.well-known/goodword-key.json",
            "files": {path: hashlib.sha256(data).hexdigest() for path, data in files.items()},
        }
    )
    files |= {"manifest.json": manifest, "manifest.sig": signing.sign(manifest)}
    return Evidence(f"{name}.zip", zipped(files))


def words(told: list[Account]) -> Iterable[tuple[str, bytes]]:
    """Every version sent and not erased since, as the bytes its fingerprint was taken of."""
    for one in told:
        if not one.is_sealed:
            for version in filter(lambda sent: sent.answers, one.submission.versions):
                yield f"words/{version.sha256}.json", seeds.canonical(version.answers)


def as_facts(told: Account) -> dict[str, Any]:
    """One contribution as the page for legal tells it."""
    submission, person = told.submission, told.submission.advocate
    return {
        "kind": submission.action.value,
        "said_by": {
            "name": person.name,
            "title": person.job_title,
            "company": submission.company_name,
            "mail": person.email,
        },
        "relationship": submission.relation and submission.relation.value,
        "credited": crediting.CHOSEN[submission.credit],
        "attested_as_own_words_at": moment(submission.attested_at),
        "state": submission.state.value,
        "published": published(told),
        "versions": [
            {"number": v.number, "sent_at": moment(v.created_at), "sha256": v.sha256}
            for v in submission.versions
        ],
        "receipt": submission.reference,
        "offer": submission.promise,
        "choice": submission.choice and submission.choice.value,
        "employer_allows": submission.employer_allows,
        "disclosure": told.disclosure,
        "rewards": [
            {"for": reward.explanation, "entries": [entry(line) for line in reward.entries]}
            for reward in told.rewards
        ],
        "sign_offs": [sign_off(one) for one in signoff.proposals_of(submission)],
        "company": [company(one) for one in companies.approvals_of(person.company)],
        "history": [act(one) for one in told.acts],
    }


def published(told: Account) -> dict[str, Any] | None:
    if told.asset is None:
        return None
    return {
        "address": f"{settings().base_url}/verify/{told.asset.slug}",
        "at": moment(told.asset.published_at),
        "words_sha256": told.asset.words.sha256,
        "headline": told.asset.headline,
        "excerpt": told.asset.excerpt,
        "public_now": told.public,
        "why_not": told.why_not,
    }


def sign_off(one: Proposal) -> dict[str, Any]:
    """What we would have changed, and what its author agreed to."""
    return {
        "kind": one.kind.value,
        "proposed_by": one.staff.name,
        "proposed_at": moment(one.at),
        "words_sha256": one.sha256,
        "headline": one.headline,
        "piece": one.excerpt,
        "decision": one.decision and one.decision.value,
        "decided_at": moment(one.decided_at),
        "rendering": one.rendering,
    }


def company(one: OrgApproval) -> dict[str, Any]:
    """What was asked of the company, and who said what on its behalf (T28)."""
    return {
        "company": one.under_name,
        "asked_for": one.asked,
        "asked_at": moment(one.requested_at),
        "asked_by": record.who(one.requested_by),
        "contract": one.clause.value,
        "answer": companies.standing(one),
        "answered_at": moment(one.decided_at),
        "approver": {"name": one.approver, "title": one.title, "mail": one.email},
        "authority": one.authority,
        "extent": companies.in_words(one) if one.scopes else "",
        "story_sha256": one.text_sha256,
        "note": one.note,
    }


def entry(line) -> dict[str, Any]:
    return {
        "state": line.state.value,
        "at": moment(line.at),
        "by": record.who(line.by),
        "note": line.note,
    }


def act(one: Act) -> dict[str, Any]:
    return {"what": one.what, "who": one.who, "at": moment(one.at), "note": one.note}


def events(receipt: Receipt) -> list[dict[str, Any]]:
    """Each choice on a receipt, with exactly what its hash was taken of."""
    return [
        {
            "id": event.id,
            "receipt": receipt.reference,
            "hash": event.hash,
            "facts": consent.facts(event),
            "wording": {
                "purpose": event.statement.purpose.value,
                "label": event.statement.label,
                "detail": event.statement.detail,
                "channels": event.statement.channels,
                "months": event.statement.months,
            },
        }
        for event in receipt.events
    ]


def segment(receipts: list[Receipt]) -> list[dict[str, Any]]:
    """The links of the whole chain from the first of these events to the last: hashes only, for
    what lies between is other people's."""
    ids = [event.id for receipt in receipts for event in receipt.events]
    if not ids:
        return []
    links = (
        sa.select(ConsentEvent.id, ConsentEvent.hash, ConsentEvent.previous_hash)
        .where(ConsentEvent.id.between(min(ids), max(ids)))
        .order_by(ConsentEvent.id)
    )
    return [
        {"id": id, "hash": hash, "previous": previous}
        for id, hash, previous in db.session.execute(links)
    ]


def readable(facts: Any) -> bytes:
    return (json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def moment(at) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP without a trace of when or where it was made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            info = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[path])
    return buffer.getvalue()
