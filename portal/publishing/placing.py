"""On which of our own pages a quote or story stands, and in which order on the front page.

Reviews stand where all of them do, the newest first: nobody picks among those (T18). Whether words
may be seen at all is asked on each request, wherever they were put (T26).
"""

import enum
from collections.abc import Callable, Collection

import sqlalchemy as sa

from portal.campaigns.models import Action
from portal.consent import queries as permissions
from portal.consent.models import Channel, Purpose
from portal.db import db, lock, lock_row
from portal.errors import NotAllowed, NotFound
from portal.history import queries as history
from portal.history.actions import Actor, record
from portal.history.models import Entry
from portal.publishing.models import Asset
from portal.staff.overtaking import overtaken_by
from portal.submissions.models import Submission


class Page(enum.StrEnum):
    """A page of ours that draws quotes and stories; each has its own page beside these."""

    HOME = "home"
    STORIES = "stories"
    REFERRALS = "referrals"


NAMES = {
    Page.HOME: "Front page",
    Page.STORIES: "Stories",
    Page.REFERRALS: "Pages behind referral links",
}
FIRST = 5  # so many stand on the front page
EVERYWHERE = tuple(Page)
CHOSEN = "pages chosen"


def demand(submission: Submission) -> None:
    """Raise NotAllowed unless staff may choose pages for these words."""
    if submission.action is Action.REVIEW:
        raise NotAllowed("Nobody picks the pages of a review: all of them stand together.")
    found = submission.receipt and permissions.state(submission.receipt).get(Purpose.WORDS)
    if not found or not found.in_force or Channel.WEB not in found.channels:
        name = submission.advocate.name
        raise NotAllowed(f"{name} does not allow these words on our own pages just now.")


def place(asset: Asset, pages: Collection[Page], *, seen: int | None, by: Actor) -> None:
    """Choose its pages. The same again changes nothing.

    ``seen`` is the ``newest`` choice that was on the page; raises Stale when there is another.
    """
    lock_row(asset)
    demand(asset.submission)
    last = _last(asset)
    if last and seen not in (None, last.id) and set(pages) != set(pages_of(asset)):
        raise overtaken_by(last, last.id)
    choose(asset, pages, by=by)


def newest(asset: Asset) -> int:
    """Which choice of its pages holds: its place in the history, 0 for none."""
    last = _last(asset)
    return last.id if last else 0


def _last(asset: Asset) -> Entry | None:
    return history.last(asset.submission, only=CHOSEN)


def choose(asset: Asset, pages: Collection[Page], *, by: Actor) -> None:
    """The same, for whoever has asked the permission already."""
    db.session.flush()  # a new one stands everywhere
    if set(pages) == set(pages_of(asset)):
        return
    for page in Page:
        setattr(asset, f"on_{page}", page in pages)
    names = ", ".join(NAMES[page] for page in pages_of(asset)) or "only its own page"
    record(asset.submission, CHOSEN, by=by, note=names)


def pages_of(asset: Asset) -> list[Page]:
    """Where it may stand, in the order of the enum."""
    return [page for page in Page if getattr(asset, f"on_{page}")]


def in_words(asset: Asset) -> str:
    """A sentence on where it stands."""
    names = [NAMES[page] for page in pages_of(asset)]
    if not names:
        return "Of our pages, it stands on its own alone."
    return (
        f"Beside its own page, it stands on: {', '.join(names)}, for as long as its author allows."
    )


def stays(place: int, seen: int | None) -> bool:
    """Whether “Move up” moves nothing: it is the first, or is by now before where it was ``seen``,
    as on a second click."""
    return not place or (seen is not None and place < seen)


def move_up(
    asset: Asset, drawn: Callable[[], list[Asset]], *, seen: int | None = None, by: Actor
) -> None:
    """One place further to the front of what the front page has ``drawn`` than it was ``seen`` at.

    Whatever nobody put in its place follows, newest first; what is only hidden for now keeps its
    place among the others."""
    lock("front page")
    shown = drawn()  # read anew after the wait
    if asset not in shown:
        raise NotFound("It does not stand on the front page now.")
    place = shown.index(asset)
    if stays(place, seen):
        return
    before = shown[place - 1]
    placed = _placed()
    order = placed + [one for one in shown if one not in placed]
    here, there = order.index(asset), order.index(before)
    order[here], order[there] = before, asset
    for position, one in enumerate(order[: max(here + 1, len(placed))], start=1):
        one.front_place = position
    record(asset.submission, "moved up on the front page", by=by)


def _placed() -> list[Asset]:
    """What somebody put in its place, in that order; what is not for this page has none."""
    away = sa.update(Asset).where(Asset.on_home.is_(False), Asset.front_place.is_not(None))
    db.session.execute(away.values(front_place=None))
    found = sa.select(Asset).where(Asset.front_place.is_not(None))
    ordered = found.order_by(Asset.front_place, Asset.published_at.desc())
    return list(db.session.scalars(ordered).all())


def newest_first(*, by: Actor) -> None:
    """Let go of the order: the newest stands first again. Twice is harmless."""
    lock("front page")
    placed = db.session.scalars(sa.select(Asset).where(Asset.front_place.is_not(None))).all()
    for one in placed:
        one.front_place = None
        record(one.submission, "front page put back to newest first", by=by)
