"""How a place, and why words must leave it, is said."""

from portal.placements.models import Kind, Outcome, Reason

BECAUSE = {
    Reason.WITHDRAWN: "The customer took the permission back.",
    Reason.EXPIRED: "The permission has run out.",
    Reason.REFUSED: "The customer has not agreed to this use.",
    Reason.CREDIT: "It tells more of the customer than the credit they chose.",
    Reason.COMPANY: "The customer’s company does not allow its name there.",
    Reason.LEFT: "The customer changed their job, or is no longer a customer.",
    Reason.RESTRICTED: "The customer asked us to do nothing with their data for now.",
    Reason.UNCONFIRMED: "The words have not been confirmed for a year.",
}
SHORT = {
    Reason.WITHDRAWN: "Permission withdrawn",
    Reason.EXPIRED: "Permission ended",
    Reason.REFUSED: "Never permitted",
    Reason.CREDIT: "Another credit chosen",
    Reason.COMPANY: "Company said no",
    Reason.LEFT: "Customer left",
    Reason.RESTRICTED: "Data on hold",
    Reason.UNCONFIRMED: "Not confirmed",
}
# To the person whose words they are: the place stays ours, its kind is told.
PLACES = {
    Kind.SITE: "another website",
    Kind.DECK: "a sales deck",
    Kind.DEAL: "an offer to one customer",
    Kind.AD: "an ad or a post",
    Kind.PRINT: "something printed",
}
OUTCOMES = {
    Outcome.GONE: "The words are gone there",
    Outcome.STOPPED: "No more copies are made; those already out cannot be called back",
    Outcome.PERMITTED: "Permitted again, so they may stay",
}
