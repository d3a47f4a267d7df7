"""Every automatic mail: when it leaves, who gets it, and what may stand for the reader’s own.

The words themselves are in ``templates/emails``. A placeholder is named here only if the mail
always has something to put there.
"""

import enum
from dataclasses import dataclass


class To(enum.StrEnum):
    """Who gets a mail."""

    CUSTOMER = "Customers"
    COMPANY = "Whoever decides for a customer’s company"
    PROSPECT = "People who came by a referral link"
    STAFF = "Your team"


# What each placeholder stands for, unless a mail says it otherwise.
MEANINGS = {
    "brand": "your name",
    "first_name": "the reader’s first name",
    "name": "the reader’s name",
    "action": "what they gave, such as “case study”",
    "noun": "what they gave, such as “case study”",
    "reference": "the number of their receipt",
    "title": "the event",
    "when": "day and time, on the reader’s own clock",
    "minutes": "how long it takes",
    "host": "whoever of you holds the talk",
    "customer": "the customer’s name",
    "company": "the customer’s company",
    "approver": "whoever decides for the company",
    "asker": "whoever asks",
    "scopes": "what is asked for, such as “name and logo”",
    "reward": "the reward, such as “a €25 gift card”",
    "cause": "what it is for, such as “your quote”",
    "done": "what happened since the last mail, in a few words",
    "due": "the last day, written out",
    "outcome": "what was decided, in a few words",
    "news": "what happened, in a few words",
    "place": "where the words stand",
    "what": "what kind of place it is",
    "inviter": "the colleague who invites",
    "portal": "your name",
    "role": "what they may do",
    "by": "the colleague who decided",
}


@dataclass(frozen=True)
class Mail:
    """One automatic mail."""

    name: str  # of its templates
    title: str
    when: str  # it is sent, as a sentence
    to: To
    gaps: tuple[str, ...] = ()
    also: tuple[tuple[str, str], ...] = ()  # placeholders with a meaning of their own

    @property
    def meanings(self) -> dict[str, str]:
        """Its placeholders, and what each stands for."""
        known = {name: MEANINGS[name] for name in (*self.gaps, "brand")}
        return known | dict(self.also)

    @property
    def is_signed(self) -> bool:
        """Whether the owners’ closing words end it: among colleagues they do not."""
        return self.to is not To.STAFF


SIGNATURE = "signature"  # the closing words, kept as if they were a mail
EXCUSED = {
    "invitation": "Its words belong to a campaign, and are written there.",
}
CUST, FIRM, LEAD, TEAM = To.CUSTOMER, To.COMPANY, To.PROSPECT, To.STAFF
WHO, GAVE, TALK = ("first_name",), ("first_name", "action"), ("first_name", "title", "when")

MAILS = {
    mail.name: mail
    for mail in [
        # ── What a customer sent ──
        Mail("received", "Receipt", "At once, when a customer has sent something.", CUST,
             ("first_name", "noun", "reference")),
        Mail("change-asked", "Please change something",
             "When you ask a customer to change what they sent.", CUST, GAVE),
        Mail("approved", "Accepted", "When you accept what a customer sent.", CUST, GAVE),
        Mail("declined", "Declined", "When you decline what a customer sent.", CUST, GAVE),
        Mail("signoff", "Do you approve this change?",
             "When you propose another wording, or want to show a part only.", CUST,
             (*GAVE, "asker"),
             (("version", "“A shorter version” or “Another wording”"),)),
        Mail("published", "Published", "When a customer’s words are out.", CUST, GAVE),
        Mail("renewal", "Is it still right?",
             "Once a year, and when someone has changed jobs; one reminder follows.", CUST, GAVE),
        Mail("renewal-over", "Off our pages",
             "When nobody said whether the words are still right.", CUST, GAVE),
        Mail("renewal-decks", "Is it still right, in decks?",
             "The same, for words used in sales decks and ads and on no page of yours.", CUST,
             GAVE),
        Mail("renewal-over-decks", "No longer used",
             "The same, when nobody said whether words in decks are still right.", CUST, GAVE),
        Mail("impact", "What your words did",
             "Once a month at most, when published words were read.", CUST, ("first_name", "done")),
        Mail("reward-sent", "Reward", "When a reward was sent, or given to charity.", CUST,
             ("first_name", "reward", "cause", "news")),
        Mail("reward-held", "A reward is being checked",
             "When a reward waits until one of you has looked at it.", CUST,
             ("first_name", "reward", "cause")),
        Mail("reward-refused", "A reward is not given",
             "When a reward is refused, or there is none left for it.", CUST,
             ("first_name", "reward", "cause")),
        Mail("correction-answer", "Answer to a correction",
             "When you answer a customer who says that something held about them is wrong.", CUST,
             WHO),
        Mail("invitation-link", "A new link",
             "When someone asks for a new link to their invitation.", CUST, WHO),
        # ── Recommending ──
        Mail("referral-joined", "A link to pass on", "When a customer takes a referral link.", CUST,
             ("first_name", "reference")),
        Mail("lead-moved", "News of a recommendation",
             "When something became of a person who came by a customer’s link.", CUST,
             ("first_name", "news")),
        Mail("lead-received", "Your details", "When someone leaves their details by a link.", LEAD),
        Mail("prospect-reward", "What a prospect was promised",
             "When what you promised a person who came by a link is due, given or refused.", LEAD,
             ("name", "reward", "news")),
        # ── Events ──
        Mail("event-confirmed", "Confirmed as a speaker",
             "When you give a customer a place at an event.", CUST, TALK),
        Mail("event-changed", "The event changed",
             "When time, place or length of an event change for its speakers.", CUST, TALK),
        Mail("event-cancelled", "The event is cancelled", "When you cancel an event.", CUST, TALK),
        Mail("event-off", "No longer a speaker",
             "When a speaker leaves an event: taken off, or the place given back.", CUST, TALK),
        Mail("event-not-now", "No place this time",
             "When you decline an offer to speak.", CUST, WHO,
             (("about", "“Not this time” and the event, if there is one"),)),
        Mail("event-thanks", "Thank you for speaking", "When a customer has spoken.", CUST,
             ("first_name", "title")),
        # ── Interviews ──
        Mail("interview-proposed", "Other times",
             "When you propose other times for an interview.", CUST, ("first_name", "host")),
        Mail("interview-confirmed", "The interview is settled", "When a time is agreed.", CUST,
             ("first_name", "when", "minutes", "host")),
        Mail("interview-held", "After the interview", "When the interview was held.", CUST,
             ("first_name", "host")),
        Mail("interview-off", "The interview is called off",
             "When either side calls an interview off.", CUST, WHO,
             (("interview", "“The interview”, with its time if there was one"),)),
        # ── A company’s own yes ──
        Mail("company-ask", "May we use your name?",
             "When a company is asked for its yes; one reminder follows.", FIRM,
             ("approver", "asker", "company", "scopes")),
        Mail("company-receipt", "Your answer for the company", "When the company has answered.",
             FIRM, ("approver", "company")),
        Mail("company-answer", "A company has answered",
             "To the customer and to whoever of you asked, when the company has answered.", CUST,
             ("first_name", "approver", "company", "outcome")),
        # ── Among colleagues ──
        Mail("signoff-answer", "Answer to a proposed change",
             "To whoever proposed it, when the customer has answered.", TEAM,
             ("first_name", "customer", "action", "outcome")),
        Mail("interview-answer", "Answer to times proposed",
             "To whoever proposed them, when the customer has answered.", TEAM,
             ("first_name", "customer", "company", "when", "outcome")),
        Mail("event-speaker-off", "A speaker gave the place back",
             "To whoever planned the event, when a confirmed speaker cannot come.", TEAM,
             ("first_name", "customer", "company", "title", "when")),
        Mail("nomination-answer", "Answer to a proposal",
             "To whoever proposed a customer, when it is decided.", TEAM,
             ("first_name", "customer", "by", "outcome")),
        Mail("renewal-changed", "Something is no longer so",
             "To owners, when a customer says that published words are no longer right.", TEAM,
             ("first_name", "customer", "action")),
        Mail("renewal-name", "A company’s new name is asked for",
             "To owners, when a customer confirms words and asks for their company’s new name.",
             TEAM, ("first_name", "customer", "action", "company"),
             (("stands", "the name that stands there"),)),
        Mail("reviews-overdue", "Reviews wait too long",
             "To owners, when a review waits longer than you promise.", TEAM, WHO,
             (("reviews", "how many wait"),)),
        Mail("takedown", "To take down",
             "To whoever looks after a place where words may no longer stand.", TEAM,
             ("first_name", "what", "place", "due")),
        Mail("takedown-late", "To take down: overdue", "When that was not done in time.", TEAM,
             ("first_name", "what", "place", "due")),
        Mail("customer-left", "A customer has left their company",
             "To owners, when a customer says so.", TEAM, ("first_name", "customer", "company")),
        Mail("customer-correction", "A customer asks for a correction",
             "To owners, when a customer says that something held about them is wrong.", TEAM,
             ("first_name", "customer", "company", "due")),
        Mail("contact", "A message by a closed link",
             "To your contact address, when someone writes from the page of a closed link.", TEAM,
             (), (("name", "whoever wrote"),)),
        Mail("staff-invited", "An account for a colleague",
             "When an owner adds a colleague.", TEAM, ("name", "inviter", "portal", "role")),
        Mail("staff-reset", "A new password", "When a colleague asks for one.", TEAM, ("name",)),
        Mail("staff-account", "Your account was changed",
             "When password, passkey or role of a colleague change.", TEAM, ("name",),
             (("what", "what happened to the account"),)),
        Mail("mail-test", "A test mail", "When a colleague asks for it on the first page.", TEAM,
             WHO),
    ]
}  # fmt: skip
