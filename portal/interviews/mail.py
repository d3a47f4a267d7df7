"""What both sides of an interview are told."""

from typing import Any

from portal import zones
from portal.config import settings
from portal.errors import there
from portal.interviews import calendar
from portal.interviews.models import MINUTES, Interview, Medium
from portal.links.models import Kind
from portal.outbox import actions as outbox


def tell(
    interview: Interview,
    template: str,
    *,
    calendar_file: bool = False,
    called_off: bool = False,
    **words: Any,
) -> None:
    """Promise the person a mail, with the calendar entry if it is about one."""
    person = interview.advocate
    attachment = None
    if calendar_file or called_off:
        attachment = calendar.invite(interview, called_off=called_off)
    outbox.email(
        person.email,
        template,
        about=interview,
        links={"url": (Kind.INVITATION, interview.invitation)},
        attachment=attachment,
        first_name=person.first_name,
        host=interview.staff.name if interview.staff else "",
        **described(interview),
        **words,
    )


def tell_staff(interview: Interview, *, agreed: bool) -> None:
    """Whoever proposed the time learns what became of it."""
    host = there(interview.staff)
    outbox.email(
        host.email,
        "interview-answer",
        about=interview,
        first_name=host.name,
        customer=interview.advocate.name,
        company=interview.advocate.company.name,
        agreed=agreed,
        url=f"{settings().base_url}/staff/interviews/{interview.id}",
        **described(interview),
    )


def described(interview: Interview) -> dict[str, Any]:
    """The talk in words, at the time of the person’s own clock."""
    at = interview.starts_at
    return {
        "when": zones.spoken(at, interview.time_zone) if at else "",
        "minutes": MINUTES,
        "by_phone": interview.medium is Medium.PHONE,
        "phone": interview.phone,
        "place": interview.place,
    }


def times(interview: Interview) -> list[str]:
    """The times named last, on the person’s own clock."""
    return [zones.spoken(moment, interview.time_zone) for moment in interview.moments]
