"""How someone is named once they allow it: in full, by initials, by their role, or not at all.

What a credit does not show is not asked for, and an earlier yes to it is said to be without effect:
nobody is told that something was given which no page ever shows (T23).
"""

from collections.abc import Iterable

from portal.advocates.models import Advocate
from portal.consent.models import Purpose
from portal.submissions.models import Credit

CHOICES = {
    Credit.FULL: "My full name and job title",
    Credit.INITIALS: "My initials",
    Credit.ROLE: "My job title and company only",
    Credit.ANONYMOUS: "Anonymously",
}
WITH_TITLE = (Credit.FULL, Credit.ROLE)  # these alone need one
NOBODY = "A customer"
PARTS = {  # of a credit, by the permission each has of its own
    Purpose.NAME: "your name",
    Purpose.COMPANY: "your company",
    Purpose.LOGO: "its logo",
    Purpose.PHOTO: "your photo",
}
HIDES: dict[Credit, frozenset[Purpose]] = {
    Credit.FULL: frozenset(),
    Credit.INITIALS: frozenset(),
    Credit.ROLE: frozenset({Purpose.PHOTO}),  # a face would say who it is
    Credit.ANONYMOUS: frozenset(PARTS),
}
CHOSEN = {  # the same, told of somebody
    Credit.FULL: "by full name and job title",
    Credit.INITIALS: "by initials",
    Credit.ROLE: "by job title and company only",
    Credit.ANONYMOUS: "anonymously",
}


def parts(person: Advocate, how: Credit) -> tuple[str | None, str | None]:
    """The name and the title to print, as far as the person wants them printed."""
    title = person.job_title or None
    return {
        Credit.FULL: (person.name, title),
        Credit.INITIALS: (initials(person), None),
        Credit.ROLE: (None, title),
        Credit.ANONYMOUS: (None, None),
    }[how]


def shows(how: Credit, purpose: Purpose) -> bool:
    """Whether a credit leaves room for this at all; what is no part of a credit it never hides."""
    return purpose not in HIDES[how]


def that_show(purpose: Purpose) -> list[Credit]:
    """The credits that do, for a question in SQL."""
    return [how for how in Credit if shows(how, purpose)]


def within(purposes: Iterable[str], how: Credit) -> list[Purpose]:
    """Those of these permissions that such a credit shows, in the same order."""
    return [purpose for purpose in map(Purpose, purposes) if shows(how, purpose)]


def asked_anew(purposes: Iterable[str], before: Credit, now: Credit) -> list[Purpose]:
    """What must be asked (again) when one credit takes the place of another: what the former did
    not show, and the name, which is now written otherwise."""
    if before is now:
        return []
    return [one for one in within(purposes, now) if one is Purpose.NAME or not shows(before, one)]


def is_less(before: Credit, now: Credit) -> bool:
    """Whether the new one takes something away that the former showed."""
    return before not in (now, Credit.ANONYMOUS) and now is not Credit.FULL


def left_out(purposes: Iterable[str], how: Credit) -> str:
    """What of these is not asked about, as people say it: “your name and your company”."""
    *first, last = [PARTS[one] for one in map(Purpose, purposes) if not shows(how, one)] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def why(how: Credit, who: str = "you") -> str:
    """Why a yes has no effect: “you chose to be credited anonymously”."""
    return f"{who} chose to be credited {CHOSEN[how]}" if HIDES[how] else ""


def without_effect(how: Credit, purpose: Purpose, in_force: bool, who: str = "you") -> str:
    """Why a yes to this is shown nowhere; empty for one that may be, and for a no."""
    return why(how, who) if in_force and not shows(how, purpose) else ""


def unshown(how: Credit) -> tuple[frozenset[Purpose], str]:
    """What such a credit never shows, and why, told to whoever chose it."""
    return HIDES[how], why(how)


def initials(person: Advocate) -> str:
    """“S. B.”"""
    return " ".join(f"{name[0].upper()}." for name in (person.first_name, person.last_name) if name)


def in_words(person: Advocate, how: Credit) -> str:
    """The same as one line, for the permission that is asked and its receipt."""
    return ", ".join(part for part in parts(person, how) if part) or f"“{NOBODY}”"


def hints(person: Advocate, company: str) -> dict[str, str]:
    """What each choice looks like for this person, with their company called so."""
    return {
        Credit.FULL: in_words(person, Credit.FULL),
        Credit.INITIALS: initials(person),
        Credit.ROLE: f"{person.job_title or 'Your job title'}, {company}. No name and no photo.",
        Credit.ANONYMOUS: f"{NOBODY}. No name, title, company, logo or photo.",
    }
