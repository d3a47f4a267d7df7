"""Published words as plain text: what feeds, data, share texts, previews and cards are made of.

Whoever takes words from here gets their label, their disclosure and what we add to figures with
them (T2, T5, T10).
"""

from typing import Any

from portal.config import settings

TIE, WORDS, CREDIT, CHECK = "tie", "words", "credit", "check"
DISCLOSURE, EXPECTED = "disclosure", "expected results"


def lines(item: dict[str, Any]) -> list[tuple[str, str]]:
    """Everything that belongs to the words, in reading order, each with what it is."""
    found = [
        (TIE, item["relationship_label"]),
        (WORDS, said(item)),
        (CREDIT, who(item)),
        (DISCLOSURE, item["disclosure"]),
        (EXPECTED, item["expected_results"]),
        (CHECK, f"Check these words: {absolute(item['verify_url'])}"),
    ]
    return [line for line in found if line[1]]


def in_text(item: dict[str, Any]) -> str:
    """All of it as one text, to be shown or sent as it is."""
    marked = {CREDIT: "— {}"}
    return "\n\n".join(marked.get(kind, "{}").format(text) for kind, text in lines(item))


def said(item: dict[str, Any]) -> str:
    """The words; of a review with its stars, its headline, and what each part answers."""
    if "parts" not in item:
        return f"“{item['words']}”"
    stars = f"{item['rating']} out of 5 stars" if item["rating"] else ""
    parts = [f"{part['label']}: “{part['words']}”" for part in item["parts"]]
    headline = f"“{item['headline']}”" if item["headline"] else ""
    return "\n".join(part for part in (stars, headline, *parts) if part)


def who(item: dict[str, Any]) -> str:
    """The credit in one line, as far as it is allowed now."""
    credit = item["credit"]
    found = [credit[part] for part in ("name", "title", "company") if credit[part]]
    return ", ".join(found) or credit["fallback"]


def preview(item: dict[str, Any]) -> str:
    """One line for a share preview. Networks cut it off at the end, so what must be read
    stands first."""
    known = dict(lines(item))
    return " ".join(known[kind] for kind in (DISCLOSURE, EXPECTED, TIE, WORDS) if kind in known)


def absolute(address: str) -> str:
    return settings().base_url + address
