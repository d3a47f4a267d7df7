"""Words that must not stand in anything that asks or offers: they buy praise (T9).

A short list of phrases, in English and German, that name the praise wanted, sort people by how
happy they are, tie a reward to what is said, or offer a chance instead of a reward (T13). Asking
for "honest" words, "good or bad", is what these pages are for and stays allowed.
"""

import re

KIND = r"(?:positive|good|great|glowing|favou?rable|excellent|nice|kind|amazing|awesome|top)"
KIND_DE = r"(?:positive|gute|tolle|nette|super|beste|freundliche|hervorragende)[nrsm]?"
WORDS = r"(?:reviews?|ratings?|quotes?|feedback|words|testimonials?|scores?|comments?)"
WORDS_DE = r"(?:bewertung|rezension|rückmeldung|worte?|empfehlung|feedback|kommentare?)(?:en)?"
GIFT = r"(?:reward|gift|bonus|voucher|card|credit|discount|gutschein|prämie|belohnung|rabatt)s?"
LIKE = r"like(?= (?:us|it|our|using|working|what))"  # "if you like" alone is only polite
HAPPY = rf"(?:love|loved|{LIKE}|liked|enjoy|enjoyed|enjoying|happy|satisfied|pleased|a fan)"
HAPPY_DE = r"(?:zufrieden|glücklich|begeistert|gefällt|gefallen|mögen|magst|lieben|liebst)"
ARTICLE = r"(?:a|an|your|every|eine|einer|deine|ihre)"
NUMBER = r"(?:5|five|fünf)"

PHRASES = [
    # the praise wanted, by name
    rf"(?<!out of )\b{NUMBER}[\s-]*stars?\b",  # “4 out of 5 stars” only reports one
    rf"\b{NUMBER}[\s-]*sternen?(?:[\s-]*\w+)?\b",
    r"[★⭐]{3,}",
    rf"\b{KIND} (?:\w+ )?{WORDS}\b",
    rf"\b{KIND_DE} {WORDS_DE}\b",
    rf"\b(?:best|highest|top|perfect|maximum) {WORDS}\b",
    rf"\b(?:höchste|beste|volle)n? (?:punktzahl|note|sterne|{WORDS_DE})\b",
    r"\brate us (?:highly|well|top|5|five|10|ten)\b",
    r"\bbewerte(?:n sie|t)? uns (?:positiv|gut|mit)\b",
    r"\bsay (?:something|a few) (?:nice|good|kind)\b",
    # only the happy ones
    rf"\bif you(?:[’']?re| are|[’']?ve)? (?:really |truly |very )?{HAPPY}\b",
    rf"\b(?:{HAPPY}|happy with|satisfied with) (?:us|our \w+|the \w+)\?",
    rf"\b(?:wenn|falls|sofern)\b[^.!?]{{0,40}}\b{HAPPY_DE}\b",
    r"\bonly if (?:you|your|it)\b[^.!?]*\b(?:positive|good|happy|recommend)\b",
    # a reward for what is said
    rf"\b{GIFT} (?:for|für|bei) (?:{ARTICLE} )?(?:{KIND}|best|{NUMBER}|{KIND_DE})\b",
    r"\bin (?:exchange|return) for (?:a |your )?(?:praise|recommendation|endorsement)\b",
    # a chance instead of a reward
    r"\b(?:chance to win|enter to win|you could win|prize draw|raffle|lottery|sweepstakes?)\b",
    r"\bwin (?:a|an|one of|up to|€|\$|£)(?=\W|\s|\d)",
    r"\b(?:gewinnspiel|verlosung|verlosen|tombola|zu gewinnen)\b",
]
_PATTERN = re.compile("|".join(f"(?:{phrase})" for phrase in PHRASES), re.IGNORECASE)
# What terms may not take: words for good, for us alone, or silence about what is bad (T22).
GAGS = re.compile(
    r"\b(?:irrevocabl\w+|perpetual\w*|(?<!non-)(?<!non )exclusive (?:licen[cs]e|rights?)"
    r"|non-?disparag\w+|disparag\w+|(?:may|must|shall|will) not (?:criticis|criticiz)\w+"
    r"|no (?:negative|bad) (?:\w+ )?(?:reviews?|comments?|statements?)"
    r"|unwiderruflich\w*|ausschließliche\w* (?:nutzungs)?rechte?)\b",
    re.IGNORECASE,
)


def objection(text: str) -> str:
    """The first phrase that must go, as it stands in the text; empty when it is clean."""
    found = _PATTERN.search(" ".join(text.split()))
    return found.group(0).strip() if found else ""


def gag(text: str) -> str:
    """The first phrase by which terms take too much or forbid criticism (T22); empty when none."""
    found = GAGS.search(" ".join(text.split()))
    return found.group(0) if found else ""
