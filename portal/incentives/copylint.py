"""Words that must not stand in anything that asks or offers: they buy praise (T9)."""

import re

PHRASES = [
    r"\b(5|five)[\s-]*stars?\b",
    r"★{3,}",
    r"\b(positive|good|great|glowing|favou?rable|excellent|nice|kind) (review|rating|quote|feedback|words|testimonial)s?\b",
    r"\bif you(’|')?(re| are)? (love|loved|like|liked|enjoy|enjoyed|happy|satisfied|pleased)\b",
    r"\b(love|loved|enjoying|happy with) (us|our (product|service))\?",
    r"\brate us (highly|top|5|five)\b",
    r"\bonly if (you|your|it)\b.*\b(positive|good|happy|recommend)\b",
    r"\b(reward|gift|bonus|card|credit) for (a |your )?(positive|good|great|best|5)\b",
    r"\b(best|highest|top) (rating|score|review)s?\b",
    r"\b(win|chance to win|prize draw|raffle|lottery|sweepstakes?)\b",
    r"\b(positive|gute|tolle) (bewertung|rezension)(en)?\b",
    r"\b(fünf|5) sterne?\b",
    r"\bwenn (sie|du) (uns|zufrieden)\b.*\b(mögen|lieben|magst|liebst|zufrieden)?\b",
]
_PATTERN = re.compile("|".join(f"(?:{phrase})" for phrase in PHRASES), re.IGNORECASE)


def objection(text: str) -> str:
    """The first phrase that must go, as it stands in the text; empty when it is clean."""
    found = _PATTERN.search(text)
    return found.group(0).strip() if found else ""
