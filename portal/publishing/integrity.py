"""Has anything been changed behind the portal's back? Found, and named."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal import seeds
from portal.consent import actions as consent
from portal.consent import queries as permissions
from portal.consent.models import Purpose, Receipt
from portal.db import db
from portal.errors import there
from portal.publishing import words
from portal.publishing.models import Asset
from portal.submissions.models import Submission


def fault(asset: Asset) -> str:
    """What is not as it was written, in words; empty when all of it is (T3, T24)."""
    receipt = asset.submission.receipt
    if receipt is None:
        return _words_changed(asset)
    return _words_changed(asset) or _ledger_changed(receipt) or _reward_changed(asset.submission)


def faults() -> Iterator[tuple[str, str]]:
    """The slug of each published thing that was changed, and what was."""
    query = (
        sa.select(Asset)
        .join(Asset.submission)
        .options(
            joinedload(Asset.words),
            contains_eager(Asset.submission).lazyload(Submission.answers),
            contains_eager(Asset.submission)
            .joinedload(Submission.receipt)
            .selectinload(Receipt.events),
        )
        .order_by(Asset.id)
    )
    for asset in db.session.scalars(query):
        if found := fault(asset):
            yield asset.slug, found


def _words_changed(asset: Asset) -> str:
    version, receipt = asset.words, asset.submission.receipt
    if not version.answers and not (receipt and permissions.in_force(receipt, Purpose.WORDS)):
        return ""  # emptied at their person's wish, after the permission had ended (T36)
    if seeds.digest(version.answers) != version.sha256:
        return "the words are not the ones that were sent"
    if not words.stars_stand(version):
        return "the stars are not the ones that were given"
    if not words.stands(asset.excerpt, version):
        return "the excerpt shown is not a piece of the words"
    said = {e.text_sha256 for e in receipt.events if e.purpose is Purpose.WORDS} if receipt else ()
    signed = asset.proposal and asset.proposal.sha256 == version.sha256
    if version.sha256 not in said and not signed:
        return "the words are not the ones the permission was given for"
    return ""


def _ledger_changed(receipt: Receipt) -> str:
    for event in receipt.events:
        if event.hash != consent.chained(event) or not consent.is_as_loaded(event.statement):
            return f"consent event {event.id} is not as it was written"
    return ""


def _reward_changed(submission: Submission) -> str:
    """What stands beside the words must be what the ledger says was offered and taken (T10)."""
    events = there(submission.receipt).events
    written = [e.offer for e in events if e.purpose is Purpose.WORDS and e.offer]
    now = (submission.promise or {}) | {"choice": submission.choice}
    if (written[-1] if written else {"choice": None}) != now:
        return "the reward is not the one that was offered and taken"
    return ""
