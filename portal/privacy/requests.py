"""What only the team can put right: asked by a note, answered by a mail within a month."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.db import db, lock_row
from portal.errors import NotFound, Stale, there
from portal.history.actions import Actor, record
from portal.outbox import actions as outbox
from portal.privacy.models import DataRequest
from portal.staff import overtaking
from portal.staff.models import Staff
from portal.undo import actions as undo


def get(request_id: int) -> DataRequest:
    """One request; raises NotFound."""
    if found := db.session.get(DataRequest, request_id):
        return found
    raise NotFound("There is no such request.")


def of(person: Advocate) -> Sequence[DataRequest]:
    """Everything this person asked, oldest first."""
    asked = sa.select(DataRequest).where(DataRequest.advocate_id == person.id)
    return db.session.scalars(asked.order_by(DataRequest.id)).all()


def ask(person: Advocate, note: str, *, by: Actor) -> DataRequest:
    """Let it wait for the team."""
    made = DataRequest(advocate=person, note=note)
    db.session.add(made)
    record(person, "asked for a correction", by=by)
    return made


def answer(request: DataRequest, words: str, *, by: Staff) -> None:
    """Tell the person what was done, or why nothing was. Raises Stale once that is said."""
    lock_row(request)
    if request.answered_at:
        who, at = there(request.answered_by), there(request.answered_at)
        raise Stale(
            overtaking.told(who.subject, "answered", at), who=overtaking.called(who.subject)
        )
    request.answer, request.answered_at, request.answered_by = words, clock.now(), by
    person = request.advocate
    outbox.email(
        person.email,
        "correction-answer",
        about=person,
        first_name=person.first_name,
        note=request.note,
        answer=words,
    )
    record(person, "answered about their data", by=by)


def forget(person: Advocate) -> None:
    """Delete what someone who is being erased asked, and our answers (T36)."""
    undo.forget(request.subject for request in of(person))
    db.session.execute(sa.delete(DataRequest).where(DataRequest.advocate_id == person.id))
