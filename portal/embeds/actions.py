"""Make a block of quotes and stories, choose what stands in it, and in which order."""

import re
import secrets

from portal.db import db, lock_row
from portal.embeds.models import Block, Pick
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.publishing.actions import SIGNS
from portal.publishing.models import Asset
from portal.publishing.placing import stays
from portal.publishing.queries import PICKED
from portal.staff.models import Staff


def make(title: str, *, by: Staff) -> Block:
    """An empty block under an address of its own."""
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].rstrip("-") or "block"
    tail = "".join(secrets.choice(SIGNS) for _ in range(4))
    block = Block(slug=f"{name}-{tail}", title=title.strip(), staff_id=by.id)
    db.session.add(block)
    record(block, "made", by=by)
    return block


def pick(block: Block, asset: Asset, *, by: Actor) -> None:
    """Put a quote or story at the end. Twice is harmless; reviews are nobody's to pick (T18)."""
    if asset.submission.action not in PICKED:
        raise NotAllowed("Nobody picks among reviews: a block shows the newest, or none.")
    lock_row(block)
    if asset.id in {one.asset_id for one in block.picks}:
        return
    last = max((one.position for one in block.picks), default=0)
    block.picks.append(Pick(asset=asset, position=last + 1))
    record(block, "picked", by=by, asset=asset.id)


def take_out(block: Block, asset: Asset, *, by: Actor) -> None:
    """No longer in this block; its own page stays. Twice is harmless."""
    lock_row(block)
    for one in [one for one in block.picks if one.asset_id == asset.id]:
        block.picks.remove(one)
        record(block, "taken out", by=by, asset=asset.id)


def move_up(block: Block, asset: Asset, *, seen: int | None = None, by: Actor) -> None:
    """One place further to the front than it was ``seen`` at; the first stays where it is."""
    lock_row(block)
    order = list(block.picks)
    place = next((n for n, one in enumerate(order) if one.asset_id == asset.id), 0)
    if not stays(place, seen):
        order[place - 1], order[place] = order[place], order[place - 1]
        for position, one in enumerate(order, start=1):
            one.position = position
        record(block, "reordered", by=by, asset=asset.id)


def remove(block: Block, *, by: Actor) -> None:
    """Let go of a block; pages that frame it then say that it is gone."""
    record(block, "removed", by=by, title=block.title)
    db.session.delete(block)
