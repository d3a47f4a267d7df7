"""Which passwords are refused: by how long they are and how soon they are tried (ASVS 6.2)."""

import re
from pathlib import Path

from portal.errors import NotAllowed

LEAST, MOST = 12, 128
GUESSABLE = "That password is among the first an attacker would try. Choose another."
# What the lists of stolen passwords are made of, without the digits and signs around them.
COMMON = set(Path(__file__).with_name("common.txt").read_text().split())
RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def refuse_weak(password: str, own_words: set[str]) -> None:
    """At least 12 characters of any kind, and not among the first that are tried."""
    if len(password) < LEAST:
        raise NotAllowed(f"Use at least {LEAST} characters. A sentence works well.")
    if len(password) > MOST:
        raise NotAllowed(f"Use at most {MOST} characters.")
    plain = password.casefold().strip()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    guessable = COMMON | {word.casefold().strip() for word in own_words if word}
    squeezed = re.sub(r"[\W_]+", "", plain)
    if {plain, core, squeezed, squeezed.strip("0123456789")} & guessable or is_a_pattern(squeezed):
        raise NotAllowed(GUESSABLE)


def is_a_pattern(plain: str) -> bool:
    """One or two signs again and again, one word over and over, or a walk along the keys."""
    if len(set(plain)) < 4 or re.fullmatch(r"(.{1,8})\1+", plain):
        return True
    return any(plain in run * 2 or plain in run[::-1] * 2 for run in RUNS)
