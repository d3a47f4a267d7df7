"""Who offered to speak, and whose proposal was accepted: give them a seat or say not now."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.advocates.looking_after import looked_after
from portal.campaigns.models import Action
from portal.events.models import Event, Speaker, SpeakerState
from portal.events.told import wish
from portal.queue.kinds import ME, ON_HOLD, Drawn, Kind, days_ago
from portal.submissions.models import State, Submission


def draw(found: Sequence[Speaker]) -> list[Drawn]:
    return [
        Drawn(
            f"{one.advocate.name} would speak",
            f"{wish(one)}. {one.topic}",
            "events.index" if one.is_free else "events.show",
            ({} if one.is_free else {"id": one.event_id})
            | {"speaker": one.id, "_anchor": f"speaker-{one.id}"},
            held=ON_HOLD if one.advocate.restricted_at else "",
        )
        for one in found
    ]


def waits() -> list[sa.ColumnElement[bool]]:
    accepted = sa.exists().where(
        Submission.invitation_id == Speaker.invitation_id,
        Submission.action == Action.WEBINAR,
        Submission.state == State.APPROVED,
    )
    return [Speaker.state == SpeakerState.OFFERED, accepted]


SPEAKERS = Kind(
    "speakers",
    "Speakers",
    Speaker,
    Speaker.created_at,
    waits,
    draw,
    (joinedload(Speaker.event),),
    late_from=days_ago(14),
    whose=sa.or_(
        looked_after(Speaker.advocate_id),
        Speaker.event_id.in_(sa.select(Event.id).where(Event.staff_id == ME)),
    ),
)
