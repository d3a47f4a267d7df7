"""What staff decide on a contribution, and how it is put back within ten seconds."""

from typing import Any

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.db import db
from portal.errors import NotAllowed
from portal.events import actions as events
from portal.outbox import actions as outbox
from portal.publishing import actions, signoff
from portal.publishing.models import Asset, Proposal
from portal.publishing.queries import asset_of
from portal.staff.models import Staff
from portal.submissions.actions import noun
from portal.submissions.models import State, Submission
from portal.undo import actions as undo
from portal.undo.actions import Way, as_moment, as_text

PLACE = ("on_home", "on_stories", "on_referrals", "front_place")
DRAWN = ("version_id", "headline", "excerpt", "expected_results", "proposal_id", *PLACE)
WHEN = ("published_at", "announce_at")


def mark(submission: Submission) -> list[Any]:
    asset, ours = asset_of(submission), signoff.pending(submission)
    return [submission.version, ours and ours.id, *(getattr(asset, name, None) for name in PLACE)]


def snapshot(submission: Submission) -> dict[str, Any]:
    asset, ours = asset_of(submission), signoff.pending(submission)
    return {
        "state": submission.state.value,
        "note": submission.note,
        "ground": submission.ground,
        "decided_at": as_text(submission.decided_at),
        "asset": asset and _of(asset),
        "proposal": ours and ours.id,
        "speaker": events.standing_of(submission.subject),
        "mails": outbox.put_off([submission.subject]),
    }


def _of(asset: Asset) -> dict[str, Any]:
    moments = {name: as_text(getattr(asset, name)) for name in WHEN}
    return {name: getattr(asset, name) for name in DRAWN} | moments


def put_back(submission: Submission, was: dict[str, Any], *, by: Staff) -> None:
    submission.state = State(was["state"])
    submission.note, submission.ground = was["note"], was["ground"]
    submission.decided_at = as_moment(was["decided_at"])
    _put_back_asset(asset_of(submission), was["asset"])
    _put_back_proposal(submission, was["proposal"])
    outbox.call_back(was["mails"])
    if was["speaker"]:
        events.put_back(submission.subject, was["speaker"], by=by)


def _put_back_asset(asset: Asset | None, was: dict[str, Any] | None) -> None:
    if asset and was is None:  # nobody has seen it
        try:
            with db.session.begin_nested():
                db.session.delete(asset)
        except sa.exc.IntegrityError:
            raise NotAllowed("A colleague has used it elsewhere meanwhile. Take it down.") from None
    elif asset and was:
        for name in DRAWN:
            setattr(asset, name, was[name])
        for name in WHEN:
            setattr(asset, name, as_moment(was[name]))


def _put_back_proposal(submission: Submission, was: int | None) -> None:
    ours = signoff.pending(submission)
    if ours and ours.id != was:  # its author has not heard of it
        db.session.delete(ours)
        db.session.flush()
    if was and not (ours and ours.id == was):
        earlier = db.session.get_one(Proposal, was)
        earlier.decision = earlier.decided_at = None


CONTRIBUTION = Way(
    row=Submission,
    hold=actions.hold,
    mark=mark,
    snapshot=snapshot,
    put_back=put_back,
    title=lambda one: f"{noun(one.action).capitalize()} from {one.advocate.name}",
    page=lambda one: ("review.show", {"submission_id": one.id}),
    only=(Submission.versions.any(),),
)


def forget(advocate: Advocate) -> None:
    """Nothing of an erased person’s words is kept for an undo (T36)."""
    theirs = sa.select(Submission.id).where(Submission.advocate_id == advocate.id)
    undo.forget(f"submission:{number}" for number in db.session.scalars(theirs))
