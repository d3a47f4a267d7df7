import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal import clock
from portal.db import UTCDateTime, changed, db
from portal.sessions.models import ABSOLUTE, CONFIRMED, Session, Way, Who


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin(
    who: Who, person_id: int, user_agent: str = "", way: Way = Way.LINK, *, proven: bool = True
) -> str:
    """Sign a person in and give back the token for their cookie (shown once).

    ``proven``: that it is them was proved just now, not merely some time today.
    """
    token = secrets.token_urlsafe(32)
    db.session.add(
        Session(
            token_hash=_hash(token),
            who=who,
            person_id=person_id,
            user_agent=user_agent[:200],
            way=way,
            confirmed_at=clock.now() - (timedelta() if proven else CONFIRMED),
            expires_at=clock.now() + ABSOLUTE[who],
        )
    )
    return token


# What the session behind a cookie's token fulfils, while it lasts; for statements that are kept.
LASTING = (
    Session.token_hash == sa.bindparam("token_hash", type_=sa.String),
    Session.who == sa.bindparam("who", type_=Session.who.type),
    Session.ended_at.is_(None),
    Session.expires_at > sa.bindparam("now", callable_=lambda: clock.now(), type_=UTCDateTime),
)
_CURRENT = sa.select(Session).where(*LASTING)


def named(who: Who, token: str) -> dict[str, str]:
    """Whose session and which, for a statement with ``LASTING``."""
    return {"who": who, "token_hash": _hash(token)}


def current(who: Who, token: str) -> Session | None:
    """The session behind a cookie's token, while it lasts."""
    return db.session.scalar(_CURRENT, named(who, token))


def end(token: str) -> None:
    """Sign out this browser."""
    db.session.execute(
        sa.update(Session).where(Session.token_hash == _hash(token)).values(ended_at=clock.now())
    )


def end_all(who: Who, person_id: int, *, but: str = "") -> None:
    """Sign the person out everywhere, or everywhere but where this token is."""
    ending = sa.update(Session).where(
        Session.who == who, Session.person_id == person_id, Session.ended_at.is_(None)
    )
    if but:
        ending = ending.where(Session.token_hash != _hash(but))
    db.session.execute(ending.values(ended_at=clock.now()))


def end_one(who: Who, person_id: int, session_id: int) -> None:
    """Sign out one browser of this person; another’s session is nobody’s to end."""
    db.session.execute(
        sa.update(Session)
        .where(Session.id == session_id, Session.who == who, Session.person_id == person_id)
        .where(Session.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def confirm(token: str, way: Way | None = None) -> None:
    """They proved again that it is them; with ``way``, by more than before."""
    said = {"confirmed_at": clock.now()} | ({"way": way} if way else {})
    db.session.execute(sa.update(Session).where(Session.token_hash == _hash(token)).values(said))


def acted(row: Session) -> None:
    """Note, every five minutes at most, that someone is at work here."""
    if clock.now() - row.acted_at > timedelta(minutes=5):
        row.acted_at = clock.now()


def forget(who: Who, person_id: int) -> None:
    """Sign the person out everywhere, and forget that they were here (T36)."""
    db.session.execute(sa.delete(Session).where(Session.who == who, Session.person_id == person_id))


def purge(before: datetime) -> int:
    """Let go of sessions that ended before this moment; how many."""
    ended = sa.or_(Session.expires_at < before, Session.ended_at < before)
    return changed(sa.delete(Session).where(ended))
