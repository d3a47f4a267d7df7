"""What differs between two wordings, word by word, for the person who must agree to it."""

import re
from collections import Counter
from difflib import SequenceMatcher

from portal.publishing import words

SAME, ADDED, REMOVED = "same", "ins", "del"
Parts = list[tuple[str, str]]


def differences(before: str, after: str) -> Parts:
    """``("same" | "ins" | "del", words)`` in reading order; whole words, line breaks kept."""
    old, new = _tokens(before), _tokens(after)
    parts: Parts = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append((SAME, "".join(old[i:j])))
            continue
        parts += [(REMOVED, "".join(old[i:j]))] * (j > i) + [(ADDED, "".join(new[k:m]))] * (m > k)
    return parts


def left_out(excerpt: str, text: str) -> Parts:
    """The same for a verbatim piece: what stands before and after it goes."""
    before, _, after = text.partition(excerpt)
    parts = [(REMOVED, before), (SAME, excerpt), (REMOVED, after)]
    return [part for part in parts if part[1]]


def lost_turns(before: str, after: str) -> list[str]:
    """The words like "not" and "but" that an edit drops (T4)."""
    lost = Counter(_turns(before)) - Counter(_turns(after))
    return sorted(lost)


def _turns(text: str) -> list[str]:
    return [match.group(0).lower() for match in words.TURNS.finditer(text)]


def _tokens(text: str) -> list[str]:
    """A word with the space after it: what changes is then read as words."""
    return re.findall(r"\S+\s*|\s+", text)
