"""From a page that was come to through the queue, on to what waits after it."""

from typing import Any

from flask import current_app, redirect, request, url_for

from portal.queue import queries
from portal.queue.kinds import Kind

ASKED = ("kind", "show", "what", "sort", "via")  # "via": through the queue, without any filter
VIA = {"via": "queue"}


def kinds() -> list[Kind]:
    """Every kind of thing that waits; which they are is known further to the right."""
    return current_app.extensions["goodword kinds"]


def asked() -> dict[str, Any]:
    """How this page was come to through the queue, as its address says; empty when it was not."""
    return {name: request.args[name] for name in ASKED if name in request.args}


def first_asked(things) -> list[tuple[str, int]]:
    """The same things, those of the kind the queue was filtered by before the others."""
    wanted = request.args.get("kind")
    return sorted(things, key=lambda thing: thing[0] != wanted)


class Onward:
    """Made before somebody decides on one of these things; called afterwards, it leads on."""

    def __init__(self, *things: tuple[str, int]):
        self.things = first_asked(things) if asked() else []
        self.place = self.where()

    def where(self) -> queries.Place | None:
        """The place of the first of them that waits; of those asked for only, if a kind was."""
        kind = request.args.get("kind")
        wanted = [one for one in self.things if one[0] == kind] or self.things
        places = (queries.place(kinds(), key, number) for key, number in wanted)
        return next(filter(None, places), None)

    def __call__(self, endpoint: str, aside: bool = False, **values):
        """On to what is next under the same filter. Who did not come through the queue, or has
        more to decide on this page and put nothing ``aside``, goes where this says instead."""
        if self.place and (aside or not self.where()):
            return redirect(url_for("dashboard.following", after=str(self.place), **asked()), 303)
        return redirect(url_for(endpoint, **asked() | values), 303)
