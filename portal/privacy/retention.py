"""How long each kind of thing is kept, in one table: the purge obeys it and docs/privacy.md
prints it (T36)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal import clock
from portal.advocates import actions as advocates
from portal.campaigns import later as invitations
from portal.clicks import actions as clicks
from portal.incentives import pool
from portal.links import actions as links
from portal.outbox import actions as outbox
from portal.referrals import forgetting as referrals
from portal.referrals import stage_file
from portal.sessions import actions as sessions
from portal.undo import actions as undo


@dataclass(frozen=True)
class Class:
    """One kind of thing, what ends it, how long after that it goes, and what goes."""

    name: str
    since: str
    days: int
    goes: str
    purge: Callable[[datetime], int]


CLASSES = [
    Class(
        "Leads that became no customer",
        "their last step",
        90,
        "name, address, company, message and phone; the step they reached stays",
        referrals.purge,
    ),
    Class(
        "Invitations nobody took up",
        "the campaign’s deadline",
        180,
        "the invitation and its asks; the campaign keeps how many they were",
        invitations.purge,
    ),
    Class(
        "Mails",
        "they left, or were given up",
        90,
        "what they said; that one was sent, to whom and when, stays",
        outbox.purge,
    ),
    Class("Visits (sessions)", "their end", 30, "all of it", sessions.purge),
    Class(
        "Visitors of referral links and stories",
        "the visit",
        2,
        "the hash that told one visitor from the next; how many came stays",
        clicks.forget_visitors,
    ),
    Class(
        "Networks leads came from",
        "the lead",
        2,
        "the hash that told one network from the next",
        referrals.forget_networks,
    ),
    Class("What a decision replaced", "the ten seconds to undo it", 1, "all of it", undo.purge),
    Class("Links in mails", "their end", 30, "all of it", links.purge),
    Class(
        "Imported files",
        "their import",
        30,
        "the rows that were refused; the file itself goes at the import",
        advocates.purge_imports,
    ),
    Class(
        "Files of stage changes",
        "their import",
        30,
        "the lines that were refused; the file itself goes at the import",
        stage_file.purge,
    ),
    Class(
        "Files of reward codes",
        "their upload",
        30,
        "the lines that were refused; the file itself goes once its codes are in the pool",
        pool.purge,
    ),
]


def purge() -> Iterator[tuple[str, int]]:
    """Let go of what is past its time, kind by kind, with how many; commit after each."""
    now = clock.now()
    for one in CLASSES:
        yield one.name, one.purge(now - timedelta(days=one.days))


def in_words() -> str:
    """The table as it stands in docs/privacy.md."""
    rows = [f"| {one.name} | {one.days} days after {one.since} | {one.goes} |" for one in CLASSES]
    return "\n".join(["| what | when | what goes |", "|---|---|---|", *rows]) + "\n"
