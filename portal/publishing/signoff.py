"""A change of ours to a customer's words, and their answer: nothing else lets it through (T3)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal import clock, seeds
from portal.campaigns.models import Action
from portal.config import settings
from portal.consent.actions import Circumstances
from portal.db import db
from portal.errors import NotAllowed, Stale, there
from portal.history.actions import Actor, record
from portal.links.models import Kind
from portal.outbox import actions as outbox
from portal.publishing import actions, rendering, wording, words
from portal.publishing.basis import NOTHING, Basis
from portal.publishing.models import Asset, Change, Decision, Proposal
from portal.publishing.placing import Page
from portal.staff import overtaking
from portal.staff.models import Staff
from portal.submissions import signing
from portal.submissions.actions import noun
from portal.submissions.models import State, Submission


class Distorting(actions.Distorting):
    """An edit drops a word that turns the meaning, and nobody has looked (T4)."""

    field = "fair_edit"


# ── Ours: propose, take back ───────────────────────────────────────────────────────────────


def propose_words(
    submission: Submission,
    texts: Mapping[str, str],
    *,
    note: str,
    seen: int,
    by: Staff,
    fair_edit: bool = False,
) -> Proposal:
    """Suggest another wording of the public answers (by key); their author alone decides (T1).

    A review is never edited. An edit that drops a "not" needs ``fair_edit`` (T4).
    """
    _hold_for_proposing(submission, seen)
    if submission.action is Action.REVIEW:
        raise NotAllowed("A review stays as it was written. Ask its author for a change instead.")
    base = there(submission.current)
    answers = edited(base.answers, texts)
    if answers == base.answers:
        raise NotAllowed("Change at least one word, or approve it as it is.")
    if not note.strip():
        raise NotAllowed("Write why: the customer will read it.")
    public = [a["value"] for a in answers if a["public"] and isinstance(a["value"], str)]
    lost = wording.lost_turns(words.whole(base), words.GAP.join(public))
    if lost and not fair_edit:
        raise Distorting(
            f"The edit drops {_quoted(lost)}, which may turn the meaning round. Read it, then say "
            "that it still says the same."
        )
    return _put(submission, "propose words", Change.WORDS, answers, note=note, by=by)


def publish_or_propose(
    submission: Submission,
    *,
    headline: str = "",
    excerpt: str = "",
    basis: Basis = NOTHING,
    fair_cut: bool = False,
    at: datetime | None = None,
    pages: Collection[Page] | None = None,
    by: Staff,
) -> Asset | Proposal:
    """Publish the words whole, at once or ``at`` a later moment. A piece of them goes to their
    author first, and is published by their yes."""
    try:
        return actions.publish(
            submission,
            headline=headline,
            excerpt=excerpt,
            basis=basis,
            fair_cut=fair_cut,
            at=at,
            pages=pages,
            by=by,
        )
    except actions.Unsigned:
        pass
    version = there(submission.current)
    piece = words.piece(excerpt, version)
    ours = (headline.strip(), piece, basis.expected_results.strip(), at)
    found = pending(submission)
    if found and (found.headline, found.excerpt, found.expected_results, found.appears_at) == ours:
        found.pages = None if pages is None else list(pages)
        return found
    return _put(
        submission,
        "propose a cut",
        Change.CUT,
        version.answers,
        headline=headline.strip(),
        excerpt=piece,
        substantiation=basis.note.strip(),
        checked_by=basis.owner,
        checked_on=basis.checked_on,
        expected_results=basis.expected_results.strip(),
        appears_at=at,
        pages=None if pages is None else list(pages),
        by=by,
    )


def take_back(proposal: Proposal, *, by: Staff) -> None:
    """Ask for nothing any more; the words stay as they were sent. Twice is harmless."""
    actions.hold(proposal.submission)
    db.session.refresh(proposal)
    if proposal.decision is not None:
        return
    _decide(proposal, Decision.SUPERSEDED)
    _return(proposal)
    record(proposal.submission, "proposal taken back", by=by)


# ── Theirs: approve, write it their own way, refuse ────────────────────────────────────────


def approve(proposal: Proposal, *, seen: str, by: Actor, circumstances: Circumstances) -> None:
    """Say yes to exactly this: the words by their sha256, in the rendering ``seen`` stands for.

    Raises Stale when the page would look different by now. A cut is published by it.
    """
    submission = _hold_for_answering(proposal, Decision.APPROVED)
    if submission is None:
        return
    facts = rendering.proposed(proposal)
    if proposal.seal(facts) != seen:
        raise Stale("Something on this page changed after you opened it. Look at it once more.")
    if seeds.digest(proposal.answers) != proposal.sha256:
        raise NotAllowed("These words were altered after they were proposed. Nothing was approved.")
    proposal.rendering = facts
    _decide(proposal, Decision.APPROVED)
    if proposal.kind is Change.WORDS:
        signing.sign_off(submission, proposal.answers, by=by, circumstances=circumstances)
    else:
        submission.move("sign off")
        record(submission, "signed off", by=by, sha256=proposal.sha256, seal=seen)
        if rendering.may_be_shown(submission):
            _publish(proposal)
    _tell(proposal)


def reword(
    proposal: Proposal,
    texts: Mapping[str, str],
    *,
    note: str = "",
    by: Actor,
    circumstances: Circumstances,
) -> None:
    """Answer with a wording of one's own: a new version, read by the team again."""
    submission = _hold_for_answering(proposal, Decision.REWORDED)
    if submission is None:
        return
    current = there(submission.current).answers
    if edited(current, texts) == current:
        raise NotAllowed("Change at least one word, or keep your words as they are.")
    _decide(proposal, Decision.REWORDED, note)
    signing.reword(submission, texts, note=note.strip(), by=by, circumstances=circumstances)
    _tell(proposal)


def refuse(proposal: Proposal, *, note: str = "", by: Actor) -> None:
    """Keep one's words as they were sent."""
    submission = _hold_for_answering(proposal, Decision.REFUSED)
    if submission is None:
        return
    _decide(proposal, Decision.REFUSED, note)
    _return(proposal)
    record(submission, "proposal refused", by=by, note=note.strip())
    _tell(proposal)


# ── What both need ─────────────────────────────────────────────────────────────────────────


def pending(submission: Submission) -> Proposal | None:
    """The change that waits for the author now."""
    return db.session.scalar(
        sa.select(Proposal).where(
            Proposal.submission_id == submission.id, Proposal.decided_at.is_(None)
        )
    )


def newest(submission: Submission) -> Proposal | None:
    """The last change anyone proposed, whatever became of it."""
    return db.session.scalar(
        sa.select(Proposal)
        .where(Proposal.submission_id == submission.id)
        .order_by(Proposal.id.desc())
        .limit(1)
    )


def proposals_of(submission: Submission) -> Sequence[Proposal]:
    """Every change ever proposed to a contribution, oldest first."""
    found = sa.select(Proposal).where(Proposal.submission_id == submission.id)
    return db.session.scalars(found.order_by(Proposal.id)).all()


def edited(answers: list[dict[str, Any]], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The answers with other words in the public texts; one left empty falls away."""
    found = []
    for answer in answers:
        if is_text(answer) and answer["key"] in texts:
            answer = answer | {"value": texts[answer["key"]].replace("\r\n", "\n").strip()}
        if answer["value"] not in ("", []):
            found.append(answer)
    return found


def is_text(answer: dict[str, Any]) -> bool:
    """Whether this is a public answer in words; figures, ratings and choices are not edited."""
    return answer["public"] and answer["kind"] in {"short", "long"}


def _hold_for_proposing(submission: Submission, seen: int) -> None:
    actions.hold(submission)
    overtaking.demand_newest(submission, seen, so="Read it again; nothing was sent.")
    actions.demand_permission(submission)


def _hold_for_answering(proposal: Proposal, answer: Decision) -> Submission | None:
    """The submission, held; None when this very answer was given before."""
    actions.hold(proposal.submission)
    db.session.refresh(proposal)
    if proposal.decision is answer:
        return None
    if proposal.decision is not None or proposal.submission.state is not State.SIGNOFF:
        raise Stale("This has been answered, or was taken back. Nothing was changed.")
    return proposal.submission


def _put(
    submission: Submission, move: str, kind: Change, answers: list[Any], *, by: Staff, **more: Any
) -> Proposal:
    submission.move(move)
    if before := pending(submission):
        _decide(before, Decision.SUPERSEDED)
        db.session.flush()
    proposal = Proposal(
        submission=submission,
        base=submission.current,
        kind=kind,
        answers=answers,
        sha256=seeds.digest(answers),
        staff=by,
        **more,
    )
    db.session.add(proposal)
    record(submission, "change proposed", by=by, note=proposal.note or "", sha256=proposal.sha256)
    outbox.email(
        submission.advocate.email,
        "signoff",
        about=submission,
        links={"url": (Kind.INVITATION, submission.invitation)},
        first_name=submission.advocate.first_name,
        action=noun(submission.action),
        asker=by.name,
        note=proposal.note or "",
        cut=kind is Change.CUT,
    )
    return proposal


def _decide(proposal: Proposal, decision: Decision, note: str = "") -> None:
    proposal.decision, proposal.decided_at = decision, clock.now()
    proposal.answer = note.strip()


def _return(proposal: Proposal) -> None:
    """Back to where the words were before we proposed anything."""
    proposal.submission.move("keep whole" if proposal.kind is Change.CUT else "read again")


def _publish(proposal: Proposal) -> None:
    """Now, or on the day that was chosen, if that is still to come."""
    at = proposal.appears_at
    actions.publish(
        proposal.submission,
        headline=proposal.headline,
        excerpt=proposal.excerpt,
        basis=Basis(
            proposal.substantiation,
            proposal.checked_by,
            proposal.checked_on,
            proposal.expected_results,
        ),
        fair_cut=True,
        at=at if at and at > clock.now() else None,
        pages=None if proposal.pages is None else [Page(one) for one in proposal.pages],
        by=proposal.staff,
    )


def _tell(proposal: Proposal) -> None:
    """Whoever proposed it hears what the customer said."""
    submission = proposal.submission
    outbox.email(
        proposal.staff.email,
        "signoff-answer",
        about=submission,
        first_name=proposal.staff.name,
        customer=submission.advocate.name,
        action=noun(submission.action),
        decision=there(proposal.decision).value,
        published=submission.state is State.PUBLISHED,
        note=proposal.answer,
        url=settings().base_url + f"/staff/submissions/{submission.id}",
    )


def _quoted(found: list[str]) -> str:
    return " and ".join(f"“{word}”" for word in found)
