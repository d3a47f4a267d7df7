"""The rows in force, the ones before them, and those nobody has checked for too long."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.db import db, is_last
from portal.errors import NotFound
from portal.platforms.models import PlatformRule


def all_current() -> Sequence[PlatformRule]:
    """The newest row of each platform, by name."""
    rows = sa.select(PlatformRule).where(is_last(PlatformRule.platform))
    return db.session.scalars(rows.order_by(PlatformRule.name)).all()


def current(platform: str) -> PlatformRule | None:
    """What a platform allows now; None for one nobody wrote down."""
    rows = sa.select(PlatformRule).where(PlatformRule.platform == platform)
    return db.session.scalar(rows.order_by(PlatformRule.version.desc()).limit(1))


def named(platform: str) -> PlatformRule:
    """The same, or NotFound."""
    found = current(platform)
    if found is None:
        raise NotFound("There is no such review platform.")
    return found


def earlier(rule: PlatformRule) -> Sequence[PlatformRule]:
    """The versions before this one, newest first."""
    rows = sa.select(PlatformRule).where(
        PlatformRule.platform == rule.platform, PlatformRule.version < rule.version
    )
    return db.session.scalars(rows.order_by(PlatformRule.version.desc())).all()


def old() -> list[PlatformRule]:
    """Rows nobody has checked for 180 days."""
    return [rule for rule in all_current() if rule.is_old]
