"""What staff see of it: a contribution as it would appear, and everything that ever did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal import clock, zones
from portal.campaigns.models import Action
from portal.config import settings
from portal.consent import queries as permissions
from portal.consent.models import Purpose, Receipt
from portal.db import db
from portal.errors import NotFound, there
from portal.media.models import Photo
from portal.publishing import rendering, words
from portal.publishing.items import address, item
from portal.publishing.models import Asset
from portal.publishing.placing import EVERYWHERE, Page, pages_of
from portal.publishing.queries import (
    PICKED,
    RECONFIRM,
    asset_of,
    confirmed_at,
    faults,
    on_front_page,
    permitted,
)  # fmt: skip
from portal.staff import queries as staff
from portal.staff.models import Staff
from portal.submissions.models import State, Submission


def submission(submission_id: int) -> Submission:
    """One contribution, with its words. Raises NotFound; a draft is nobody's to read but theirs."""
    found = db.session.get(Submission, submission_id)
    if found is None or not found.versions:
        raise NotFound("There is no contribution at this address.")
    return found


def photo_of(submission: Submission) -> str:
    """The key of the photo that may stand beside these words; raises NotFound without a yes."""
    photo_id = submission.advocate.photo_id
    if photo_id is None or Purpose.PHOTO not in rendering.by_person(submission):
        raise NotFound("There is no photo to show beside these words.")
    return db.session.get_one(Photo, photo_id).key


@dataclass(frozen=True)
class Desk:
    """What someone about to publish should see: the card, and what needs a second look."""

    item: dict[str, Any]
    whole: str
    dropped: list[str]
    claims: list[str]
    allowed: bool
    colleagues: Sequence[Staff]  # who may have checked its figures
    pages: Sequence[Page]  # where it stands, or would


def desk(submission: Submission, excerpt: str = "", *, rated: bool = True) -> Desk:
    """A contribution as it would appear with its permissions as they stand now."""
    version = there(submission.current)
    may = rendering.allowed(submission, version.sha256)
    photo = f"/staff/submissions/{submission.id}/photo.webp"
    text = words.whole(version)
    kept = excerpt if excerpt and excerpt in text else ""
    asset = asset_of(submission)
    return Desk(
        item=item(
            submission,
            version,
            may,
            photo if submission.advocate.photo_id else None,
            excerpt=kept,
            rated=rated,
        ),
        whole=text,
        dropped=words.dropped_turns(kept, text),
        claims=words.claims(version) if submission.action in PICKED else [],
        allowed=Purpose.WORDS in may,
        colleagues=staff.active(),
        pages=pages_of(asset) if asset else EVERYWHERE,
    )


@dataclass(frozen=True)
class Shelf:
    """Something published once, and whether the world can see it now."""

    asset: Asset
    public: bool
    why: str

    @property
    def planned(self) -> bool:
        """Whether it appears by itself on a day to come."""
        return self.asset.announce_at is not None and not self.public

    @property
    def address(self) -> str:
        return address(self.asset.submission.action, self.asset.slug)

    @property
    def name(self) -> str:
        return called(self.asset)

    @property
    def opening(self) -> str:
        """The words by which staff know it again; empty under our headline, or seen no more."""
        if not self.public or self.asset.headline:
            return ""
        return self.asset.excerpt or words.whole(self.asset.words)


def called(asset: Asset) -> str:
    """How staff call it in a sentence: ``Quote, Ada Lovelace``."""
    kind = "Quote" if asset.submission.action is Action.QUOTE else "Story"
    return f"{asset.headline or kind}, {asset.submission.advocate.name}"


def front_page() -> list[Shelf]:
    """What stands on the front page, in its order."""
    return [Shelf(asset, True, "") for asset in on_front_page()]


def shelf(*, public: bool | None = None, planned: bool = False, limit: int = 100) -> list[Shelf]:
    """Everything ever published, newest first: public now, or not any more and why; or what is
    ``planned`` for a day to come."""
    visible = sa.and_(*permitted()).label("visible")
    query = (
        sa.select(Asset, visible)
        .join(Asset.submission)
        .join(Submission.advocate)
        .order_by(Asset.published_at.desc(), Asset.id.desc())
        .limit(limit)
        .options(
            contains_eager(Asset.submission).contains_eager(Submission.advocate),
            joinedload(Asset.words),
            contains_eager(Asset.submission)
            .joinedload(Submission.receipt)
            .selectinload(Receipt.events),
        )
    )
    if public:
        query = query.where(visible)
    if planned:
        query = query.where(Asset.announce_at > clock.now())
    rows = db.session.execute(query).all()
    altered = faults([asset.id for asset, seen in rows if seen])
    found = []
    for asset, seen in rows:
        what = altered.get(asset.id)
        why = f"not as its author agreed: {what}" if what else ""
        found.append(Shelf(asset, seen and not why, why or ("" if seen else reason(asset))))
    if public is False:
        return [one for one in found if not one.public and not one.planned]
    return [one for one in found if public is None or one.public]


def reason(asset: Asset) -> str:
    """Why something published is not seen any more, in words."""
    submission = asset.submission
    if submission.state is State.RETIRED:
        return "retired by us"
    if asset.published_at > clock.now() and not asset.announce_at:
        return "about to appear"
    permission = permissions.state(there(submission.receipt)).get(Purpose.WORDS)
    if submission.state is State.WITHDRAWN or not permission or not permission.in_force:
        return f"permission {permission.standing if permission else 'withdrawn'}"
    if submission.advocate.left_at:
        return "the customer left"
    if submission.advocate.restricted_at:
        return "their data is on hold"
    if asset.announce_at and asset.published_at > clock.now():
        return f"appears {zones.spoken(asset.published_at, settings().brand_time_zone)}"
    moved, confirmed = submission.advocate.moved_at, confirmed_at(asset)
    if moved and moved >= confirmed > clock.now() - RECONFIRM:
        return "their job changed, and they have not confirmed"
    return "not confirmed for a year"
