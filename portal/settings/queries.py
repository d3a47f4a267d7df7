"""What was chosen, and when."""

import logging
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from portal.db import db, is_last
from portal.history.models import Entry
from portal.settings.models import Setting

log = logging.getLogger(__name__)
_LAST = is_last(Setting.name)
_CHOSEN = sa.select(Setting.name, Setting.value).where(_LAST, Setting.value.is_not(None))


def chosen() -> dict[str, str] | None:
    """Every choice that holds, by name; none when they cannot be read.

    On a connection of its own: a request may be half-way through its work. Nor is it one of the
    pool’s: all of those may wait for whoever holds a lock and asks here.
    """
    engine = sa.create_engine(db.engine.url, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            return {name: value for name, value in connection.execute(_CHOSEN) if value is not None}
    except sa.exc.SQLAlchemyError:  # the database is away, or not migrated yet
        if not _is_new(engine):
            log.warning("the choices of the settings page cannot be read")
        return None


def _is_new(engine: sa.Engine) -> bool:
    """Whether no migration has made room for choices yet: a first start is no fault."""
    try:
        return not sa.inspect(engine).has_table(Setting.__tablename__)
    except sa.exc.SQLAlchemyError:
        return False


def changes(name: str) -> Sequence[Entry]:
    """Every change of one setting, newest first."""
    about = Setting(name=name).subject
    return db.session.scalars(
        sa.select(Entry).where(Entry.about == about).order_by(Entry.id.desc())
    ).all()


def newest(names: Iterable[str]) -> Setting | None:
    """The last choice among these settings, also one that put something back."""
    rows = sa.select(Setting).where(Setting.name.in_(names))
    return db.session.scalar(rows.order_by(Setting.id.desc()).limit(1))


def version(names: Iterable[str]) -> int:
    """Which choice that is; 0 for none."""
    row = newest(names)
    return row.id if row else 0


def latest() -> dict[str, Setting]:
    """The last choice of each setting that holds, by name."""
    rows = db.session.scalars(sa.select(Setting).where(_LAST))
    return {row.name: row for row in rows if row.value is not None}
