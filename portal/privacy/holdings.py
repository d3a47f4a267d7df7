"""Which table holds what of a customer, and what becomes of it when they are erased (T36).

A table that is in none of these lists fails the build: nobody decided about it yet.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Holding:
    """One kind of thing we hold: its name for people, where it lies, and its end."""

    name: str
    what: str
    tables: tuple[str, ...]
    erased: str


GOES = [
    Holding(
        "Who you are",
        "name, job title, mail address, phone, city, country, language, and how often we may ask",
        ("advocate",),
        "Emptied. A number stays where you were, so that the rows below still point somewhere.",
    ),
    Holding(
        "Your photo",
        "the picture you added, without its hidden data",
        ("photo",),
        "Deleted, with its file.",
    ),
    Holding(
        "Your files",
        "the pictures, PDFs and the logo you gave us with your words",
        ("upload",),
        "Deleted, and from our storage too.",
    ),
    Holding(
        "Your words",
        "every answer, finished or not, each version as you sent it, and changes we proposed",
        ("submission", "answer", "version", "proposal", "asset", "hand_over", "renewal"),
        "Deleted, and off every page at once. The sha256 of what was sent stays: a number from "
        "which no word can be read.",
    ),
    Holding(
        "What your words did",
        "what we last told you of it, and whether you want to hear of it",
        ("impact_notice",),
        "Deleted. How often a page was read stays: a number that names nobody.",
    ),
    Holding(
        "How you are doing",
        "answers to surveys, tickets, renewals and use, words the team found you by, and why a "
        "colleague proposed to ask you",
        ("signal", "tag", "nomination"),
        "Deleted.",
    ),
    Holding(
        "What you asked us",
        "notes about what is wrong in your data, and our answers",
        ("data_request",),
        "Deleted.",
    ),
    Holding(
        "Invitations",
        "what we asked you for and when, and what you answered",
        ("invitation", "ask"),
        "Closed; a reason you typed is deleted.",
    ),
    Holding(
        "Exceptions to gift rules",
        "whether you may be offered a reward where that is off, who agreed and why",
        ("gift_exception",),
        "Ended; the reason is deleted.",
    ),
    Holding(
        "Where you speak",
        "your offers to speak at events, interviews you asked for, when it suits you, our answers",
        ("speaker", "interview"),
        "Deleted.",
    ),
    Holding(
        "Your links",
        "your links, your notes on them and your own share text",
        ("referral", "referral_link"),
        "Closed; notes and text are deleted. What people gave us who came through them is theirs.",
    ),
    Holding(
        "Mails",
        "what we wrote to you, and when",
        ("message",),
        "Emptied: no address and no words. What still waits does not leave.",
    ),
    Holding(
        "Visits",
        "when you opened a link, and with which kind of browser",
        ("session", "link", "code"),
        "Deleted. Every link you have stops working.",
    ),
    Holding(
        "History",
        "who did what and when, with notes from the team",
        ("history", "undo"),
        "The notes are deleted. That something happened stays, under your number.",
    ),
]
STAYS = [
    Holding(
        "Where your words were used",
        "decks, offers, pages and prints beyond what we serve, and the proof that they are gone",
        ("placement", "takedown"),
        "Stays, under a number, so that the team can take your words down there.",
    ),
    Holding(
        "The reward ledger",
        "what was promised, approved and sent",
        ("reward", "reward_entry", "reward_code", "payout"),
        "Stays, under a number. Tax and accounting law ask for it. What was not sent yet is void. "
        "A code you were given, and the payee’s name and address on an order, are deleted.",
    ),
    Holding(
        "The consent log",
        "each yes and no, its wording, its time",
        ("receipt", "consent_event"),
        "Stays, under a number, with every yes withdrawn. It proves that we used nothing without "
        "your permission.",
    ),
    Holding(
        "A hash of your address",
        "so that no mail and no import brings you back",
        ("suppression",),
        "Stays. The address cannot be read from it.",
    ),
]
# Other people's, the company's own, or nobody's.
NOT_THEIRS = {
    "company", "campaign", "event", "offer", "prompt_set", "prompt", "statement", "staff", "lead",
    "stage_move", "customer_import", "risk_rule", "lead_signal", "lead_claim", "known_contact",
    "prospect_reward", "prospect_reward_entry",
    "stage_import", "code_upload", "org_approval", "platform_rule", "gift_rule", "click",
    "click_day", "click_segment",
    "block", "block_pick", "moment_weights",
    "passkey", "recovery_code", "setting", "queue_claim", "saved_view", "staff_desk",
    "mail_wording",
}  # fmt: skip


def tables() -> set[str]:
    """Every table somebody decided about."""
    return {table for one in [*GOES, *STAYS] for table in one.tables} | NOT_THEIRS
