"""When published words must be confirmed, and which are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal import clock, seeds
from portal.advocates.models import Advocate
from portal.consent import queries as permissions
from portal.consent.models import Purpose, Receipt
from portal.consent.queries import Permission
from portal.db import db
from portal.errors import NotFound, there
from portal.placements.allowed import BEYOND, DECKS
from portal.placements.models import Kind, Placement
from portal.publishing import rendering
from portal.publishing.items import item
from portal.publishing.models import Asset
from portal.publishing.queries import (
    ON_PAGES,
    RECONFIRM,
    asset_of,
    confirmed_at,
    photo_is_public,
    yeses,
)
from portal.renewals.models import Answer, Renewal
from portal.submissions import crediting
from portal.submissions.models import State, Submission

ASK_BEFORE = timedelta(days=30)
LOOK_AHEAD = timedelta(days=60)  # what staff see coming
# Which permissions a question is about, by the one the words rest on: as the page names them.
ASKED = {
    Purpose.WORDS: (Purpose.WORDS, Purpose.NAME, Purpose.COMPANY, Purpose.PHOTO, Purpose.LOGO),
    Purpose.SALES: (Purpose.SALES,),
}
BESIDES = (Purpose.SALES,)  # what the question about our pages lets them prolong as well (T23)


@dataclass(frozen=True)
class Due:
    """One published thing, and until when it stands without a new yes."""

    asset: Asset
    purpose: Purpose  # what keeps it in use: our pages, or decks and offers alone
    at: datetime
    moved: bool  # because its author’s job changed, not because a year is over
    renewal: Renewal | None

    @property
    def over(self) -> bool:
        return self.at <= clock.now()

    @property
    def in_decks(self) -> bool:
        return self.purpose is Purpose.SALES

    @property
    def asked(self) -> Renewal | None:
        """The question that waits for an answer now."""
        return self.renewal if self.renewal and self.renewal.answered_at is None else None


def rests_on(asset: Asset, *, in_a_deck: bool) -> Purpose | None:
    """The permission by which these words are used now: on our pages, or in decks and offers
    alone, where they are in one; None when it was taken back, or never given."""
    said = permissions.state(there(asset.submission.receipt))
    shown = (Purpose.WORDS,) if asset.submission.state is State.PUBLISHED else ()
    beyond = (Purpose.SALES,) if in_a_deck else ()
    for purpose in (*shown, *beyond):
        if purpose in said and said[purpose].standing in ("given", "expired"):
            return purpose
    return None


def due_at(asset: Asset, purpose: Purpose) -> tuple[datetime, bool]:
    """When the words fall out of use by themselves, and whether a change of job is why."""
    submission = asset.submission
    said = yeses(there(submission.receipt), (purpose,))
    confirmed = confirmed_at(asset, ON_PAGES if purpose is Purpose.WORDS else BEYOND)
    ends = confirmed + RECONFIRM
    if said and said[-1].until:
        ends = min(ends, said[-1].until)
    moved = submission.advocate.moved_at
    again = confirmed if purpose is Purpose.WORDS else confirmed_at(asset, DECKS)
    return (moved, True) if moved and moved > again else (ends, False)


def held_in_decks(asset: Asset) -> bool:
    """Whether decks may not use these words now, though they are allowed there: since their
    author’s job changed, nobody said so again (T29)."""
    said = permissions.state(there(asset.submission.receipt)).get(Purpose.SALES)
    return bool(said and said.in_force and due_at(asset, Purpose.SALES)[1])


def coming(within: timedelta = LOOK_AHEAD) -> list[Due]:
    """What must be confirmed soon, should have been, or was asked about however early; the most
    pressing first."""
    found = []
    newest = newest_renewals()
    for asset, in_a_deck in db.session.execute(renewable()):
        purpose = rests_on(asset, in_a_deck=in_a_deck)
        if purpose is None:
            continue
        at, moved = due_at(asset, purpose)
        due = Due(asset, purpose, at, moved, newest.get(asset.submission_id))
        if due.asked or at - clock.now() <= within:
            found.append(due)
    return sorted(found, key=lambda due: due.at)


def renewable() -> sa.Select:
    """Words in use, of people who are still with us and may be written to, and for each whether
    a deck or an offer has them."""
    return (
        sa.select(Asset, _in_a_deck())
        .join(Asset.submission)
        .join(Submission.advocate)
        .where(
            sa.or_(Submission.state == State.PUBLISHED, _only_in_decks()),
            Submission.receipt_id.is_not(None),
            Advocate.left_at.is_(None),
            Advocate.restricted_at.is_(None),
            Advocate.erased_at.is_(None),
        )
        .options(
            contains_eager(Asset.submission).contains_eager(Submission.advocate),
            contains_eager(Asset.submission)
            .joinedload(Submission.receipt)
            .selectinload(Receipt.events),
        )
    )


def is_in_a_deck(asset: Asset) -> bool:
    """Whether a deck or an offer has these words now."""
    return bool(db.session.scalar(sa.select(_in_a_deck()).where(Asset.id == asset.id)))


def _in_a_deck() -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(
            Placement.asset_id == Asset.id,
            Placement.kind != Kind.SITE,
            Placement.ended_at.is_(None),
        )
        .correlate(Asset)
    )


def _only_in_decks() -> sa.ColumnElement[bool]:
    """Off our pages by our own choice, and still in a deck or an offer; not what its author said
    is no longer so."""
    return sa.and_(
        Submission.state == State.RETIRED,
        _in_a_deck(),
        ~sa.exists().where(
            Renewal.submission_id == Submission.id, Renewal.answer == Answer.CHANGED
        ),
    )


def newest_renewals() -> dict[int, Renewal]:
    """The last time each was asked about, by submission."""
    rows = db.session.scalars(sa.select(Renewal).order_by(Renewal.id))
    return {renewal.submission_id: renewal for renewal in rows}


def open_renewals() -> Sequence[Renewal]:
    """The questions that wait for an answer."""
    query = sa.select(Renewal).where(Renewal.answered_at.is_(None)).order_by(Renewal.due_at)
    return db.session.scalars(
        query.options(
            joinedload(Renewal.submission)
            .joinedload(Submission.receipt)
            .options(selectinload(Receipt.events))
        )
    ).all()


def pending(submission: Submission) -> Renewal | None:
    """The question about one contribution that waits for an answer."""
    return db.session.scalar(
        sa.select(Renewal).where(
            Renewal.submission_id == submission.id, Renewal.answered_at.is_(None)
        )
    )


def all_of(submission: Submission) -> Sequence[Renewal]:
    """Every time its author was asked, oldest first."""
    query = sa.select(Renewal).where(Renewal.submission_id == submission.id)
    return db.session.scalars(query.order_by(Renewal.id)).all()


def waiting_for(advocate: Advocate) -> Sequence[Renewal]:
    """What one person is asked to confirm now."""
    query = (
        sa.select(Renewal)
        .join(Renewal.submission)
        .where(Submission.advocate_id == advocate.id, Renewal.answered_at.is_(None))
    )
    return db.session.scalars(query.order_by(Renewal.due_at)).all()


def of(advocate: Advocate, renewal_id: int) -> Renewal:
    """One question to this person; somebody else’s is not found."""
    found = db.session.get(Renewal, renewal_id)
    if found is None or found.submission.advocate_id != advocate.id:
        raise NotFound("There is no such question to you.")
    return found


# ── What exactly is asked ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Question:
    """The words in the rendering they stand in now, and one number for exactly that."""

    item: dict[str, Any]
    seal: str
    until: datetime  # how long a yes holds
    again: list[str]  # the permissions that a yes says again, in their words
    decks: Permission | None  # what needs a yes of its own
    stands: str  # the name of their company in what they agreed to
    called: str  # what it is called by now, where a yes keeps another name; else empty


def asked_of(renewal: Renewal) -> list[Purpose]:
    """The permissions a yes says again: of those it is about, what the credit shows (T23)."""
    return crediting.within(ASKED[renewal.purpose], renewal.submission.credit)


def question(renewal: Renewal) -> Question:
    """Drawn as if permitted, for a page that has run out shows nothing any more."""
    submission = renewal.submission
    asset, photo = asset_of(submission), submission.advocate.photo
    if asset is None:
        raise NotFound("What this was about is gone.")
    version, key = asset.words, photo.key if photo else None
    may = rendering.allowed(submission, version.sha256)
    picture = f"/media/{key}.webp" if key and photo_is_public(key) else None
    drawn = item(submission, version, may, picture, asset=asset, excerpt=asset.excerpt)
    facts = rendering.facts(drawn | {"credit": drawn["credit"] | {"photo_url": key}}, key)
    receipt = there(submission.receipt)
    said = permissions.state(receipt)
    called = _called_by_now(submission, said)
    again = [
        permissions.as_read(one.statement.label, receipt)
        for purpose, one in said.items()
        if purpose in asked_of(renewal) and (one.in_force or purpose is renewal.purpose)
    ]
    besides = () if renewal.in_decks else BESIDES
    decks = next((said[one] for one in besides if one in said and said[one].in_force), None)
    read = {
        "for": renewal.purpose.value,
        "words": version.sha256,
        "excerpt": asset.excerpt,
        "around": facts,
        "again": again,  # what a yes prolongs is what the page named, word for word (T23)
        "decks": decks and permissions.as_read(decks.statement.label, receipt),
        "called": called,
    }
    until, stands = clock.now() + RECONFIRM, submission.company_name
    return Question(drawn, seeds.digest(read), until, again, decks, stands, called)


def _called_by_now(submission: Submission, said: dict[Purpose, Permission]) -> str:
    """The new name of a company that may be named, and is under the one it had (T28)."""
    now = submission.advocate.company.name
    named = crediting.shows(submission.credit, Purpose.COMPANY) and (
        Purpose.COMPANY in said and said[Purpose.COMPANY].in_force
    )
    return now if named and now != submission.company_name else ""
