"""Why words may be turned down. Closed and neutral: no ground knows a rating or a mood (T16)."""

import enum

WORKING_DAYS = 10  # how soon a review is decided (T17)


class Ground(enum.StrEnum):
    CONFIDENTIAL = "confidential"
    ABUSE = "abuse"
    PERSONAL = "personal-data"
    DISCRIMINATION = "discrimination"
    MISLEADING = "misleading"
    FAKE = "fake"
    UNRELATED = "unrelated"
    NO_ROOM = "no-room"  # marketing may pick among quotes and stories, never among reviews

    @property
    def sentence(self) -> str:
        """The ground in words, as the how-it-works page and the mail give it."""
        return SENTENCES[self]


SENTENCES = {
    Ground.CONFIDENTIAL: "It contains confidential information.",
    Ground.ABUSE: "It contains abuse or a threat.",
    Ground.PERSONAL: "It contains someone else’s personal data.",
    Ground.DISCRIMINATION: "It discriminates against people.",
    Ground.MISLEADING: "It is clearly false or misleading.",
    Ground.FAKE: "We believe it is not from a real customer’s own experience.",
    Ground.UNRELATED: "It is about something else than our product or service.",
    Ground.NO_ROOM: "We have no place to show it at the moment.",
}
FOR_REVIEWS: list[Ground] = [ground for ground in Ground if ground is not Ground.NO_ROOM]
