"""What pages list of the questions, and how one version differs from the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa

from portal.campaigns.models import Action
from portal.db import db, is_last
from portal.errors import NotFound
from portal.history import queries as history
from portal.publishing import wording
from portal.staff.queries import name_of
from portal.submissions import prompting
from portal.submissions.models import PromptSet
from portal.submissions.queries import prompt_set

WORDS = {
    "title": "Title", "summary": "Summary", "minutes": "Minutes", "next_step": "What happens next",
    "shown_where": "Where it is shown", "kind": "Kind", "section": "Section",
    "question": "Question", "label": "Short name", "hint": "Hint", "example": "Example",
    "error": "Words when it is empty", "required": "Has to be answered", "choices": "Choices",
    "words_min": "Fewest words", "words_max": "Most words", "unit": "Unit",
    "lowest": "Lowest number", "highest": "Highest number", "most": "Most rows",
    "public": "May be shown in public",
}  # fmt: skip


def newest() -> list[PromptSet]:
    """The newest version of each set, in the order customers know the actions."""
    found = db.session.scalars(
        sa.select(PromptSet).where(is_last(PromptSet.action, PromptSet.language))
    ).all()
    order = list(Action)
    return sorted(found, key=lambda one: (one.language, order.index(one.action)))


def current(language: str, action: str) -> PromptSet:
    """The newest version of one set."""
    found = prompt_set(Action(action), language) if action in set(Action) else None
    if found is None or found.language != language:
        raise NotFound("There are no questions at this address.")
    return found


def versions(current: PromptSet) -> Sequence[PromptSet]:
    """Every version of this set, the newest first."""
    return db.session.scalars(
        sa.select(PromptSet)
        .where(PromptSet.action == current.action, PromptSet.language == current.language)
        .order_by(PromptSet.version.desc())
    ).all()


@dataclass(frozen=True)
class Change:
    """What became of one question, or of what stands around them."""

    what: str
    how: str  # changed, added, removed, moved
    fields: list[tuple[str, wording.Parts]]


def story(current: PromptSet) -> list[tuple[PromptSet, str, list[Change]]]:
    """Each version, who made it, and what it changed; the newest first."""
    found = versions(current)
    told = []
    for place, version in enumerate(found):
        before = found[place + 1] if place + 1 < len(found) else None
        entries = history.of(version)
        author = name_of(entries[0].by) if entries else "Goodword"
        told.append((version, author, changes(before, version) if before else []))
    return told


def changes(before: PromptSet, after: PromptSet) -> list[Change]:
    """What differs, question by question."""
    old, new = prompting.as_item(before), prompting.as_item(after)
    was = {prompt["key"]: prompt for prompt in old.pop("prompts")}
    now = {prompt["key"]: prompt for prompt in new.pop("prompts")}
    found = []
    if around := _fields(old, new):
        found.append(Change("Around the questions", "changed", around))
    kept = [key for key in was if key in now]
    moved = _moved(kept, [key for key in now if key in was])
    for key, prompt in now.items():
        if key not in was:
            found.append(Change(prompt["question"], "added", []))
        elif fields := _fields(was[key], prompt):
            found.append(Change(prompt["question"], "changed", fields))
        if key in moved:
            found.append(Change(prompt["question"], "moved", []))
    found += [Change(was[key]["question"], "removed", []) for key in was if key not in now]
    return found


def _moved(was: list[str], now: list[str]) -> set[str]:
    """The fewest questions whose move explains the new order, but for ties."""
    steps = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    return {key for how, _, _, start, end in steps if how != "equal" for key in now[start:end]}


def _fields(was: dict[str, Any], now: dict[str, Any]) -> list[tuple[str, wording.Parts]]:
    return [
        (WORDS[name], wording.differences(_said(was[name]), _said(now[name])))
        for name in WORDS
        if name in now and was[name] != now[name]
    ]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(value)
    return "" if value is None else str(value)
