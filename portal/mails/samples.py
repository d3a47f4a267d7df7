"""What mails are about, for a look at them: a customer nobody is, and links that open nothing."""

from typing import Any

from portal.config import settings
from portal.outbox.catalogue import MAILS, SIGNATURE, To

SAMPLES: dict[str, Any] = {
    "first_name": "Kim",
    "customer": "Kim Okafor",
    "company": "Example Ltd",
    "speaker": "Kim Okafor",
    "approver": "Jo Marsh",
    "asker": "Robin Weaver",
    "host": "Robin Weaver",
    "inviter": "Robin Weaver",
    "by": "Robin Weaver",
    "name": "Sam Diaz",
    "email": "sam.diaz@example.com",
    "phone": "+44 20 7946 0018",
    "action": "case study",
    "noun": "case study",
    "contribution": "case study",
    "reference": "GW-7K2M-9QXA",
    "again": False,
    "note": "In the third paragraph you name a colleague. Have you asked her?",
    "answer": "You are right. Your job title is corrected.",
    "ground": "it names a third person who did not agree.",
    "message": "Do you send invoices on paper?",
    "why": "We would like to name you on our page for engineers.",
    "next_step": "Someone reads it within five working days and writes to you.",
    "permissions": [
        {"label": "Show my words", "standing": "given", "until": "27 November 2027"},
        {"label": "Show my photo", "standing": "refused", "until": ""},
    ],
    "title": "Planning without paper",
    "when": "Saturday 19 December 2026, 16:00 London time",
    "there": "17:00 Berlin time",
    "dates": "Any Tuesday in March",
    "minutes": 45,
    "place": "https://meet.example.com/planning",
    "moved": True,
    "decks": True,
    "times": ["Tuesday 15 December 2026, 10:00 London time", "Friday 18 December 2026, 14:00"],
    "by_phone": False,
    "agreed": True,
    "notes": True,
    "theirs": False,
    "reward": "a €25 gift card",
    "cause": "your case study",
    "charity": "",
    "has_code": True,
    "done": "read 41 times",
    "total": "read 930 times",
    "label": "Newsletter",
    "text": "They have become a customer.",
    "name_shown": True,
    "cut": True,
    "accepted": True,
    "decision": "approved",
    "published": True,
    "verdict": "approved",
    "extent": "its name, on the web, everywhere",
    "scopes": "name and logo",
    "due": "3 January 2027",
    "number": 2,
    "days": 5,
    "customers": ["Kim Okafor", "Lee Novak"],
    "what": "A leaflet",
    "because": "The customer has taken them back.",
    "printed": True,
    "role": "editor",
    "at": "12:40 UTC on 26 November 2026",
    "code": "482 913",
}
OF_ONE = {
    "reward-held": {"why": "We check whether we knew this person or company before."},
    "prospect-reward": {"state": "due", "reward": "your first month free"},
    "reward-refused": {"why": "We knew this person or company before."},
    "lead-moved": {"title": "Now a customer"},
    "renewal-name": {"company": "Example Group", "stands": "Example Ltd"},
    "staff-account": {"what": "your password was changed"},
    "takedown": {"place": "Leaflet for the trade fair"},
    "takedown-late": {"place": "Leaflet for the trade fair"},
}
LINKS = ("url", "receipt_url", "mute_url", "link")


def context(name: str) -> dict[str, Any]:
    """All that a mail may name. For the closing words, that of the mail they are shown under."""
    config = settings()
    said = config.brand_name
    promise = f"{said} promised this customer a €25 gift card for taking part."
    later = f"{said} gave this customer a €25 gift card for taking part."
    to_staff = {"first_name": "Robin Weaver"} if MAILS[name].to is To.STAFF else {}
    return (
        SAMPLES
        | dict.fromkeys(LINKS, f"{config.base_url}/i/an-example")
        | {"code_page": f"{config.base_url}/code", "disclosure": promise, "later": later}
        | {"portal": said}
        | to_staff
        | OF_ONE.get(name, {})
    )


def shown_for(name: str) -> str:
    """The mail that shows what is written: of closing words, one that carries them."""
    return "approved" if name == SIGNATURE else name
