"""Tables that become cards on a phone: each cell is told the head it stands under."""

import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

CELL = re.compile(r"<(tr|td|th)\b([^>]*)>")
SPAN = re.compile(r'colspan="(\d+)"')


def labelled(rows: str, heads: Sequence[Any]) -> Markup:
    """The rows of a table as drawn, each cell with ``data-label``: what its column is called."""
    names = [head if isinstance(head, str) else head["text"] for head in heads]
    place = 0

    def label(tag: re.Match) -> str:
        nonlocal place
        name, rest = tag.groups()
        if name == "tr":
            place = 0
            return tag[0]
        here, span = place, SPAN.search(rest)
        place += int(span[1]) if span else 1
        if span or here >= len(names) or "data-label" in rest:
            return tag[0]
        return f'<{name}{rest} data-label="{escape(names[here])}">'

    return Markup(CELL.sub(label, str(rows)))  # what stood there was escaped when it was drawn
