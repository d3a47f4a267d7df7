"""Placeholders in words that staff type: ``{first_name}`` stands for what is the reader’s own.

Only known names are replaced, one by one. ``str.format`` on text a person typed would let that
text reach into our objects, so it is used nowhere here.
"""

import re
from collections.abc import Container, Mapping

_BRACED = re.compile(r"\{([^{}\n]*)\}")


def names(text: str) -> list[str]:
    """What stands in braces, in the order of the text."""
    return _BRACED.findall(text)


def unknown(text: str, known: Container[str]) -> str:
    """The first ``{…}`` that stands for nothing we know, as written; empty when all are known."""
    return next((f"{{{name}}}" for name in names(text) if name not in known), "")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text as one person reads it; what a value itself contains is left as it is."""
    return _BRACED.sub(lambda found: values.get(found[1], found[0]), text)
