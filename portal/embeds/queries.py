"""What others may show of it right now, and what stands in which block."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from portal.config import settings
from portal.consent.models import Channel
from portal.db import db
from portal.embeds.models import Block, Pick
from portal.errors import NotFound, Refusal
from portal.incentives import disclosure
from portal.publishing import queries as publishing
from portal.publishing.models import Asset
from portal.publishing.queries import PICKED, permitted
from portal.submissions.models import Submission

REVIEWS, STORIES = "reviews", "stories"  # blocks every portal has; nobody picks in these
NEWEST = 12


class NoLongerShown(Refusal):
    """The words were taken back, ran out, or may not leave our own pages."""

    status = 410


@dataclass(frozen=True)
class Shown:
    """A block as others see it, with what it must say about itself (T18)."""

    slug: str
    title: str
    items: list[dict[str, Any]]
    said: str  # how these came to stand here
    picked: bool

    @property
    def all_reviews(self) -> str:
        return f"{settings().base_url}/reviews"


def shown(slug: str) -> Shown:
    """A block with what may be seen of it now; raises NotFound."""
    brand = settings().brand_name
    if slug == REVIEWS:
        items = publishing.reviews(size=NEWEST, channel=Channel.EMBED).items
        said = f"The newest reviews of {brand}, whatever they say."
        return Shown(slug, f"Reviews of {brand}", items, said, picked=False)
    if slug == STORIES:
        items = publishing.picks(NEWEST, Channel.EMBED)
        title = f"What customers say about {brand}"
        return Shown(slug, title, items, disclosure.picked(brand), picked=True)
    block = db.session.scalar(sa.select(Block).where(Block.slug == slug))
    if block is None:
        raise NotFound("There is no block at this address.")
    return Shown(slug, block.title, items_of(block), disclosure.picked(brand), picked=True)


def items_of(block: Block) -> list[dict[str, Any]]:
    """What may be seen of a block now, in its order."""
    query = (
        publishing.shown(channel=Channel.EMBED)
        .join(Pick, Pick.asset_id == Asset.id)
        .where(Pick.block_id == block.id, Submission.action.in_(PICKED))
        .order_by(Pick.position)
    )
    return publishing.drawn(db.session.execute(query).all())


def item(slug: str, kinds=PICKED) -> dict[str, Any]:
    """One published thing as others may show it. Raises NotFound, or NoLongerShown."""
    found = publishing.one(slug, kinds, Channel.EMBED)
    if found is None:
        raise NoLongerShown("These words are no longer shown.")
    return found


# ── For staff ──────────────────────────────────────────────────────────────────────────────


def blocks() -> Sequence[Block]:
    """Every block, by its title."""
    query = sa.select(Block).order_by(Block.title, Block.id).options(selectinload(Block.picks))
    return db.session.scalars(query).all()


def block(block_id: int) -> Block:
    if found := db.session.get(Block, block_id):
        return found
    raise NotFound("There is no such block.")


def asset(asset_id: int) -> Asset:
    if found := db.session.get(Asset, asset_id):
        return found
    raise NotFound("There is nothing published under this number.")


def blocks_with(asset: Asset) -> Sequence[Block]:
    """The blocks in which something stands."""
    query = sa.select(Block).join(Block.picks).where(Pick.asset_id == asset.id)
    return db.session.scalars(query.order_by(Block.title)).all()


def pickable(block: Block) -> list[Asset]:
    """Quotes and stories that could be added: permitted to travel, and not in it yet."""
    inside = sa.select(Pick.asset_id).where(Pick.block_id == block.id)
    query = (
        sa.select(Asset)
        .join(Asset.submission)
        .join(Submission.advocate)
        .where(*permitted(Channel.EMBED), Submission.action.in_(PICKED), Asset.id.not_in(inside))
        .order_by(Asset.published_at.desc())
        .options(contains_eager(Asset.submission).contains_eager(Submission.advocate))
    )
    return list(db.session.scalars(query))


def seen_now(block: Block) -> set[str]:
    """The slugs of what the world sees of it."""
    return {one["slug"] for one in items_of(block)}
