"""What exactly is shown, as facts to agree to and to hold every later page against (T3)."""

from typing import Any

import sqlalchemy as sa

from portal import seeds
from portal.config import settings
from portal.consent import queries as permissions
from portal.consent.models import ConsentEvent, Purpose
from portal.db import db
from portal.errors import there
from portal.incentives import disclosure
from portal.media.models import Photo
from portal.publishing import words
from portal.publishing.items import both, item
from portal.publishing.models import Asset, Change, Decision, Proposal
from portal.submissions import crediting
from portal.submissions.models import Submission, Version

OURS = ("disclosure", "expected_results", "tie")  # must stand just so
CREDIT = ("name", "title", "company", "photo")  # may fall away with their permission


def facts(drawn: dict[str, Any], photo_key: str | None) -> dict[str, str | None]:
    """What stands around the words."""
    credit = drawn["credit"]
    return {
        "name": credit["name"],
        "title": credit["title"],
        "company": credit["company"],
        "photo": photo_key if credit["photo_url"] else None,
        "disclosure": drawn["disclosure"],
        "expected_results": drawn["expected_results"],
        "tie": drawn["relationship_label"],
    }


def proposed(proposal: Proposal) -> dict[str, str | None]:
    """The facts of a proposal as they stand now. The company counts as named where its person
    agreed to that: its own yes, or no, may come later."""
    photo_id = proposal.submission.advocate.photo_id
    key = db.session.get_one(Photo, photo_id).key if photo_id else None
    return facts(draw(proposal, "/photo", gated=False), key)


def draw(proposal: Proposal, photo_url: str | None, *, gated: bool = True) -> dict[str, Any]:
    """The card as it would appear. ``gated``: without what the company has not agreed to."""
    submission = proposal.submission
    may = allowed(submission, proposal.sha256) if gated else by_person(submission)
    return item(
        submission,
        Version(answers=proposal.answers, rating=None),
        may,
        photo_url if submission.advocate.photo_id else None,
        excerpt=proposal.excerpt,
        expected_results=proposal.expected_results,
        entire=proposal.kind is Change.WORDS,
    )


def by_person(submission: Submission) -> set[Purpose]:
    """What the person allows now, as far as the credit they chose shows it."""
    state = permissions.state(submission.receipt) if submission.receipt else {}
    yes = [purpose for purpose, permission in state.items() if permission.in_force]
    return set(crediting.within(yes, submission.credit))


def allowed(submission: Submission, sha256: str) -> set[Purpose]:
    """What person and company allow now, for words with this hash (T28)."""
    return both(submission, by_person(submission), sha256)


def promised(submission: Submission) -> tuple[Any, ...]:
    """What the disclosure is made of, whatever came of it."""
    brand = settings().brand_name
    return submission.promise, submission.choice, submission.action, brand


def may_be_shown(submission: Submission) -> bool:
    return Purpose.WORDS in by_person(submission)


# ── Is what we show what was agreed to? ────────────────────────────────────────────────────


def is_bound() -> list[sa.ColumnElement[bool]]:
    """When the words shown are their author's own: sent by them, or signed off; and a piece of
    them only as it was signed off. For a select that joins Asset and Submission (T3)."""
    sha256 = hash_shown()
    cut = sa.exists().where(
        *_signed(Submission.id, sha256),
        Proposal.excerpt == Asset.excerpt,
        Proposal.headline == Asset.headline,
        Proposal.expected_results == Asset.expected_results,
    )
    return [_own(Submission.id, Submission.receipt_id, sha256), sa.or_(Asset.excerpt == "", cut)]


def hash_shown() -> sa.ScalarSelect[str]:
    """The sha256 of the words an asset shows, for a select that joins Asset."""
    shown = sa.orm.aliased(Version)
    found = sa.select(shown.sha256).where(shown.id == Asset.version_id)
    return found.correlate(Asset).scalar_subquery()  # however deep it stands in the select


def is_own(version: Version) -> bool:
    """Whether its author sent or signed off words with this hash (T3)."""
    submission = version.submission
    own = _own(submission.id, submission.receipt_id, version.sha256)
    return bool(db.session.scalar(sa.select(own)))


def _own(submission_id, receipt_id, sha256) -> sa.ColumnElement[bool]:
    sent = sa.exists().where(
        ConsentEvent.receipt_id == receipt_id,
        ConsentEvent.purpose == Purpose.WORDS,
        ConsentEvent.text_sha256 == sha256,
    )
    return sa.or_(sent, sa.exists().where(*_signed(submission_id, sha256)))


def _signed(submission_id, sha256) -> list[sa.ColumnElement[bool]]:
    return [
        Proposal.submission_id == submission_id,
        Proposal.decision == Decision.APPROVED,
        Proposal.sha256 == sha256,
    ]


def signed(
    submission: Submission, headline: str, excerpt: str, expected_results: str
) -> Proposal | None:
    """The author's yes to these words, and to this piece of them under just these lines of ours;
    None when there is none."""
    same: list[sa.ColumnElement[bool]] = [Proposal.excerpt == excerpt]
    if excerpt:
        same += [Proposal.headline == headline, Proposal.expected_results == expected_results]
    return db.session.scalar(
        sa.select(Proposal)
        .where(
            Proposal.submission_id == submission.id,
            Proposal.decision == Decision.APPROVED,
            Proposal.sha256 == there(submission.current).sha256,
            *same,
        )
        .order_by(Proposal.id.desc())
        .limit(1)
    )


def fault(asset: Asset, now: dict[str, str | None] | None = None) -> str:
    """What is not as its author sent or signed it; empty when all of it is. ``now``: the facts
    about to be drawn."""
    version, proposal = asset.words, asset.proposal
    if seeds.digest(version.answers) != version.sha256:
        return "the words"
    if not words.stars_stand(version):
        return "the stars"
    if not words.stands(asset.excerpt, version):
        return "the piece shown"
    if proposal is None or now is None:
        return ""
    if proposal.sha256 != version.sha256 or proposal.excerpt != asset.excerpt:
        return "the words"
    agreed = proposal.rendering
    if agreed.get("disclosure") in disclosure.ways(*promised(asset.submission)):
        # Agreed to beside this promise: what comes of it is said as it is.
        agreed = agreed | {"disclosure": now["disclosure"]}
    if _signed_as(now) == there(asset.submission.receipt).credit:
        # As they chose to be credited since, and said yes to (T23).
        agreed = agreed | {"name": now["name"], "title": now["title"]}
    if proposal.kind is Change.WORDS:  # words signed whole may get a line of ours beside them
        agreed = agreed | {"expected_results": now["expected_results"]}
    return next((name for name in differing(agreed, now)), "")


def _signed_as(now: dict[str, str | None]) -> str:
    """The name and title about to be drawn, as a receipt has them."""
    return ", ".join(part for part in (now["name"], now["title"]) if part)


def differing(agreed: dict[str, str | None], now: dict[str, str | None]) -> list[str]:
    """What would be shown otherwise than agreed. Parts of a credit may be missing with their
    permission, or come later with one; they may not turn into another."""
    other = [name for name in OURS if (agreed.get(name) or "") != (now[name] or "")]
    both = [name for name in CREDIT if agreed.get(name) and now[name]]
    return other + [name for name in both if agreed[name] != now[name]]
