"""What becomes of the words when their author answers a change we proposed (T3)."""

from collections.abc import Mapping
from typing import Any

from portal import clock
from portal.consent.actions import Circumstances
from portal.db import db
from portal.errors import NotAllowed, there
from portal.history.actions import Actor, record
from portal.submissions import sending
from portal.submissions.models import Submission, Version


def sign_off(
    submission: Submission, answers: list[Any], *, by: Actor, circumstances: Circumstances
) -> Version:
    """Make the approved words a version of their own; each yes in force is said for it again."""
    submission.move("sign off")
    submission.decided_at = clock.now()
    version = _fix(submission, {a["key"]: a["value"] for a in answers}, by, circumstances)
    if version.answers != answers:
        raise NotAllowed("These words are not the ones that were proposed.")
    record(submission, "signed off", by=by, number=version.number, sha256=version.sha256)
    return version


def reword(
    submission: Submission,
    texts: Mapping[str, str],
    *,
    note: str,
    by: Actor,
    circumstances: Circumstances,
) -> Version:
    """Take the author's own wording instead, and read it again. ``texts`` by prompt key."""
    submission.move("read again")
    submission.submitted_at = submission.attested_at = clock.now()
    before = {a["key"]: a["value"] for a in there(submission.current).answers}
    version = _fix(submission, before | dict(texts), by, circumstances)
    record(submission, "reworded", by=by, note=note, number=version.number, sha256=version.sha256)
    return version


def _fix(
    submission: Submission, values: Mapping[str, Any], by: Actor, circumstances: Circumstances
) -> Version:
    """Write the words down as a new version; what was typed before follows them."""
    for answer in submission.answers:
        if answer.prompt.key in values or answer.value not in ("", []):
            answer.value = values.get(answer.prompt.key, "")
    db.session.flush()
    version = sending.write_down(submission)
    sending.settle_permissions(submission, version, circumstances, by=by)
    return version
