"""The versions of what each action asks: ours, and those staff made of them."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from portal import seeds
from portal.db import db, lock
from portal.errors import Unfit, there
from portal.history.actions import Actor, record
from portal.incentives import copylint
from portal.staff.overtaking import overtaken
from portal.submissions import queries
from portal.submissions.models import Action, Origin, Prompt, PromptSet

OF_SET = ("title", "summary", "minutes", "next_step", "shown_where")
OF_PROMPT = (
    "key", "kind", "section", "question", "label", "hint", "example", "error", "required",
    "choices", "words_min", "words_max", "unit", "lowest", "highest", "most", "public",
)  # fmt: skip
# What other parts of the portal are made of: these questions stay, whatever else is asked.
NEEDED = {
    Action.REVIEW: {"rating"},
    Action.QUOTE: {"words"},
}


def load() -> int:
    """Add built-in sets whose content is new, as new versions; how many were added.

    A set staff edited stays the newest; ``newer_builtin`` tells that ours moved on.
    """
    added = 0
    for language, item in _files():
        newest = queries.prompt_set(Action(item["action"]), language)
        theirs = newest if newest is not None and newest.language == language else None
        if theirs and theirs.origin is Origin.EDITED:
            continue
        if theirs and theirs.sha256 == seeds.digest(item):
            continue
        _add(item, language, Origin.BUILTIN, version=theirs.version + 1 if theirs else 1)
        added += 1
    db.session.flush()
    return added


def newer_builtin(current: PromptSet) -> dict[str, Any] | None:
    """Our own set, when staff edited an older version of it than we bring now."""
    item = builtin(current.action, current.language)
    if current.origin is Origin.BUILTIN or item is None:
        return None
    return item if seeds.digest(item) != current.builtin_sha256 else None


def builtin(action: Action, language: str) -> dict[str, Any] | None:
    """What we bring for an action in this language."""
    found = (item for tongue, item in _files() if tongue == language and item["action"] == action)
    return next(found, None)


def save(current: PromptSet, item: Mapping[str, Any], *, seen: int, by: Actor) -> PromptSet:
    """Make what staff wrote the newest version; drafts keep theirs. No change, no version.

    Raises Stale when somebody else made a version since ``seen``.
    """
    lock(f"prompts.{current.action}.{current.language}")
    newest = there(queries.prompt_set(current.action, current.language))
    if newest.version != seen:
        raise overtaken(newest, newest=newest.version)
    _check(current.action, item)
    if _same(newest, item):
        return newest
    made = _add(
        {**item, "action": current.action.value, "purposes": newest.purposes},
        current.language,
        Origin.EDITED,
        version=newest.version + 1,
    )
    db.session.flush()
    record(made, "questions changed", by=by)
    return made


def texts(item: Mapping[str, Any]) -> Iterable[str]:
    """Every text of a set that a customer reads."""
    yield from (item[name] for name in OF_SET if isinstance(item[name], str))
    for prompt in item["prompts"]:
        for value in prompt.values():
            yield from (
                [value] if isinstance(value, str) else value if isinstance(value, list) else []
            )


def as_item(prompt_set: PromptSet) -> dict[str, Any]:
    """A version as the data it was made of."""
    return {name: getattr(prompt_set, name) for name in OF_SET} | {
        "prompts": [
            {name: getattr(prompt, name) for name in OF_PROMPT} for prompt in prompt_set.prompts
        ]
    }


def filled(item: Mapping[str, Any]) -> dict[str, Any]:
    """The same with everything a file may leave out."""
    prompts = [as_item_prompt(prompt) for prompt in item["prompts"]]
    return {name: item[name] for name in OF_SET} | {"prompts": prompts}


def as_item_prompt(prompt: Mapping[str, Any]) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "required": True, "choices": [], "public": True, "words_min": None, "words_max": None,
        "lowest": None, "highest": None, "most": None,
    }  # fmt: skip
    return {name: prompt.get(name, empty.get(name, "")) for name in OF_PROMPT}


def _same(current: PromptSet, item: Mapping[str, Any]) -> bool:
    return seeds.digest(as_item(current)) == seeds.digest(filled(item))


def _check(action: Action, item: Mapping[str, Any]) -> None:
    kept = {prompt["key"] for prompt in item["prompts"]}
    if len(kept) < len(item["prompts"]) or not kept:
        raise Unfit("There has to be a question, and none can stand there twice.")
    if missing := NEEDED.get(action, set()) - kept:
        raise Unfit(
            f"The question “{sorted(missing)[0]}” has to stay: what we show is made of its answer."
        )
    for text in texts(item):
        if phrase := copylint.objection(text):
            raise Unfit(f"Take out “{phrase}”: a question may not ask for praise.")


def _add(item: Mapping[str, Any], language: str, origin: Origin, *, version: int) -> PromptSet:
    ours = builtin(Action(item["action"]), language)
    prompts = [
        Prompt(position=place, **as_item_prompt(prompt))
        for place, prompt in enumerate(item["prompts"], 1)
    ]
    made = PromptSet(
        **{name: item[name] for name in (*OF_SET, "action", "purposes")},
        language=language,
        version=version,
        origin=origin,
        sha256=seeds.digest(item),
        builtin_sha256=seeds.digest(ours) if ours else "",
        prompts=prompts,
    )
    db.session.add(made)
    return made


@cache
def _files() -> list[tuple[str, dict[str, Any]]]:
    """What we bring: (language, set)."""
    paths = sorted(Path(__file__).parent.glob("prompts.*.json"))
    return [(path.name.split(".")[1], item) for path in paths for item in seeds.read(path)]
