"""Note what a reviewer says about posting elsewhere. No reward is owed or lost by it (T8)."""

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.db import db, lock_row
from portal.errors import NotAllowed
from portal.handovers import queries
from portal.handovers.models import HandOver, Said
from portal.history.actions import Actor, record
from portal.media.models import Upload
from portal.submissions.models import Submission


def declare(
    submission: Submission, said: Said, *, url: str = "", upload: Upload | None = None, by: Actor
) -> HandOver:
    """Keep what they say; they may say otherwise later. The same twice is harmless.

    Proof is refused where the platform's row does not allow it (T12).
    """
    lock_row(submission)
    place = queries.demand(submission)
    if (url or upload) and not place.asks_proof:
        raise NotAllowed(f"{place.rule.name} does not let us ask for proof, so we take none.")
    found = queries.of(submission)
    if found is None:
        found = HandOver(submission=submission, said=said, platform=place.rule.platform)
        db.session.add(found)
    elif (found.said, found.url) == (said, url) and upload is None:
        return found
    found.said, found.url, found.said_at = said, url, clock.now()
    found.upload_id = upload.id if upload else found.upload_id
    record(submission, f"said of {place.rule.name}: {said}", by=by)
    return found


def forget(advocate: Advocate) -> None:
    """Delete all of it when a person is erased (T36)."""
    theirs = sa.select(Submission.id).where(Submission.advocate_id == advocate.id)
    db.session.execute(sa.delete(HandOver).where(HandOver.submission_id.in_(theirs)))
