"""What was typed beside what is stored by now, for whoever was overtaken by a colleague.

A form carries a print of each value it was filled with. So the page that comes back knows which
fields were typed into: the others show what stands there now, and beside those it says what does.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, Field, FieldList, Form, FormField, HiddenField, SelectField
from wtforms.widgets import Select

NOT_TYPED = {"CSRFTokenField", "FileField", "Seen"}
Prints = dict[str, str]  # by the name of a field


@dataclass(frozen=True)
class Theirs:
    """What a colleague left in a field; ``taken`` where it stands in the form already."""

    who: str
    text: str
    taken: bool


def prints(form: Form, *, stored: bool = False) -> Prints:
    """One of each value: as the form shows it, or of what is ``stored`` whatever was typed."""
    return {
        name: _print(field, kept(field) if stored else field.data)
        for name, field in _leaves(form).items()
    }


def written(found: Prints) -> str:
    return " ".join(f"{name}:{mark}" for name, mark in found.items())


def read(text: str) -> Prints:
    """What ``written`` wrote; nothing of anything else."""
    return dict(part.split(":", 1) for part in text.split() if ":" in part)


def kept(field: Field) -> Any:
    """What a field was filled with out of what is stored, whatever was typed over it."""
    typed = field.data
    field.process_data(field.object_data)
    for clean in field.filters:
        field.data = clean(field.data)
    found, field.data = field.data, typed
    return found


def settle(form: Form, again: Form, was: Prints, who: str) -> set[bool]:
    """Take over what was not typed into; beside the rest note what stands there now.

    ``again`` is filled with what is stored now, ``was`` what the form was once filled with.
    Returns whether anything was taken, and whether anything was not.
    """
    found: list[Field] = []
    for field in form:
        theirs = again[field.short_name]
        if isinstance(field, FieldList) and _shape(field) != _shape(theirs):
            found += _settle_list(field, theirs, was, who)
            continue
        now = _leaves([theirs])
        for name, leaf in _leaves([field]).items():
            found += _settle(leaf, now[name], was.get(name), who)
    return {field.theirs.taken for field in found}


def _settle(field: Field, other: Field, was: str | None, who: str) -> list[Field]:
    now = kept(other)
    mine, theirs = _print(field, field.data), _print(other, now)
    if theirs in (mine, was):
        return []
    if mine == was:
        field.data, field.raw_data = now, None
    field.theirs = Theirs(who, _said(other, now), mine == was)
    return [field]


def _settle_list(field: FieldList, other: FieldList, was: Prints, who: str) -> list[Field]:
    """The same of a list that has other rows by now: it is one thing."""
    was = {name: mark for name, mark in was.items() if name.startswith(f"{field.name}-")}
    if prints([other], stored=True) == was:
        return []
    is_mine = prints([field]) != was
    if not is_mine:
        while len(field):
            field.pop_entry()
        for entry in other:
            field.append_entry(entry.data)
    rows = "\n".join(f"{n}. {entry.form}" for n, entry in enumerate(other, 1))
    field.theirs = Theirs(who, rows, not is_mine)
    return [field]


def _leaves(fields: Iterable[Field]) -> dict[str, Field]:
    """Every field with a value of its own, by name; those in the rows of lists are among them."""
    found: dict[str, Field] = {}
    for field in fields:
        if isinstance(field, (FieldList, FormField)):
            found |= _leaves(field)
        elif field.type not in NOT_TYPED:
            found[field.name] = field
    return found


def _shape(rows: FieldList) -> list[str]:
    """Which rows there are, by what is hidden in them."""
    leaves = _leaves(rows).items()
    return [f"{name} {one.data}" for name, one in leaves if isinstance(one, HiddenField)]


def _print(field: Field, data: Any) -> str:
    return hashlib.sha256(_sent(field, data).encode()).hexdigest()[:8]


def _sent(field: Field, data: Any) -> str:
    """This as a browser would send it back: a list that shows none of it sends its first."""
    if isinstance(field.widget, Select) and not field.widget.multiple:
        choices = [_plain(choice.value) for choice in field.iter_choices()]
        return _plain(data) if _plain(data) in choices else "".join(choices[:1])
    return _plain(data)


def _plain(data: Any) -> str:
    if data is None or data is False:
        return ""
    if isinstance(data, (list, tuple, set)):
        return "\n".join(sorted(_plain(one) for one in data))
    if isinstance(data, Decimal):
        return f"{data.normalize():f}"
    if isinstance(data, time):
        return f"{data:%H:%M}"
    return str(data).replace("\r\n", "\n").strip()


def _said(field: Field, data: Any) -> str:
    """The same to read."""
    if isinstance(field, SelectField):
        chosen = {_plain(one) for one in (data if isinstance(data, list) else [data])}
        return ", ".join(str(c.label) for c in field.iter_choices() if _plain(c.value) in chosen)
    if isinstance(field, BooleanField):
        return "ticked" if data else "not ticked"
    if isinstance(data, date):
        return f"{data.day} {data:%B %Y}"
    return f"{data:.2f}" if isinstance(data, Decimal) else _plain(data)
