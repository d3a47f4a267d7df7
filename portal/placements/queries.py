"""Where words are used, which must come down, and what their author reads about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import clock
from portal.db import db
from portal.embeds.queries import REVIEWS, STORIES, blocks_with
from portal.errors import NotFound
from portal.placements import allowed
from portal.placements.models import Kind, Outcome, Placement, Takedown
from portal.placements.words import PLACES
from portal.publishing.items import address
from portal.publishing.models import Asset
from portal.publishing.placing import FIRST, NAMES, Page, pages_of
from portal.publishing.queries import (
    PICKED,
    address_of,
    asset_of,
    may_travel,
    newest_quote,
    on_front_page,
)
from portal.staff.models import Staff
from portal.submissions.models import Submission

SHOW = {"open": "To do", "late": "Overdue", "closed": "Closed", "all": "All"}


@dataclass(frozen=True)
class Ours:
    """A place we serve; nobody has to take anything down there."""

    name: str
    url: str
    shows: bool
    why: str = ""  # why not, if somebody chose that


def ours(asset: Asset) -> list[Ours]:
    """Our own pages and blocks that show these words, or would."""
    submission = asset.submission
    here, away = bool(address_of(submission)), may_travel(asset)
    picked = submission.action in PICKED
    own = STORIES if picked else REVIEWS
    return [
        Ours(
            "Its own page" if picked else "Our reviews page",
            address(submission.action, asset.slug),
            here,
        ),
        *(_pages(asset, here) if picked else ()),
        *(Ours(f"Block “{one.title}”", f"/embed/{one.slug}", away) for one in blocks_with(asset)),
        Ours(f"Block, feed and data of the newest {own}", f"/embed/{own}", away),
    ]


def _pages(asset: Asset, here: bool) -> list[Ours]:
    """Our pages that draw several, with the reason why it is not among them now."""
    front = [one.id for one in on_front_page()][:FIRST]
    quote = newest_quote()
    found = []
    for page, url, drawn, otherwise in (
        (Page.HOME, "/", asset.id in front, "Others stand before it"),
        (Page.STORIES, "/stories", True, ""),
        (
            Page.REFERRALS,
            "",
            quote is not None and quote[0] == asset.id,
            "They show the newest quote",
        ),
    ):
        on = page in pages_of(asset)
        why = otherwise if on and here else "" if on else "Not chosen"
        found.append(Ours(NAMES[page], url, here and on and drawn, why))
    return found


def of(asset: Asset) -> Sequence[Placement]:
    """Every other place ever written down, newest first."""
    query = sa.select(Placement).where(Placement.asset_id == asset.id)
    return db.session.scalars(query.order_by(Placement.id.desc())).all()


def placement(placement_id: int) -> Placement:
    if found := db.session.get(Placement, placement_id):
        return found
    raise NotFound("No such place was written down.")


def takedown(takedown_id: int) -> Takedown:
    if found := db.session.get(Takedown, takedown_id):
        return found
    raise NotFound("There is no such task.")


def takedowns(show: str = "open", owner: Staff | None = None) -> Sequence[Takedown]:
    """The tasks, whose due day is next first; closed ones newest first."""
    query = sa.select(Takedown).options(
        joinedload(Takedown.placement)
        .joinedload(Placement.asset)
        .joinedload(Asset.submission)
        .joinedload(Submission.advocate)
    )
    if show in ("open", "late"):
        query = query.where(Takedown.closed_at.is_(None))
    if show == "late":
        query = query.where(Takedown.due_on < clock.now().date())
    if show == "closed":
        query = query.where(Takedown.closed_at.is_not(None))
    if owner:
        query = query.where(Takedown.owner_id == owner.id)
    order = (Takedown.closed_at.desc(), Takedown.due_on, Takedown.id)
    return db.session.scalars(query.order_by(*order).limit(200)).all()


def counts(owner: Staff | None = None) -> dict[str, int]:
    """How many tasks each filter shows."""
    is_open = Takedown.closed_at.is_(None)
    late = sa.and_(is_open, Takedown.due_on < clock.now().date())
    columns = [sa.func.count().filter(part) for part in (is_open, late, ~is_open, sa.true())]
    query = sa.select(*columns).select_from(Takedown)
    if owner:
        query = query.where(Takedown.owner_id == owner.id)
    return dict(zip(SHOW, db.session.execute(query).one(), strict=True))


# ── For the person whose words they are ────────────────────────────────────────────────────


def with_uses(submission: Submission, story: list[dict]) -> list[dict]:
    """The timeline of a contribution, with every place its words were put and have left."""
    asset = asset_of(submission)
    found = [line for one in (of(asset) if asset else []) for line in told(one)]
    done = [line for line in [*story, *found] if line.get("done")]
    ahead = [line for line in [*found, *story] if not line.get("done")]
    return sorted(done, key=lambda line: line["at"]) + ahead


def told(one: Placement) -> list[dict]:
    """What happened at one place, and what is happening; live, before any task is opened."""
    where = PLACES[one.kind]
    at = "on" if one.kind is Kind.SITE else "in"
    lines = [{"title": f"Used {at} {where}", "at": _noon(one), "done": True}]
    if one.ended_at:
        last = one.takedowns[-1] if one.takedowns else None
        stopped = last and last.outcome is Outcome.STOPPED
        title = f"No longer handed out: {where}" if stopped else f"Removed from {where}"
        text = "Copies already handed out cannot be called back." if stopped else ""
        return [*lines, {"title": title, "at": one.ended_at, "text": text, "done": True}]
    if one.takedown or not allowed.is_allowed(one):
        text = "Copies already handed out cannot be called back. " * (one.kind is Kind.PRINT)
        if one.takedown:
            due = one.takedown.due_on
            text += f"By {due.day} {due:%B %Y} at the latest."
        lines.append({"title": f"Being removed from {where}", "text": text, "current": True})
    return lines


def _noon(one: Placement) -> datetime:
    """Only the day is known; it never stands after the moment it was written down."""
    day = datetime.combine(one.since, datetime.min.time(), tzinfo=one.recorded_at.tzinfo)
    return min(day.replace(hour=12), one.recorded_at)
