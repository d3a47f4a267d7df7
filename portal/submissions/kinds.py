"""What some kinds of prompt accept beyond plain text: a figure, days, roles, links, an event.

Answers may be kept unfinished; ``complaint`` says in a sentence what is still wrong with one.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from portal import zones
from portal.fields import trimmed

LONGEST_LINK = 500
LONGEST_PART = 300
ADDRESS = re.compile(r"\S@\S+\.\w|(?:\+|\b0)\d[\d ()/.-]{6,}\d")
CHECKED = {"number", "event", "dates", "people", "links"}
Faults = dict[str, str]  # control id → what to say


def complaint(prompt: Any, value: Any) -> str:
    """Why this answer will not do, in a sentence; empty when it will."""
    if prompt.kind == "number":
        return wrong_number(prompt, value["number"])
    if prompt.kind == "event":
        return "" if value["event"] or value["dates"] else prompt.error
    return next(iter(faults(prompt, value).values()), "")


# ── A figure with its unit ─────────────────────────────────────────────────────────────────


def number(typed: str, unit: str) -> dict[str, str]:
    """The figure as a plain decimal if it can be read (1,200 and 12,5 are), with its unit."""
    text = typed.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    elif re.fullmatch(r"-?\d+,\d+", text):
        text = text.replace(",", ".")
    return {"number": text if is_decimal(text) else typed, "unit": unit}


def is_decimal(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", text, re.ASCII))


def wrong_number(prompt: Any, text: str) -> str:
    if not is_decimal(text):
        return f"{prompt.label} must be a number, like 12 or 12.5"
    low, high, given = prompt.lowest, prompt.highest, Decimal(text)
    above, below = low is not None and given < low, high is not None and given > high
    if not (above or below):
        return ""
    if low is None:
        return f"{prompt.label} must be {high:,} or less"
    if high is None:
        return f"{prompt.label} must be {low:,} or more"
    return f"{prompt.label} must be between {low:,} and {high:,}"


def event_answer(event: Any, zone: str, dates: str = "") -> dict[str, Any]:
    """Which event was chosen, as it was shown; without one, the days that suit."""
    return {
        "event": event and event.id,
        "title": event.title if event else "",
        "starts_at": event.starts_at.isoformat() if event else "",
        "time_zone": zone,
        "dates": "" if event else dates,
    }


# ── Rows: what each is made of, and what is wrong with one ─────────────────────────────────

# Part of a row: label, hint, whether it is needed.
PARTS = {
    "results": {
        "metric": ("What you measured", "For example, calls to the office per day", True),
        "before": ("Before", "", True),
        "after": ("After", "", True),
        "period": ("Over which period", "For example, March to September 2025", False),
        "how": ("How it was measured", "For example, counted by our phone system", False),
    },
    "dates": {"day": ("Day", "", True), "month": ("Month", "", True), "year": ("Year", "", True)},
    "people": {
        "role": ("Role", "For example, dispatcher or head of IT. No names.", True),
        "part": ("What they did", "For example, trained the first district", False),
    },
    "links": {"url": ("Address of the page", "It starts with https://", True)},
}
MOST = {"results": 12, "dates": 3, "people": 8, "links": 5}
NOUNS = {"results": "Result", "dates": "Date", "people": "Person", "links": "Link"}
MISSING_RESULT = {
    "metric": "Enter what you measured",
    "before": "Enter the value before",
    "after": "Enter the value after",
}


def most_rows(prompt: Any) -> int:
    return min(prompt.most or MOST[prompt.kind], MOST[prompt.kind])


def read_rows(prompt: Any, form: Mapping[str, str]) -> list[Any]:
    """The rows that were typed, each as it is kept; those left empty fall away."""
    parts = PARTS[prompt.kind]
    rows = [
        {part: trimmed(form.get(f"row-{place}-{part}"))[:LONGEST_LINK] for part in parts}
        for place in range(1, most_rows(prompt) + 1)
        if form.get("remove") != str(place)
    ]
    return [fold(prompt.kind, row) for row in rows if any(row.values())]


def fold(kind: str, row: dict[str, str]) -> Any:
    """One row as it is kept: a date as 2026-11-03, a link as its text, others by part."""
    if kind == "links":
        return row["url"]
    if kind == "dates":
        year, month, day = (row[part].replace("-", "")[:4] for part in ("year", "month", "day"))
        return (
            f"{year}-{month:0>2}-{day:0>2}" if year and month and day else f"{year}-{month}-{day}"
        )
    return {part: text[:LONGEST_PART] for part, text in row.items()}


def unfold(kind: str, row: Any) -> dict[str, str]:
    """A kept row by part again, to draw its fields."""
    if kind == "links":
        return {"url": row}
    if kind == "dates":
        year, month, day = row.split("-")
        return {"day": day.lstrip("0"), "month": month.lstrip("0"), "year": year}
    return row


def faults(prompt: Any, rows: list[Any]) -> Faults:
    """What each row lacks, by the field to go to."""
    check = WRONG[prompt.kind]
    found: Faults = {}
    for place, row in enumerate(rows, 1):
        found |= {f"row-{place}-{part}": text for part, text in check(f"{place}", row).items()}
    return found


def wrong_result(place: str, row: dict[str, str]) -> Faults:
    return {p: f"{text} in result {place}" for p, text in MISSING_RESULT.items() if not row[p]}


def wrong_date(place: str, row: str) -> Faults:
    parts = unfold("dates", row)
    missing = [part for part, text in parts.items() if not text]
    if missing:
        return {missing[0]: f"Date {place} must include a {' and a '.join(missing)}"}
    try:
        found = date.fromisoformat(row)
    except ValueError:
        return {"day": f"Date {place} must be a real date, like 27 3 2027"}
    if not 1900 <= found.year <= 2100:
        return {"year": f"The year of date {place} must be between 1900 and 2100"}
    return {}


def wrong_person(place: str, row: dict[str, str]) -> Faults:
    """A role, never a way to reach a third person (T30)."""
    if not row["role"]:
        return {"role": f"Enter the role of person {place}"}
    told = [part for part in ("role", "part") if ADDRESS.search(row[part])]
    words = f"Take out the mail address or phone number of person {place}: a role is enough"
    return {told[0]: words} if told else {}


def wrong_link(place: str, row: str) -> Faults:
    words = f"Link {place} must be the address of a web page, like https://example.com/story"
    return {} if host(row) else {"url": words}


WRONG: dict[str, Callable[[str, Any], Faults]] = {
    "results": wrong_result,
    "dates": wrong_date,
    "people": wrong_person,
    "links": wrong_link,
}


def host(url: str) -> str:
    """Whose page an address opens; empty for anything but a plain http(s) address."""
    if len(url) >= LONGEST_LINK or re.search(r"[\s\\<>\"'`\x00-\x1f\x7f]", url):
        return ""
    try:
        parts = urlsplit(url)
        plain = parts.scheme in ("http", "https") and not (parts.username or parts.password)
        found = parts.hostname if plain and parts.port != 0 else ""
    except ValueError:
        return ""
    return found if found and re.fullmatch(r"[\w-]+(\.[\w-]+)+", found) else ""


# ── As text ────────────────────────────────────────────────────────────────────────────────


def shown(kind: str, value: Any) -> str:
    """An answer of these kinds as text; rows are one line each."""
    if kind == "number":
        return f"{value['number']} {value['unit']}".strip()
    if kind == "event":
        return _event(value)
    return "\n".join(_line(kind, row) for row in value)


def _line(kind: str, row: Any) -> str:
    if kind == "dates":
        try:
            day = date.fromisoformat(row)
        except ValueError:
            return row.strip("-")
        return f"{day.day} {day:%B %Y}"
    if kind == "people":
        return (row["role"] or "…") + (f": {row['part']}" if row["part"] else "")
    if kind == "links":
        return f"{host(row)}: {row}" if host(row) else row
    before, after = (row[part] or "…" for part in ("before", "after"))
    text = f"{row['metric'] or '…'}: {before} before, {after} after"
    if row["period"]:
        text += f", {row['period']}"
    return text + (f" ({row['how']})" if row["how"] else "")


def _event(value: dict[str, Any]) -> str:
    """Which event at what time, or on which days."""
    if value["event"] is None:
        return f"On other days: {value['dates']}"
    moment = datetime.fromisoformat(value["starts_at"])
    return f"{value['title']}, {zones.spoken(moment, value['time_zone'])}"
