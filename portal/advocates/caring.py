"""What staff keep of a customer: words to find them by, and who looks after their company."""

import re
from collections.abc import Sequence

from portal.advocates.models import Advocate, Company, Tag
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.staff.models import Staff

LONGEST, MOST = 40, 20


def split(typed: str) -> list[str]:
    """The words of a line with commas (or semicolons, as CRMs have them): each once, in lower
    case, with single spaces."""
    words = (" ".join(part.split()).lower() for part in re.split("[,;]", typed))
    return sorted({word for word in words if word})


def tag(person: Advocate, names: Sequence[str], *, by: Actor) -> None:
    """Put just these words on a person."""
    if fault := objection(names):
        raise NotAllowed(fault)
    if {one.name for one in person.tags} != set(names):
        put_on(person, names)
        record(person, "tagged", by=by, note=", ".join(names) or "no tag")


def put_on(person: Advocate, names: Sequence[str]) -> None:
    """The same for whoever writes the act down."""
    before = {one.name: one for one in person.tags}
    person.tags = [before.get(name) or Tag(name=name) for name in names]


def objection(names: Sequence[str]) -> str:
    """What is wrong with these words, as a sentence; empty when nothing is."""
    if len(names) > MOST:
        return f"Use at most {MOST} tags."
    if long := next((name for name in names if len(name) > LONGEST), ""):
        return f"“{long[:LONGEST]}…” is too long for a tag: use at most {LONGEST} characters."
    return ""


def look_after(company: Company, owner: Staff | None, *, by: Actor) -> None:
    """From now on this colleague looks after the company; or nobody."""
    if owner and not owner.is_active:
        raise NotAllowed(f"{owner.name} is no longer here.")
    if company.owner is not owner:
        company.owner = owner
        record(company, "given to a colleague", by=by, note=owner.name if owner else "nobody")
