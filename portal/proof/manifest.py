"""What a verify page vouches for, as data: small, canonical, signed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal import clock, seeds
from portal.campaigns.models import Action
from portal.config import settings
from portal.consent.models import GRANTING, ConsentEvent, Purpose
from portal.incentives.models import Choice, Outcome
from portal.proof import signing
from portal.publishing import integrity, words
from portal.publishing import queries as publishing
from portal.publishing.actions import PUBLISHED_AS
from portal.publishing.items import verified
from portal.publishing.models import Asset
from portal.submissions.models import Relationship, Submission, Version

NAME = "goodword-proof/1"
SCHEMA = "/static/schema/proof-1.json"  # what the fields are, for programs
PERMITTED, WITHDRAWN, ALTERED = "permitted", "withdrawn", "altered"


@dataclass(frozen=True)
class Proof:
    """One published thing as it can be proved at this moment."""

    slug: str
    facts: dict[str, Any]  # the manifest
    asset: Asset | None = None  # only while it may be shown
    item: dict[str, Any] | None = None

    @property
    def status(self) -> str:
        return self.facts["status"]

    @property
    def data(self) -> bytes:
        """The manifest as the bytes that are signed."""
        return seeds.canonical(self.facts)

    @staticmethod
    def on(day: str) -> date:
        """A day of the manifest, for pages."""
        return date.fromisoformat(day)

    @property
    def words(self) -> bytes:
        """What the customer said, as the bytes their fingerprint is taken of."""
        return seeds.canonical(public(self.asset.words)) if self.asset else b""


def of(slug: str) -> Proof:
    """The proof of what stands under this slug, right now. Raises NotFound if nothing ever did."""
    kinds: frozenset[Action] = frozenset(PUBLISHED_AS)
    found = publishing.whole(slug, kinds, "Nothing was ever published under this address.")
    if found is None:
        return Proof(slug, _head(slug, WITHDRAWN) | {"words": None})
    asset, item = found
    if fault := integrity.fault(asset):
        return Proof(slug, _head(slug, ALTERED) | {"words": None, "fault": fault})
    return Proof(slug, _head(slug, PERMITTED) | _facts(asset, item), asset, _drawn(asset, item))


def _drawn(asset: Asset, item: dict[str, Any]) -> dict[str, Any]:
    """As the certificate shows it: whole, but of a story the piece that stands on its card."""
    # This is that page, and it says the rest in words of its own.
    item = item | {"verify_url": None, "published_on": None, "verified": None}
    if asset.submission.action is not Action.CASE_STUDY:
        return item
    piece = asset.excerpt or words.parts(asset.words)[0]["words"]
    return item | {"words": words.cut(piece, words.whole(asset.words)), "cut": True}


def public(version: Version) -> list[dict[str, Any]]:
    """The answers meant for the world, in the order asked; the customer's notes to us stay out."""
    return [answer for answer in version.answers if answer["public"]]


def events(asset: Asset) -> list[ConsentEvent]:
    """Every choice on the receipt of these words, oldest first."""
    receipt = asset.submission.receipt
    return receipt.events if receipt else []


def permission(asset: Asset) -> ConsentEvent:
    """The newest yes to these words."""
    return [e for e in events(asset) if e.purpose is Purpose.WORDS and e.verdict in GRANTING][-1]


def confirm_by(asset: Asset, confirmed: datetime) -> datetime:
    """Until when the words may stand without being confirmed again (T6)."""
    return max(asset.published_at, confirmed) + publishing.RECONFIRM


def _head(slug: str, status: str) -> dict[str, Any]:
    config = settings()
    return {
        "$schema": f"{config.base_url}{SCHEMA}",
        "schema": NAME,
        "status": status,
        "checked_on": day(clock.now()),
        "url": f"{config.base_url}/verify/{slug}",
        "publisher": config.brand_legal_name or config.brand_name,
        "key": signing.newest().kid,
    }


def _facts(asset: Asset, item: dict[str, Any]) -> dict[str, Any]:
    submission, yes = asset.submission, permission(asset)
    return {
        "kind": submission.action.value,
        "words": _words(asset),
        "customer": {part: item["credit"][part] for part in ("name", "title", "company")}
        | {"verified": verified()},
        "relationship": {
            "tie": (submission.relation or Relationship.NONE).value,
            "label": item["relationship_label"],
        },
        "reward": {
            "offered": bool(submission.promise),
            "taken": _reward(submission) == Outcome.GIVEN,
            "state": _reward(submission),
            "disclosure": item["disclosure"],
        },
        "expected_results": item["expected_results"],
        "added_by_publisher": {
            "headline": asset.headline or None,
            "expected_results": item["expected_results"] or None,
        },
        "sent_on": day(asset.words.created_at),
        "accepted_on": day(submission.decided_at),
        "published_on": day(asset.published_at),
        "permission": {
            "purpose": yes.purpose.value,
            "confirmed_on": day(yes.at),
            "in_force_until": day(yes.until),
            "asked_again_by": _asked_again(asset, yes),
            "wording": f"{yes.statement.language}@{yes.statement.version}",
            "wording_sha256": yes.statement.sha256,
        },
        "ledger": {"newest_event": events(asset)[-1].hash},
    }


def _asked_again(asset: Asset, yes: ConsentEvent) -> str | None:
    """The day they are asked by whether it is still right, where it does not end before."""
    asked = confirm_by(asset, yes.at)
    return day(asked) if yes.until is None or asked < yes.until else None


def _reward(submission: Submission) -> str:
    """What became of it by now. It was taken once it was sent, not when somebody said yes to it."""
    if not submission.promise:
        return "none offered"
    taken = submission.choice in (Choice.ACCEPTED, Choice.DONATED)
    return submission.outcome.value if taken else "declined by the customer"


def _words(asset: Asset) -> dict[str, Any]:
    """The fingerprint anyone can take again, and how. Answers never shown are no part of it:
    beside the public ones, a hash over them would let a stranger test guesses."""
    said = public(asset.words)
    return {
        "sha256": seeds.digest(said),
        "of": f"{settings().base_url}/verify/{asset.slug}.words.json",
        "is_all_that_was_sent": len(said) == len(asset.words.answers),
        "language": asset.submission.language,
    }


def day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None
