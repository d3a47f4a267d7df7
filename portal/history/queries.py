from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.db import Model, db
from portal.history.models import Entry, sent


def of(*things: Model) -> Sequence[Entry]:
    """Everything that happened to these things, oldest first."""
    names = [thing.subject for thing in things]
    return db.session.scalars(
        sa.select(Entry).where(Entry.about.in_(names)).order_by(Entry.id)
    ).all()


def last(
    *things: Model, but: Collection[str] = (), only: str = "", among: Collection[str] = ()
) -> Entry | None:
    """The newest act on any of these things, leaving out those called so, or only that one, or one
    ``among`` some."""
    names = [thing.subject for thing in things]
    found = sa.select(Entry).where(Entry.about.in_(names), Entry.verb.not_in(but))
    if only:
        found = found.where(Entry.verb == only)
    if among:
        found = found.where(Entry.verb.in_(among))
    return db.session.scalar(found.order_by(Entry.id.desc()).limit(1))


def of_this_post(**to: str) -> Sequence[Entry]:
    """What the very form that is being answered did when it was sent before, oldest first: all
    that is ``by`` somebody, or ``about`` something."""
    found = sa.select(Entry).filter_by(post=sent(), **to)
    return db.session.scalars(found.order_by(Entry.id)).all() if sent() else []


PAGE = 50
# What is ever done to, for the search to suggest; to look through all history would find no more.
KINDS = (
    "advocate", "block", "campaign", "company", "customer_import", "event", "gift_rule",
    "interview", "invitation", "known_contact", "lead", "mail_wording", "message", "moment_weights",
    "nomination", "offer", "org_approval", "photo", "placement", "platform_rule", "prompt_set",
    "prospect_reward", "receipt", "referral", "referral_link", "renewal", "reward", "risk_rule",
    "setting", "signal", "speaker", "staff", "stage_import", "submission", "takedown", "upload",
)  # fmt: skip


@dataclass(frozen=True)
class Search:
    """Which acts are looked for; nothing said means all of them."""

    by: str = ""  # "staff:3", or a kind of actor: "staff"
    about: str = ""  # "submission:7", or a kind of thing: "submission"
    verb: str = ""
    since: date | None = None
    until: date | None = None

    def select(self) -> sa.Select:
        """The acts, newest first."""
        found = sa.select(Entry).order_by(Entry.id.desc())
        for column, wanted in ((Entry.by, self.by), (Entry.about, self.about)):
            if ":" in wanted or wanted == "system":
                found = found.where(column == wanted)
            elif wanted:
                found = found.where(column.startswith(f"{wanted}:", autoescape=True))
        if self.verb:
            found = found.where(Entry.verb == self.verb)
        if self.since:
            found = found.where(Entry.at >= _midnight(self.since))
        if self.until:
            found = found.where(Entry.at < _midnight(self.until) + timedelta(days=1))
        return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def page(wanted: Search, before: int | None = None) -> tuple[Sequence[Entry], int | None]:
    """50 acts older than ``before``, and from where to go on."""
    select = wanted.select()
    if before is not None:
        select = select.where(Entry.id < before)
    found = db.session.scalars(select.limit(PAGE + 1)).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def every(wanted: Search) -> Iterator[Entry]:
    """All of them, newest first, a thousand in memory at a time."""
    return iter(db.session.scalars(wanted.select().execution_options(yield_per=1000)))


def details(entry: Entry) -> str:
    """What else an act left on file, in one line: ``was threshold: 5; now threshold: 4``."""
    return "; ".join(_said(entry.data))


def _said(data: dict[str, Any], of: str = "") -> Iterator[str]:
    for name, value in data.items():
        called = f"{of} {name}".strip().replace("_", " ")
        if isinstance(value, dict):
            yield from _said(value, called)
        elif value not in ("", None, []):
            yield f"{called}: {_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def verbs() -> list[str]:
    """Every word for an act that was ever written here."""
    return list(db.session.scalars(each_verb()))


def each_verb() -> sa.Select:
    """Steps from each word to the next in the index, however often each was written."""
    said = sa.select(sa.func.min(Entry.verb).label("verb")).cte("said", recursive=True)
    later = sa.select(sa.func.min(Entry.verb)).where(Entry.verb > said.c.verb).scalar_subquery()
    said = said.union_all(sa.select(later).where(said.c.verb.is_not(None)))
    return sa.select(said.c.verb).where(said.c.verb.is_not(None)).order_by(said.c.verb)
