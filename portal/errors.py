"""What the domain says when it refuses; one handler turns each into a page."""

from typing import TypeVar

T = TypeVar("T")
YOU = "you"


class Said(str):
    """A sentence that knows what stands above it."""

    heading = ""


class Refusal(Exception):
    """A rule says no. The message is a sentence written for the person reading it."""

    status = 409


class NotAllowed(Refusal):
    """The rules forbid this just now."""


class Unfit(NotAllowed):
    """What was typed will not do; the message says what to change in it, and the page keeps it."""

    status = 422


class Stale(Refusal):
    """Someone else was faster; what the person typed is kept on the page they sent.

    ``newest`` is the version of what they had open, as it is now; ``who`` was faster: a name, or
    ``YOU`` for the same person in another tab.
    """

    def __init__(self, message: str, newest: int | None = None, who: str = "a colleague"):
        super().__init__(message)
        self.newest, self.who = newest, who

    @property
    def heading(self) -> str:
        own = self.who == YOU
        return "You changed this elsewhere meanwhile" if own else "This was changed meanwhile"

    def __str__(self) -> str:
        said = Said(super().__str__())
        said.heading = self.heading
        return said

    def also(self, found: set[bool]) -> None:
        """Say so where the page shows what they did, in fields left alone (True) or typed into."""
        theirs = "what you saved there" if self.who == YOU else "theirs"
        if False in found:
            self.args = (f"{self} Where it differs, {theirs} stands beside yours.",)
        if True in found:
            self.args = (f"{self} What you had not changed is as {self.who} left it.",)


class Unreadable(Refusal):
    """What was sent cannot be used as it is; the message names where and why."""

    status = 422


class NotFound(Refusal):
    """There is no such thing for the person asking. Not theirs reads the same as absent."""

    status = 404


def there(thing: T | None) -> T:
    """What must be there by the rules of the data; that it is not is our fault, and no answer."""
    if thing is None:
        raise LookupError("something that must be there is missing")
    return thing
