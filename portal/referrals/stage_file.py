"""A file of stage changes from the CRM: what each line would do, and doing it."""

import enum
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal import clock
from portal.advocates.importing import MAX_BYTES, MAX_ROWS, csv_rows, decode
from portal.db import changed, db, lock
from portal.errors import NotFound, Refusal, Unreadable, there
from portal.history.actions import Actor, record
from portal.referrals import actions, work
from portal.referrals.models import Lead, Stage, StageImport
from portal.staff.models import Staff

KEPT = timedelta(days=7)  # how long a file waits to be applied
BATCH = 500
HEADINGS = {
    "crm_id": {"crm id", "crm number", "crm_id", "record id", "deal id", "opportunity id", "id"},
    "stage": {"stage", "deal stage", "status"},
    "note": {"note", "notes", "comment"},
}
# What CRMs call our stages, besides our own words; signs between words do not matter. Only what
# says it plainly: a reward hangs on it, so of all others (“Contract Sent”) the preview asks.
PLAIN = {
    Stage.RECEIVED: "new, open, open not contacted, not contacted, lead in",
    Stage.CONTACTED: "working, working contacted, in progress, contact made, attempted to contact, "
    "connected",
    Stage.QUALIFIED: "qualified to buy, qualifiedtobuy, qualified lead",
    Stage.MEETING: "meeting booked, meeting scheduled, appointment scheduled, demo scheduled, "
    "presentation scheduled, appointmentscheduled, presentationscheduled",
    Stage.WON: "closed won, closedwon, customer",
    Stage.LOST: "closed lost, closedlost, closed lost to competition",
    Stage.UNQUALIFIED: "disqualified",
}
CHOICES = [stage for stage in Stage if stage is not Stage.WITHDRAWN]  # that a file may move to
SPELLED = {stage.value: stage for stage in CHOICES} | {
    word: stage for stage, words in PLAIN.items() for word in words.split(", ")
}
ASKED = 40  # unknown words in one preview; their lines are refused until someone says


class Outcome(enum.StrEnum):
    MOVE = "move"
    SAME = "same"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        return {"move": "moves", "same": "unchanged", "refused": "refused"}[self.value]


@dataclass
class Planned:
    """One line of the file: what becomes of it, and why."""

    line: int
    crm_id: str
    outcome: Outcome
    why: str = ""
    lead: Lead | None = None
    stage: Stage | None = None
    note: str = ""

    @property
    def sentence(self) -> str:
        return f"Line {self.line}: {self.why}."


@dataclass(frozen=True)
class Row:
    line: int
    crm_id: str
    stage: str
    note: str


def read(data: bytes) -> list[Row]:
    """The lines of a CSV; raises Unreadable naming the line and the reason."""
    if len(data) > MAX_BYTES:
        raise Unreadable("This file is larger than 5 MB. Split it and import the parts.")
    filled = ((n, cells) for n, cells in csv_rows(decode(data)) if any(c.strip() for c in cells))
    _, headings = next(filled, (0, []))
    named = [" ".join(heading.lower().split()) for heading in headings]
    at = {
        field: next((place for place, name in enumerate(named) if name in words), None)
        for field, words in HEADINGS.items()
    }
    if at["crm_id"] is None or at["stage"] is None:
        raise Unreadable("Head one column “CRM id” and one “Stage”. This file lacks one of them.")
    rows = [
        Row(number, *(_cell(cells, at[field]) for field in ("crm_id", "stage", "note")))
        for number, cells in filled
    ]
    if not rows:
        raise Unreadable("There are headings in this file, but no line below them.")
    if len(rows) > MAX_ROWS:
        raise Unreadable(f"This file has more than {MAX_ROWS:,} lines. Split it.")
    return rows


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def word_of(text: str) -> str:
    """A stage as a CRM writes it, without what stands between the words: “Closed-Won”."""
    return " ".join(re.sub(r"[\W_]+", " ", text.lower()).split())[:100]


def plan(rows: list[Row], meanings: Mapping[str, str]) -> list[Planned]:
    """What each line would do as things stand now; changes nothing. ``meanings`` are the stages
    that staff said for words we do not know, empty for lines to leave out."""
    leads = _leads({row.crm_id for row in rows if row.crm_id})
    seen: dict[str, int] = {}
    planned = []
    for row in rows:
        planned.append(_judge(row, leads, seen, meanings))
        seen.setdefault(row.crm_id, row.line)
    return planned


def _judge(
    row: Row, leads: dict[str, Lead], seen: dict[str, int], meanings: Mapping[str, str]
) -> Planned:
    def refuse(why: str) -> Planned:
        return Planned(row.line, row.crm_id, Outcome.REFUSED, why)

    lead, word = leads.get(row.crm_id), word_of(row.stage)
    stage = SPELLED.get(word) or (Stage(meanings[word]) if meanings.get(word) else None)
    if not row.crm_id:
        return refuse("the CRM id is missing")
    if row.crm_id in seen:
        return refuse(f"the CRM id “{row.crm_id}” is already on line {seen[row.crm_id]}")
    if lead is None:
        return refuse(f"no lead here has the CRM id “{row.crm_id}”")
    if stage is None:
        left = "is left out, as you said" if word in meanings else "is none of our stages"
        return refuse(f"“{row.stage}” {left}")
    if len(row.note) > 1000:
        return refuse("the note is longer than 1,000 characters")
    if lead.stage is stage:
        return Planned(row.line, row.crm_id, Outcome.SAME, "", lead, stage)
    if not lead.allows(stage):
        return refuse(f"{lead.name or 'this lead'} is {lead.stage}, and cannot become {stage}")
    return Planned(row.line, row.crm_id, Outcome.MOVE, "", lead, stage, row.note)


def _leads(crm_ids: set[str]) -> dict[str, Lead]:
    wanted = sorted(crm_ids)
    return {
        there(lead.crm_id): lead
        for start in range(0, len(wanted), BATCH)
        for lead in db.session.scalars(
            sa.select(Lead).where(Lead.crm_id.in_(wanted[start : start + BATCH]))
        )
    }


# ── From the upload to the moves ───────────────────────────────────────────────────────────


def upload(data: bytes, filename: str, *, by: Staff) -> StageImport:
    """Keep a file for its preview; raises Unreadable, keeping nothing, when it is none of ours."""
    read(data)
    purge(clock.now() - KEPT)
    newest = next(iter(recent()), None)
    said = dict(newest.meanings) if newest else {}  # a word is asked once, not in every file
    kept = StageImport(filename=filename[-200:], content=data, staff=by, meanings=said)
    db.session.add(kept)
    db.session.flush()
    return kept


def get(import_id: int) -> StageImport:
    if kept := db.session.get(StageImport, import_id):
        return kept
    raise NotFound("This file is no longer here. Files nobody applies are let go after 7 days.")


def recent() -> Sequence[StageImport]:
    """The last ten uploaded files, newest first."""
    return db.session.scalars(
        sa.select(StageImport).order_by(StageImport.id.desc()).limit(10)
    ).all()


def preview(kept: StageImport) -> list[Planned]:
    return plan(read(kept.content), kept.meanings)


def words_to_ask(kept: StageImport) -> dict[str, str]:
    """The words of a file that are none of our stages, as its first line with one writes it."""
    found: dict[str, str] = {}
    for row in read(kept.content):
        word = word_of(row.stage)
        if word and word not in SPELLED and word != Stage.WITHDRAWN:
            found.setdefault(word, row.stage[:100])
    said = kept.meanings or {}
    return dict(sorted(found.items(), key=lambda one: (one[0] in said, one[0]))[:ASKED])


def mean(kept: StageImport, meanings: Mapping[str, str], *, by: Actor) -> int:
    """What words of a file mean: one of our stages each, or empty for lines to leave out; of how
    many that is news.

    Of words that are ours, or not in the file, nobody has a say.
    """
    if kept.applied_at:
        return 0
    asked, ours = words_to_ask(kept), {"", *CHOICES}
    said = {word: to for word, to in meanings.items() if word in asked and to in ours}
    news = {word: to for word, to in said.items() if kept.meanings.get(word) != to}
    if news:
        kept.meanings = kept.meanings | news
        record(kept, "said what words mean", by=by, words=len(news))
    return len(news)


def apply(kept: StageImport, *, by: Actor) -> None:
    """Move the leads as things stand now, by the same action as a click. Twice changes nothing.

    All of them are locked first, as in ``work.move_all``.
    """
    lock("referrals.stage_import")
    db.session.refresh(kept)
    if kept.applied_at:
        return
    work.hold_all({there(row.lead).id for row in preview(kept) if row.outcome is Outcome.MOVE})
    planned = preview(kept)  # once more: as they stand now that nobody else moves them
    moves = [
        (there(row.lead), there(row.stage), row) for row in planned if row.outcome is Outcome.MOVE
    ]
    for lead, stage, row in sorted(moves, key=lambda move: move[0].id):
        try:
            with db.session.begin_nested():
                actions.move(lead, stage, seen=lead.version, note=row.note, by=by)
        except Refusal as why:
            row.outcome, row.why = Outcome.REFUSED, str(why).rstrip(".")
    counts = Counter(row.outcome for row in planned)
    kept.counts = {outcome.value: counts[outcome] for outcome in Outcome}
    kept.refused = [row.sentence for row in planned if row.outcome is Outcome.REFUSED]
    kept.applied_at = clock.now()
    kept.content = b""
    record(kept, "applied", by=by)


def purge(before: datetime) -> int:
    """Let go of files nobody applied, and of the refused lines of those applied; how many."""
    waiting = sa.delete(StageImport).where(
        StageImport.applied_at.is_(None), StageImport.created_at < before
    )
    gone = changed(waiting)
    old = sa.select(StageImport).where(StageImport.applied_at < before)
    full = [kept for kept in db.session.scalars(old) if kept.refused]
    for kept in full:
        kept.refused = []
    return gone + len(full)
