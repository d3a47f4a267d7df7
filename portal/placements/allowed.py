"""May words stay where they were put? Asked live, as for our own pages (T6, T26, T28)."""

import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.consent import companies
from portal.consent import queries as permissions
from portal.consent.models import Channel, Purpose, Scope
from portal.db import db
from portal.errors import there
from portal.history.models import Entry
from portal.placements.models import Kind, Placement, Reason
from portal.publishing.models import Asset
from portal.publishing.queries import ON_PAGES, RECONFIRM, confirmed_at, confirmed_since
from portal.submissions import crediting
from portal.submissions.models import State, Submission
from portal.submissions.recrediting import LESS

BEYOND = (Purpose.WORDS, Purpose.SALES)  # either says that words in a deck are still right
DECKS = (Purpose.SALES,)  # since a change of job only a yes to decks themselves does (T29, T23)


def placed(*what) -> sa.Select:
    """Select something from a placement and the words that stand there."""
    return (
        sa.select(*what)
        .select_from(Placement)
        .join(Placement.asset)
        .join(Asset.submission)
        .join(Submission.advocate)
    )


def may_stay() -> sa.ColumnElement[bool]:
    """For a select made by ``placed``."""
    site, elsewhere = Placement.kind == Kind.SITE, Placement.kind != Kind.SITE
    return sa.and_(
        Submission.state != State.WITHDRAWN,
        sa.or_(
            sa.and_(site, _person(Purpose.WORDS, Channel.EMBED)),
            sa.and_(elsewhere, _person(Purpose.SALES, Channel.SALES)),
        ),
        Advocate.left_at.is_(None),
        Advocate.restricted_at.is_(None),
        sa.or_(
            sa.and_(site, *_confirmed(ON_PAGES, ON_PAGES)),
            sa.and_(elsewhere, *_confirmed(BEYOND, DECKS)),
        ),
        ~_tells_too_much(),
        sa.or_(
            sa.not_(Placement.names_company),
            sa.and_(site, _company(Channel.EMBED)),
            sa.and_(elsewhere, _company(Channel.SALES)),
        ),
    )


def _tells_too_much() -> sa.ColumnElement[bool]:
    """Whether the credit chosen shows less than what stands there: a company it does not name, or
    all that the credit showed before its author chose less (T23)."""
    subject = sa.literal("submission:") + sa.cast(Submission.id, sa.String)
    since = sa.exists().where(
        Entry.about == subject, Entry.verb == LESS, Entry.at > Placement.recorded_at
    )
    unnamed = Submission.credit.not_in(crediting.that_show(Purpose.COMPANY))
    return sa.or_(sa.and_(Placement.names_company, unnamed), since)


def tells_too_much(placement: Placement) -> bool:
    """The same for one place."""
    here = placed(_tells_too_much()).where(Placement.id == placement.id)
    return bool(db.session.scalar(here))


def _confirmed(
    yearly: tuple[Purpose, ...], moved: tuple[Purpose, ...]
) -> list[sa.ColumnElement[bool]]:
    """Within a year, and since their job changed (T6, T29)."""
    return [
        confirmed_since(clock.now() - RECONFIRM, yearly),
        sa.or_(Advocate.moved_at.is_(None), confirmed_since(Advocate.moved_at, moved)),
    ]


def _person(purpose: Purpose, channel: Channel) -> sa.ColumnElement[bool]:
    return permissions.is_in_force(Submission.receipt_id, purpose, channel=channel)


def _company(channel: Channel) -> sa.ColumnElement[bool]:
    return companies.company_allows(
        Advocate.company_id, Scope.NAME, receipt_id=Submission.receipt_id, channel=channel
    )


def is_allowed(placement: Placement) -> bool:
    """The same for one place."""
    return bool(db.session.scalar(placed(may_stay()).where(Placement.id == placement.id)))


def why_not(placement: Placement) -> Reason:
    """The first reason that applies, for a place where words may not stay."""
    submission = placement.asset.submission
    person = submission.advocate
    said = permissions.state(there(submission.receipt)).get(placement.purpose)
    if submission.state is State.WITHDRAWN or (said and said.standing == "withdrawn"):
        return Reason.WITHDRAWN
    if person.left_at:
        return Reason.LEFT
    if person.restricted_at:
        return Reason.RESTRICTED
    if said and said.standing == "expired":
        return Reason.EXPIRED
    if not said or not said.in_force or placement.channel not in said.channels:
        return Reason.REFUSED
    site = placement.kind is Kind.SITE
    if confirmed_at(placement.asset, ON_PAGES if site else BEYOND) <= clock.now() - RECONFIRM:
        return Reason.UNCONFIRMED
    confirmed = confirmed_at(placement.asset, ON_PAGES if site else DECKS)
    if person.moved_at and confirmed <= person.moved_at:
        return Reason.LEFT
    return Reason.CREDIT if tells_too_much(placement) else Reason.COMPANY
