"""Words an error message does without, after the GOV.UK style: say what to do, and no more."""

import re

AVOID = re.compile(
    r"\b(?:please|sorry|invalid|oops|forbidden|successful(?:ly)?|illegal|whoops|uh[- ]oh|"
    r"(?:this )?field is required|must not be (?:empty|blank)|an error (?:has )?occurred)\b",
    re.IGNORECASE,
)


def objection(text: str) -> str:
    """Why this is no good error message, for whoever wrote it; empty when it is one."""
    if found := AVOID.search(text):
        return f"Take out “{found.group(0)}”: say what to do, such as “Enter your job title”"
    first = text.lstrip("“‘’\"'(*")[:1]
    if first.isalpha() and not first.isupper():
        return "Begin with a capital letter, such as “Enter your job title”"
    return ""
