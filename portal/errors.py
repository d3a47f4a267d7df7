"""What the domain says when it refuses; one handler turns each into a page."""


class Refusal(Exception):
    """A rule says no. The message is a sentence written for the person reading it."""

    status = 409


class NotAllowed(Refusal):
    """The rules forbid this just now."""


class Stale(Refusal):
    """Someone else was faster; what the person typed is kept on the page they sent."""


class Unreadable(Refusal):
    """What was sent cannot be used as it is; the message names where and why."""

    status = 422


class NotFound(Refusal):
    """There is no such thing for the person asking. Not theirs reads the same as absent."""

    status = 404
