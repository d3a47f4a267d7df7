"""How someone is named once they allow it: in full, by initials, by their role, or not at all."""

from portal.advocates.models import Advocate
from portal.submissions.models import Credit

CHOICES = {
    Credit.FULL: "My full name and job title",
    Credit.INITIALS: "My initials",
    Credit.ROLE: "My job title and company only",
    Credit.ANONYMOUS: "Anonymously",
}
WITH_TITLE = (Credit.FULL, Credit.ROLE)  # these alone need one
NOBODY = "A customer"


def parts(person: Advocate, how: Credit) -> tuple[str | None, str | None]:
    """The name and the title to print, as far as the person wants them printed."""
    title = person.job_title or None
    return {
        Credit.FULL: (person.name, title),
        Credit.INITIALS: (initials(person), None),
        Credit.ROLE: (None, title),
        Credit.ANONYMOUS: (None, None),
    }[how]


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
        Credit.ANONYMOUS: f"{NOBODY}. No name, title, company or photo.",
    }
