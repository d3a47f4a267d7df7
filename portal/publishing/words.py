"""A customer's words: whole or cut, never changed (T3); what a cut or figure needs (T4, T5)."""

import re
from typing import Any

from portal.errors import Unreadable
from portal.submissions.models import Version

HEADLINE = "headline"  # the key of a review's own headline
GAP = "\n\n"
ELLIPSIS = "…"

# Words that turn a sentence round: a cut that loses one may say the opposite (T4).
TURNS = re.compile(
    r"\b(?:not|no|never|none|cannot|without|but|except|however|although|though|unless|despite|"
    r"hardly|barely|only|\w+n[’']t|nicht|kein\w*|nie|niemals|aber|außer|ohne|jedoch|obwohl|nur)\b",
    re.IGNORECASE,
)
# Figures a reader may take as a promise (T5).
CLAIMS = re.compile(
    r"[€$£]\s?\d[\d.,]*(?:\s?(?:k|m|million|thousand)\b)?"
    r"|\b\d[\d.,]*\s?(?:%|percent\b|per cent\b|prozent\b|x\b|times\b|fold\b|"
    r"(?:second|minute|hour|day|week|month|year|people|euro|dollar)s?\b)"
    r"|\b(?:twice|doubled?|tripled?|halved?|half the)\b"
    # superlatives and absolutes claim something about everyone else
    r"|\b(?:the (?:best|fastest|cheapest|safest|easiest|most \w+|only)|number one|no\. ?1|"
    r"unmatched|unrivall?ed|world-class|market[- ]lead\w+|guaranteed?|"
    r"(?:der|die|das) (?:beste|schnellste|günstigste|sicherste|einzige)n?|führend\w*|garantiert)\b",
    re.IGNORECASE,
)


def parts(version: Version) -> list[dict[str, str]]:
    """What may be shown, in the order asked: ``label`` and ``words``; not a review's headline."""
    return [
        {"label": answer["label"], "words": answer["value"]}
        for answer in version.answers
        if answer["public"]
        and answer["kind"] in {"short", "long"}
        and answer["key"] != HEADLINE
        and answer["value"]
    ]


def whole(version: Version) -> str:
    """The same as one text."""
    return GAP.join(part["words"] for part in parts(version))


def headline(version: Version) -> str:
    """The reviewer's own headline; empty when there is none."""
    return version.value(HEADLINE) or ""


def sections(version: Version) -> list[dict[str, Any]]:
    """A whole story in the order told: ``label`` with ``words``, or with ``rows`` of results."""
    texts = {part["label"]: part for part in parts(version)}
    found = []
    for answer in version.answers:
        if answer["public"] and answer["kind"] == "results" and answer["value"]:
            found.append({"label": answer["label"], "rows": answer["value"]})
        elif answer["label"] in texts:
            found.append(texts[answer["label"]])
    return found


def results(version: Version) -> list[dict[str, Any]]:
    """The measured results of a case study, row by row."""
    return [row for section in sections(version) for row in section.get("rows", [])]


def piece(excerpt: str, version: Version) -> str:
    """The excerpt, if it stands in the words just so; empty when it is all of them.

    Raises Unreadable naming the first word that differs (T3).
    """
    excerpt, text = _plain(excerpt), _plain(whole(version))
    if excerpt == text:
        return ""
    if excerpt in text:
        return excerpt
    raise Unreadable(_difference(excerpt, text))


def stands(excerpt: str, version: Version) -> bool:
    """Whether an excerpt is still a piece of the words; one changed sign and it is not (T3)."""
    return excerpt in _plain(whole(version))


def stars_stand(version: Version) -> bool:
    """Whether the stars drawn beside the words are those its author gave (T3)."""
    given = [answer["value"] for answer in version.answers if answer["kind"] == "rating"]
    return version.rating == next(iter(given), None)


def cut(excerpt: str, text: str) -> str:
    """The excerpt with a visible ellipsis wherever something was left out (T3)."""
    start = _plain(text).index(excerpt)
    before = f"{ELLIPSIS} " if start else ""
    after = f" {ELLIPSIS}" if start + len(excerpt) < len(_plain(text)) else ""
    return f"{before}{excerpt}{after}"


def dropped_turns(excerpt: str, text: str) -> list[str]:
    """The sentences left out that hold a "not", "but", "except" and the like (T4)."""
    if not excerpt:
        return []
    left_out = _plain(text).replace(excerpt, GAP, 1)
    sentences = re.split(r"(?<=[.!?])\s+|\n+", left_out)
    return [sentence.strip() for sentence in sentences if TURNS.search(sentence)]


def claims(version: Version) -> list[str]:
    """The figures and comparisons among the words; each needs a ground to stand on (T5).

    A cut changes nothing: the whole stays one link away.
    """
    found = [match.group(0) for match in CLAIMS.finditer(whole(version))]
    found += [f"{row['metric']}: {row['before']} → {row['after']}" for row in results(version)]
    return list(dict.fromkeys(found))


def _plain(text: str) -> str:
    """Browsers send line ends as CRLF; nothing else is touched."""
    return text.replace("\r\n", "\n").strip()


def _difference(excerpt: str, text: str) -> str:
    """Where an excerpt leaves the customer's words, for the person who cut it."""
    found = re.findall(r"\S+\s*", excerpt)
    starts = ["".join(found[:n]).rstrip() for n in range(len(found), -1, -1)]
    kept = next(start for start in starts if start in text)
    yours = excerpt[len(kept) :].split()[0]
    if not kept:
        return f"The customer did not write “{yours}” there. Copy a piece of their words exactly."
    theirs = (text[text.index(kept) + len(kept) :].split() or ["nothing more"])[0]
    last = " ".join(kept.split()[-4:])
    return f"After “{last}” the excerpt says “{yours}”; the customer wrote “{theirs}”."
