"""What the world may see right now. Every read asks the live permissions (T26)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.consent import companies
from portal.consent import queries as permissions
from portal.consent.models import GRANTING, Channel, ConsentEvent, Purpose, Receipt, Scope
from portal.db import db
from portal.errors import NotFound, there
from portal.media.models import Photo
from portal.publishing import integrity, rendering, words
from portal.publishing.items import address, item
from portal.publishing.models import Asset
from portal.publishing.placing import Page
from portal.submissions import crediting
from portal.submissions.models import State, Submission

RECONFIRM = timedelta(days=365)  # how long words stay without being confirmed again (T6)
PICKED = (Action.QUOTE, Action.CASE_STUDY)  # what marketing may choose among; reviews never
CREDITS = (Purpose.NAME, Purpose.COMPANY, Purpose.PHOTO)
ON_PAGES = (Purpose.WORDS,)  # a yes to which of these says that the words are still right
PAGE = 20


def permitted(channel: Channel | None = None) -> list[sa.ColumnElement[bool]]:
    """When words may be seen: published, allowed now, by a customer still with us, confirmed
    within a year (T6). For a select that joins Asset, Submission and Advocate.

    Beyond our own pages only where their permission names that ``channel`` (T23)."""
    return [
        Submission.state == State.PUBLISHED,
        Asset.published_at <= clock.now(),  # later: whoever approved it may still undo that
        permissions.is_in_force(Submission.receipt_id, Purpose.WORDS, channel=channel),
        Advocate.left_at.is_(None),
        Advocate.restricted_at.is_(None),
        confirmed_since(clock.now() - RECONFIRM),
        sa.or_(Advocate.moved_at.is_(None), confirmed_since(Advocate.moved_at)),
    ]


def confirmed_since(moment, purposes: Collection[Purpose] = ON_PAGES) -> sa.ColumnElement[bool]:
    """Whether words were published, or said yes to again, after this moment (T6)."""
    again = sa.exists().where(
        ConsentEvent.receipt_id == Submission.receipt_id,
        ConsentEvent.purpose.in_(purposes),
        ConsentEvent.verdict.in_(GRANTING),
        ConsentEvent.at > moment,
    )
    return sa.or_(Asset.published_at > moment, again)


def confirmed_at(asset: Asset, purposes: Collection[Purpose] = ON_PAGES) -> datetime:
    """The same for one asset, in Python: when its words were published, or last said yes to."""
    said = yeses(there(asset.submission.receipt), purposes)
    return max([asset.published_at, *(event.at for event in said)])


def yeses(receipt: Receipt, purposes: Collection[Purpose] = ON_PAGES) -> list[ConsentEvent]:
    """Each time a person said yes to having their words used, oldest first."""
    return [
        event for event in receipt.events if event.purpose in purposes and event.verdict in GRANTING
    ]


def is_allowed(purpose: Purpose, channel: Channel | None = None) -> sa.ColumnElement[bool]:
    """Whether a use is permitted now, by the person and, for its name, the company (T28); not what
    the credit they chose does not show. For a select that joins Asset, Submission and Advocate."""
    yes = permissions.is_in_force(Submission.receipt_id, purpose, channel=channel)
    if purpose in crediting.PARTS:
        yes = sa.and_(yes, Submission.credit.in_(crediting.that_show(purpose)))
    if purpose is not Purpose.COMPANY:
        return yes
    company = Advocate.company_id
    story = companies.company_allows(
        company,
        Scope.STORY,
        receipt_id=Submission.receipt_id,
        text_sha256=rendering.hash_shown(),
        channel=channel,
    )
    named = companies.company_allows(
        company, Scope.NAME, receipt_id=Submission.receipt_id, channel=channel
    )
    return sa.and_(yes, named, sa.or_(Submission.action != Action.CASE_STUDY, story))


def shown(*, bound: bool = True, channel: Channel | None = None) -> sa.Select:
    """Assets the world may see, each with the parts of its credit that are allowed now.

    ``bound``: only in words their author sent or signed off (T3). ``channel``: as for
    ``permitted``."""
    submission = contains_eager(Asset.submission)
    return (
        sa.select(Asset, Photo.key, *(is_allowed(purpose, channel) for purpose in CREDITS))
        .join(Asset.submission)
        .join(Submission.advocate)
        .outerjoin(Photo, Photo.id == Advocate.photo_id)
        .where(*permitted(channel), *(rendering.is_bound() if bound else ()))
        .options(
            submission.contains_eager(Submission.advocate).contains_eager(Advocate.photo),
            submission.lazyload(Submission.prompt_set),
            submission.lazyload(Submission.answers),
            submission.joinedload(Submission.reward),
            submission.joinedload(Submission.receipt).selectinload(Receipt.events),
            joinedload(Asset.words),
            joinedload(Asset.proposal),
        )
    )


def picks(
    limit: int | None = None, channel: Channel | None = None, page: Page | None = None
) -> list[dict[str, Any]]:
    """Quotes and stories, newest first, as items to draw; of a ``page`` of ours, those that staff
    let stand there, and on the front page in their order."""
    return drawn(db.session.execute(_picked(channel, page).limit(limit)).all())


def on_front_page() -> list[Asset]:
    """What may stand on the front page now, in its order."""
    return [row[0] for row in db.session.execute(_picked(None, Page.HOME)) if stands(row)]


def _picked(channel: Channel | None, page: Page | None) -> sa.Select:
    query = shown(channel=channel).where(Submission.action.in_(PICKED))
    if page:
        query = query.where(getattr(Asset, f"on_{page}"))
    if page is Page.HOME:
        query = query.order_by(Asset.front_place.nulls_last())
    return query.order_by(Asset.published_at.desc())


def drawn(rows: Iterable[sa.Row]) -> list[dict[str, Any]]:
    """The items of what was found by ``shown``."""
    return [_item(*row) for row in rows if stands(row)]


def newest_quote() -> tuple[int, dict[str, Any]] | None:
    """The newest quote for the pages behind referral links: its asset, and the item to draw."""
    quotes = shown().where(Submission.action == Action.QUOTE, Asset.on_referrals)
    query = quotes.order_by(Asset.published_at.desc())
    for row in db.session.execute(query.limit(PAGE)):
        if stands(row):
            return row[0].id, _item(*row)
    return None


def standing(asset_id: int) -> sa.ScalarSelect[int]:
    """Whether something may be shown, as a number that also says with which parts of its credit;
    NULL when it may not. For a statement that asks for it among other things."""
    parts = (
        sa.case((is_allowed(purpose), sa.literal_column(str(2**place))), else_=0)
        for place, purpose in enumerate(CREDITS)
    )
    return (
        sa.select(sum(parts, start=sa.literal_column("8")))
        .select_from(Asset)
        .join(Asset.submission)
        .join(Submission.advocate)
        .where(Asset.id == asset_id, Asset.on_referrals, *permitted(), *rendering.is_bound())
        .correlate(None)
        .scalar_subquery()
    )


def stands(row: sa.Row) -> bool:
    """Whether what would be drawn is what its author agreed to, sign for sign, beside the reward
    and under the permissions that the ledger holds (T3, T10, T24)."""
    return not _fault(*row)


def _fault(asset: Asset, key: str | None, *allowed: bool) -> str:
    if not words.stands(asset.excerpt, asset.words):  # nothing can be drawn of it
        return "the piece shown"
    now = rendering.facts(_item(asset, key, *allowed), key)
    return rendering.fault(asset, now) or integrity.fault(asset)


def story(slug: str) -> tuple[Asset, dict[str, Any]] | None:
    """One quote or story, whole; None when it may no longer be shown.

    Raises NotFound for one that never was.
    """
    row = db.session.execute(_one(shown(), slug, PICKED)).first()
    if row and stands(row):
        return row[0], _item(*row, entire=True)
    _demand_known(slug, PICKED, "There is no story at this address.")
    return None


def one(slug: str, kinds: Iterable[Action], channel: Channel) -> dict[str, Any] | None:
    """Anything of these kinds as one item, if it may be seen beyond our pages; else None."""
    row = db.session.execute(_one(shown(channel=channel), slug, kinds)).first()
    if row and stands(row):
        return _item(*row)
    _demand_known(slug, kinds, "There are no words at this address.")
    return None


def may_travel(asset: Asset) -> bool:
    """Whether these words may be seen beyond our own pages: in blocks, feeds and previews."""
    row = db.session.execute(shown(channel=Channel.EMBED).where(Asset.id == asset.id)).first()
    return row is not None and stands(row)


def whole(slug: str, kinds: Iterable[Action], unknown: str) -> tuple[Asset, dict[str, Any]] | None:
    """The same for anything of these kinds, altered or not: a proof says which it is.

    ``unknown`` is what to say when it never was.
    """
    if row := db.session.execute(_one(shown(bound=False), slug, kinds)).first():
        return row[0], _item(*row, entire=True)
    _demand_known(slug, kinds, unknown)
    return None


def _one(query: sa.Select, slug: str, kinds: Iterable[Action]) -> sa.Select:
    return query.where(Asset.slug == slug, Submission.action.in_(kinds))


def _demand_known(slug: str, kinds: Iterable[Action], unknown: str) -> None:
    known = _one(sa.select(Asset.id).join(Asset.submission), slug, kinds)
    if db.session.scalar(known) is None:
        raise NotFound(unknown)


@dataclass(frozen=True)
class Reviews:
    """One page of them, and the reviews on either side to go on from."""

    items: list[dict[str, Any]]
    older: str | None
    newer: str | None


def reviews(
    *, before: str = "", after: str = "", size: int = PAGE, channel: Channel | None = None
) -> Reviews:
    """Every review that may be shown, newest first; never sorted or filtered by rating (T18)."""
    place = sa.tuple_(Asset.published_at, Asset.id)
    query = shown(channel=channel).where(Submission.action == Action.REVIEW)
    if mark := before or after:
        at = db.session.execute(
            sa.select(Asset.published_at, Asset.id).where(Asset.slug == mark)
        ).first()
        if at is None:
            raise NotFound("There are no reviews at this address.")
        edge = sa.tuple_(*(sa.literal(v, c.type) for v, c in zip(at, place.clauses, strict=True)))
        query = query.where(place < edge if before else place > edge)
    down = not after
    order = [column.desc() if down else column for column in place.clauses]
    rows = db.session.execute(query.order_by(*order).limit(size + 1)).all()
    more, rows = len(rows) > size, rows[:size]
    rows = rows if down else rows[::-1]
    older = rows and (more if down else True)
    newer = rows and (bool(before) if down else more)
    return Reviews(
        drawn(rows),
        older=rows[-1][0].slug if older else None,
        newer=rows[0][0].slug if newer else None,
    )


def photo_is_public(key: str) -> bool:
    """Only while something published shows it, with its person's yes to the photo."""
    query = shown().where(
        Photo.key == key,
        is_allowed(Purpose.PHOTO),
    )
    return any(stands(row) for row in db.session.execute(query))


def _item(asset: Asset, photo_key: str | None, *allowed: bool, entire=False) -> dict[str, Any]:
    may = {purpose for purpose, yes in zip(CREDITS, allowed, strict=True) if yes}
    return item(
        asset.submission,
        asset.words,
        may,
        f"/media/{photo_key}.webp" if photo_key else None,
        asset=asset,
        excerpt="" if entire else asset.excerpt,
        entire=entire,
    )


def asset_of(submission: Submission) -> Asset | None:
    return db.session.scalar(sa.select(Asset).where(Asset.submission_id == submission.id))


def address_of(submission: Submission) -> str:
    """Where this contribution may be read now; empty while it may not."""
    query = shown().where(Submission.id == submission.id)
    found = db.session.execute(query).first()
    return address(submission.action, found[0].slug) if found and stands(found) else ""


def faults(ids: Iterable[int]) -> dict[int, str]:
    """What of these assets is permitted and yet not as its author agreed to it, by id (T3, T10)."""
    bound = sa.and_(*rendering.is_bound()).label("bound")
    query = shown(bound=False).where(Asset.id.in_(ids)).add_columns(bound)
    found = {}
    for *row, own in db.session.execute(query):
        if why := _fault(*row) or ("" if own else "the words"):
            found[row[0].id] = why
    return found
