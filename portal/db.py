"""The database: one base class, one session, one set of column types."""

import enum
import os
from collections import deque
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import sqlalchemy as sa
from flask import has_request_context, request
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, Session

from portal.errors import NotFound

T = TypeVar("T")
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class UTCDateTime(sa.TypeDecorator[datetime]):
    """A moment in time. Refuses naive datetimes; always comes back as UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return value and value.astimezone(UTC)

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Model(DeclarativeBase):
    """The base of every table."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UTCDateTime,
        date: sa.Date,
        dict[str, Any]: sa.JSON,
        list[Any]: sa.JSON,
        list[str]: sa.JSON,
        enum.StrEnum: sa.Enum(
            enum.StrEnum,
            native_enum=False,
            create_constraint=False,
            length=20,
            values_callable=lambda kinds: [kind.value for kind in kinds],
        ),
    }

    if TYPE_CHECKING:
        id: Mapped[Any]  # each table that others name has one

    @property
    def subject(self) -> str:
        """How other tables name this row, e.g. ``submission:7``."""
        return f"{self.__tablename__}:{self.id}"


db = SQLAlchemy(session_options={"autoflush": True})


@event.listens_for(Session, "before_flush")
def _keep_rewritten(session: Session, *_) -> None:
    """Should a flush find one of them changed meanwhile, the session forgets what it was about."""
    session.info["rewritten"] = [one for one in session.dirty if hasattr(one, "version")]


def rewritten(session) -> list[Model]:
    """The versioned things the last flush was about."""
    return session.info.get("rewritten", [])


def tune(engine: sa.Engine) -> None:
    """Make SQLite keep its word: WAL, FULL, foreign keys, and one writer at a time.

    Deferred transactions silently lose concurrent read-modify-writes, so everything that may
    write begins IMMEDIATE; a GET reads beside the writers (and may therefore never write).
    """
    event.listen(engine, "engine_disposed", _close_kept)
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(connection, _record):
        connection.isolation_level = None  # the driver must not open transactions of its own
        for pragma in (
            "busy_timeout=5000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection):
        reading = connection.get_execution_options().get(
            "read_only", has_request_context() and request.method in SAFE_METHODS
        )
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class Given(sa.ColumnElement):
    """A gap in a statement for ``glance``, filled by name."""

    inherit_cache = True

    def __init__(self, name: str):
        self.name = name


@compiles(Given, "sqlite")
def _given_sqlite(element: Given, _compiler, **_):
    return f":{element.name}"


@compiles(Given, "postgresql")
def _given_postgresql(element: Given, _compiler, **_):
    return f"%({element.name})s"


def glance(select: sa.Select, **values) -> tuple | None:
    """The first row of a SELECT that is kept, its gaps (``Given``) filled with plain values.

    For pages everyone opens: no session, no transaction, a connection kept for such questions, and
    the statement is put into words once, so it costs a tenth. Values come back as the driver has
    them.
    """
    engine = db.engine
    sql = _in_sql(select, engine.dialect)
    if engine.dialect.name == "sqlite":  # which keeps a moment as text
        values = {name: as_text(value) for name, value in values.items()}
    refusal = engine.dialect.loaded_dbapi.Error
    try:
        return _first_row(engine, _kept(engine) or _open(engine), sql, values)
    except refusal:  # it may have been away since we last asked: once more, on a new connection
        _close_kept(engine)
    try:
        return _first_row(engine, _open(engine), sql, values)
    except refusal as error:
        raise sa.exc.DBAPIError.instance(sql, None, error, refusal) from error


# Connections outside the pool, with the pool of their engine. Each statement is a transaction of
# its own: none stays open, so it reads what was committed last, and holds up neither checkpoints
# nor vacuuming. They belong to the process and not to its threads: a thread that ends closes what
# it owns when it has no interpreter any more, and takes the whole process with it.
_spare: deque[tuple[sa.Pool, Any]] = deque()
_parents: list = []


def _forget() -> None:
    """A child closes nothing that its parent still uses, and uses nothing of its parent's."""
    _parents.extend(_spare)
    _spare.clear()


os.register_at_fork(after_in_child=_forget)


def _first_row(engine: sa.Engine, driver, sql: str, values: dict) -> tuple | None:
    """What it answers; the connection is kept if it did, else closed."""
    pool = engine.pool
    try:
        row = driver.execute(sql, values).fetchone()
    except BaseException:
        driver.close()
        raise
    _spare.append((pool, driver))
    return row


def _kept(engine: sa.Engine):
    """A connection nobody uses just now; None when there is none since the engine was disposed."""
    while _spare:
        try:
            pool, driver = _spare.pop()
        except IndexError:  # another thread was faster
            break
        if pool is engine.pool:
            return driver
        driver.close()
    return None


def _open(engine: sa.Engine) -> Any:
    connection = engine.raw_connection()
    connection.detach()
    driver: Any = connection.dbapi_connection
    if engine.dialect.name == "postgresql":
        driver.autocommit = True  # as SQLite's are: see ``tune``
    return driver


def _close_kept(engine: sa.Engine) -> None:
    while driver := _kept(engine):
        driver.close()


def as_moment(value: Any) -> datetime:
    """A moment as ``glance`` gives it, whichever the driver."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_text(value):
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return value


@lru_cache(maxsize=100)
def _in_sql(select: sa.Select, dialect: sa.Dialect) -> str:
    return str(select.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def be_patient(engine: sa.Engine) -> None:
    """Wait a minute for other writers, not five seconds: nobody sits before a worker's job."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda new, _: new.execute("PRAGMA busy_timeout=60000"))
        engine.dispose()


def changed(statement: sa.UpdateBase) -> int:
    """Do what an UPDATE or DELETE says; how many rows it met."""
    return cast(sa.CursorResult, db.session.execute(statement)).rowcount  # as any change answers


def only(select: sa.Select[T]) -> T:
    """The answer of a SELECT that always has exactly one, such as a count."""
    return db.session.execute(select).scalar_one()


def lock(name: str) -> None:
    """Let one transaction at a time past this point; released by commit or rollback.

    SQLite's writers already wait for each other (see ``tune``).
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"goodword:{name}")))
        )


def lock_row(row: Model) -> None:
    """Let one transaction at a time past this point for this row, and see it as it is now.

    Two steps: to load it with FOR UPDATE holds the rows joined to it as well, and fails where the
    row came to belong to another, or to a newer version, during the wait.
    """
    db.session.flush()
    kind = type(row)
    number = sa.inspect(row).identity
    held = sa.select(kind.id).where(kind.id == (number[0] if number else row.id))
    if db.session.scalar(held.with_for_update()) is None:
        raise NotFound("This is not here any more: it was deleted meanwhile.")
    db.session.refresh(row)


def last_of_each(*of: InstrumentedAttribute[Any]) -> sa.Select:
    """The id of the newest row for each thing (or set of things) that these columns name."""
    return sa.select(sa.func.max(of[0].class_.id)).group_by(*of)


def is_last(*of: InstrumentedAttribute[Any]) -> sa.ColumnElement[bool]:
    """Whether a row is one of those."""
    return of[0].class_.id.in_(last_of_each(*of))


def render_item(kind, item, _context):
    """Write our own types into migrations as plain SQLAlchemy ones."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False
