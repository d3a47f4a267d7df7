"""Publish what a customer said, and take it down."""

import re
import secrets
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from portal import clock, seeds, zones
from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.config import settings
from portal.consent import queries as permissions
from portal.consent.models import Purpose
from portal.db import db, lock_row
from portal.errors import NotAllowed, there
from portal.history import queries as history
from portal.history.actions import Actor, record
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.outbox.models import Message
from portal.publishing import items, placing, planning, queries, rendering, words
from portal.publishing.basis import NOTHING, Basis, demand
from portal.publishing.models import Asset, Proposal
from portal.staff import overtaking
from portal.submissions.actions import noun
from portal.submissions.models import State, Submission, Version

PUBLISHED_AS = {Action.REVIEW, Action.QUOTE, Action.CASE_STUDY}
SIGNS = "23456789abcdefghjkmnpqrstvwxyz"


class Distorting(NotAllowed):
    """A cut loses a word that turns the sentence round, and nobody has looked (T4)."""

    status, field = 422, "fair_cut"


class Unsigned(NotAllowed):
    """A piece of the words that their author has not agreed to (T3)."""

    status, field = 409, "excerpt"


def publish(
    submission: Submission,
    *,
    headline: str = "",
    excerpt: str = "",
    basis: Basis = NOTHING,
    fair_cut: bool = False,
    at: datetime | None = None,
    pages: Collection[placing.Page] | None = None,
    by: Actor,
) -> Asset:
    """Show the customer's exact words, or a verbatim piece of them; with ``at``, from then on; on
    these ``pages`` of ours, or as it was. Twice is harmless.

    Waits for any change of mind under way, then asks the permission again (T26). A quote or
    story with figures needs a ``basis`` (T5); a cut that drops a "not", ``fair_cut`` (T4);
    and any cut its author's yes, or Unsigned is raised (T3).
    """
    hold(submission)
    asset = queries.asset_of(submission)
    if asset and submission.state is State.PUBLISHED:
        demand_own(submission, by=by)
        return asset
    demand_permission(submission)
    if at:
        planning.demand(at, submission, asset)
    version = there(submission.current)
    excerpt = words.piece(excerpt, version) if excerpt.strip() else ""
    if submission.action is not Action.REVIEW:  # a review is nobody's advertising, and never cut
        demand_care(submission, excerpt, basis, fair_cut)
    demand_own_words(submission, version)
    expected = basis.expected_results.strip()
    yes = rendering.signed(submission, headline.strip(), excerpt, expected)
    if excerpt and yes is None:
        raise Unsigned(f"{submission.advocate.name} has not agreed to this cut yet.")
    submission.move("publish")
    asset = asset or Asset(slug=slug(submission, headline), submission=submission)
    if asset.published_at is None or asset.published_at > clock.now():  # it was never seen
        asset.published_at = max(at or clock.now(), outbox.leaves_at())  # nor is while undo lasts
    db.session.add(asset)
    asset.words, asset.headline, asset.excerpt = version, headline.strip(), excerpt
    asset.proposal, asset.expected_results, asset.announce_at = yes, expected, at
    if pages is not None and submission.action is not Action.REVIEW:
        placing.choose(asset, pages, by=by)
    if at:
        note = f"For {zones.spoken(at, settings().brand_time_zone)}."
        record(submission, planning.PLANNED, by=by, note=note, **basis.on_file)
    else:
        record(submission, "published", by=by, **basis.on_file)
        tell(submission, asset)
    return asset


def retire(asset: Asset, *, by: Actor, note: str = "") -> None:
    """Take something off every page; it can be published again. Twice is harmless."""
    hold(asset.submission)
    if asset.submission.state is State.RETIRED:
        return
    asset.submission.move("retire")
    asset.announce_at = None
    record(asset.submission, "retired", by=by, note=note.strip())


def forget(advocate: Advocate) -> None:
    """Empty what was made of the words of a person who is being erased (T36)."""
    theirs = sa.select(Asset).join(Asset.submission).where(Submission.advocate_id == advocate.id)
    for asset in db.session.scalars(theirs).all():
        asset.headline = asset.excerpt = asset.expected_results = ""
    changes = sa.select(Proposal).join(Proposal.submission)
    for ours in db.session.scalars(changes.where(Submission.advocate_id == advocate.id)).all():
        ours.answers, ours.rendering = [], {}
        ours.headline = ours.excerpt = ours.note = ours.answer = ours.substantiation = ""
        ours.expected_results = ""


def hold(submission: Submission) -> None:
    """Wait for anyone changing this contribution or its permissions, and see what they did.

    The contribution first, then its receipt, like everyone who takes both: no deadlock.
    """
    lock_row(submission)
    if submission.receipt:
        lock_row(submission.receipt)


def demand_permission(submission: Submission) -> None:
    who = submission.advocate.name
    if submission.advocate.restricted_at:
        raise NotAllowed(f"{who} asked us to do nothing with their data, so nothing is published.")
    if submission.action not in PUBLISHED_AS:
        raise NotAllowed(f"A {noun(submission.action)} is not something to publish.")
    permission = submission.receipt and permissions.state(submission.receipt).get(Purpose.WORDS)
    if not permission or permission.standing == "refused":
        raise NotAllowed(f"{who} has not agreed to have these words shown.")
    if not permission.in_force:
        raise NotAllowed(f"The permission of {who} to show these words is {permission.standing}.")


def demand_own(submission: Submission, *, by: Actor) -> None:
    """What one has published oneself is done; whom a colleague was faster than is told: Stale."""
    acts = [history.last(submission, only=verb) for verb in ("published", planning.PLANNED)]
    last = max(filter(None, acts), key=lambda act: act.id, default=None)
    if last and last.by != by.subject:
        raise overtaking.overtaken_by(last, so=overtaking.NOTHING)


def demand_own_words(submission: Submission, version: Version) -> None:
    """T3: nothing but what its author sent, or signed off, sign for sign."""
    if seeds.digest(version.answers) != version.sha256 or not rendering.is_own(version):
        raise NotAllowed(
            f"These are not the words {submission.advocate.name} sent or agreed to: something was "
            "changed since. They cannot be published."
        )


def demand_care(submission: Submission, excerpt: str, basis: Basis, fair: bool) -> None:
    """T4 and T5: what a person must have looked at before this is advertising."""
    version = there(submission.current)
    if words.dropped_turns(excerpt, words.whole(version)) and not fair:
        raise Distorting(
            "The cut leaves out a sentence that may turn the meaning round. Read it, then say "
            "that the cut is fair."
        )
    demand(words.claims(version), basis)


@outbox.asks_first("published")
def bar(mail: Message, _again: bool) -> str:
    """Nothing leads to what is gone before the mail leaves: taken down, or withdrawn (T26)."""
    submission = db.session.get(Submission, int(mail.about.rpartition(":")[2]))
    seen = submission and queries.address_of(submission)
    return "" if seen else "What it says is published is not to be read any more."


def slug(submission: Submission, headline: str) -> str:
    """Readable, unguessable, and never the customer's name or words: it outlives consent."""
    title = re.sub(r"[^a-z0-9]+", "-", headline.lower()).strip("-")[:60].rstrip("-")
    tail = "".join(secrets.choice(SIGNS) for _ in range(6))
    return f"{title or submission.action.value}-{tail}"


def tell(submission: Submission, asset: Asset) -> None:
    """Thank the customer with the live address, and the way to take it back; unless they would
    rather hear from us only when something needs them."""
    if not submission.advocate.wants_updates:
        return
    outbox.email(
        submission.advocate.email,
        "published",
        about=submission,
        links={"receipt_url": (Kind.RECEIPT, there(submission.receipt))},
        first_name=submission.advocate.first_name,
        action=noun(submission.action),
        url=settings().base_url + items.address(submission.action, asset.slug),
    )
