"""The page of everything that waits: filtered, in order, the same speed at any size."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.db import Model, db
from portal.errors import NotFound
from portal.queue.kinds import ME, Drawn, Kind, age, moment
from portal.queue.models import Desk, QueueClaim, SavedView
from portal.staff.models import Staff

LIMIT = 50
CAP = 99  # nobody needs to count further
SHOWS = {
    "": "Everything", "free": "Nobody is on it", "mine": "I am on it", "own": "Mine to look after",
    "late": "Overdue", "soon": "Due soon",
}  # fmt: skip
SORTS = {"": "Oldest first", "newest": "Newest first"}


@dataclass(frozen=True)
class Place:
    """Where something stands in the order of the queue."""

    since: datetime
    key: str
    id: int

    def __str__(self) -> str:
        return f"{self.since.isoformat()}~{self.key}~{self.id}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        try:
            since, key, number = text.split("~")
            moment = datetime.fromisoformat(since)
            return cls(moment, key, int(number)) if moment.tzinfo else None
        except ValueError:
            return None


@dataclass(frozen=True)
class View:
    """What somebody asks of the queue; all of it stands in the address."""

    kind: str = ""
    show: str = ""
    what: str = ""
    sort: str = ""
    after: Place | None = None
    before: Place | None = None

    @classmethod
    def read(
        cls, asked: Mapping[str, str], kinds: Sequence[Kind], whats: Collection[str]
    ) -> "View":
        """From an address; what it cannot mean is left out."""

        def one_of(name: str, known) -> str:
            return asked[name] if asked.get(name) in known else ""

        return cls(
            kind=one_of("kind", {kind.key for kind in kinds}),
            show=one_of("show", SHOWS),
            what=one_of("what", whats),
            sort=one_of("sort", SORTS),
            after=Place.read(asked.get("after", "")),
            before=Place.read(asked.get("before", "")),
        )

    def asked(self, **changes: Any) -> dict[str, Any]:
        """The arguments of an address that asks the same, or something else of it."""
        one = replace(self, after=None, before=None, **changes)
        names = ("kind", "show", "what", "sort", "after", "before")
        return {name: str(getattr(one, name)) for name in names if getattr(one, name)}


@dataclass(frozen=True)
class Waiting:
    """One thing a person has to look at."""

    kind: Kind
    id: int
    since: datetime
    drawn: Drawn
    claim: QueueClaim | None
    mark: str  # that it is overdue, or due soon

    @property
    def age(self) -> str:
        return age(clock.now() - self.since)

    @property
    def place(self) -> Place:
        return Place(self.since, self.kind.key, self.id)


@dataclass(frozen=True)
class Page:
    """Some of what waits, and the places from which to go on or back."""

    items: list[Waiting]
    next: Place | None
    previous: Place | None


# ── Which ──────────────────────────────────────────────────────────────────────────────────


def counts(kinds: Sequence[Kind], view: View | None = None, me: Staff | None = None):
    """How much waits, by key, each counted to CAP + 1."""
    view = view or View()
    count = _counting(tuple(kinds), view.show, view.what)
    found = db.session.execute(count, _claimed(kinds, view.show, me)).one()
    return {kind.key: number for kind, number in zip(kinds, found, strict=True)}


@lru_cache(maxsize=50)
def _counting(kinds: Sequence[Kind], show: str, what: str) -> sa.Select:
    """Kept, as it stands on every page and says the same each time."""

    def count(some: sa.Select) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery()

    found = []
    for kind in kinds:
        query = sa.select(kind.row.id)
        first, *more = map(count, _first(CAP + 1, query, kind, _filters(kind, show, what)))
        found.append(sum(more, first))
    return sa.select(*found)


def capped(number: int) -> str:
    return f"{CAP}+" if number > CAP else str(number)


def page(kinds: Sequence[Kind], view: View, me: Staff, limit: int = LIMIT) -> Page:
    """The next ``limit`` of what the view asks for."""
    backwards = view.before is not None
    down = (view.sort == "newest") is not backwards
    edge = view.before or view.after
    chosen = tuple(kind for kind in kinds if view.kind in ("", kind.key))
    query = _paging(chosen, view.show, view.what, edge and edge.key, down)
    given = _claimed(chosen, view.show, me) | {"limit": limit + 1}
    if edge:
        given |= {"at": edge.since, "at_id": edge.id}
    rows = db.session.execute(query, given).all()
    more, rows = len(rows) > limit, rows[:limit]
    items = _drawn(chosen, rows[::-1] if backwards else rows)
    return Page(
        items,
        next=items[-1].place if items and (more or backwards) else None,
        previous=items[0].place if items and (more if backwards else edge) else None,
    )


@lru_cache(maxsize=200)
def _paging(
    kinds: Sequence[Kind], show: str, what: str, edge: str | None, down: bool
) -> sa.Select[tuple[str, int, datetime]]:
    """Each kind gives at most a page by its index, and the few found are put in one order."""
    limit, parts = sa.bindparam("limit", type_=sa.Integer), []
    for kind in kinds:
        order = [kind.since, kind.row.id]
        query = sa.select(
            sa.literal(kind.key).label("key"), kind.row.id.label("id"), kind.since.label("since")
        ).order_by(*([column.desc() for column in order] if down else order))
        where = [*_filters(kind, show, what), *_beyond(kind, edge, down)]
        parts += [sa.select(one.subquery()) for one in _first(limit, query, kind, where)]
    every = sa.union_all(*parts).subquery()
    order = [every.c.since, every.c.key, every.c.id]
    order = [column.desc() for column in order] if down else order
    return sa.select(every).order_by(*order).limit(limit)


def _first(limit, query: sa.Select, kind: Kind, where: Sequence[Any]) -> Iterator[sa.Select]:
    """The first so many this asks for.

    Of one’s own they are found in one of two ways, and the other gives none: by those one looks
    after, while these are few; else among all that wait, of which then many are one’s own.
    """
    if kind.few is None or not any(one is kind.whose for one in where):
        yield query.where(*where).limit(limit)
        return
    are_few, theirs = kind.few
    # No index fits what is in a function, so theirs is the only one there is to use.
    rest = [sa.func.coalesce(one, sa.false()) for one in where if one is not kind.whose]
    yield query.where(theirs, *rest).limit(sa.case((are_few, limit), else_=0))
    yield query.where(*where).limit(sa.case((are_few, 0), else_=limit))


def _filters(kind: Kind, show: str, what: str) -> list[sa.ColumnElement[bool]]:
    found = list(kind.waits())
    if what:
        found.append(kind.what == what if kind.what is not None else sa.false())
    if show in ("late", "soon"):
        found.append(kind.is_late() if show == "late" else kind.is_soon())
    if show == "own":
        found.append(kind.whose if kind.whose is not None else sa.false())
    if show in ("mine", "free"):
        ids = sa.bindparam(kind.row.__tablename__, expanding=True, type_=sa.Integer)
        found.append(kind.row.id.in_(ids) if show == "mine" else kind.row.id.not_in(ids))
    return found


def _claimed(kinds: Sequence[Kind], show: str, me: Staff | None) -> dict[str, Any]:
    """What somebody is on, by table; claims are few, and end by themselves. And who asks."""
    if show == "own":
        return {"me": me and me.id}
    if show not in ("mine", "free"):
        return {}
    query = sa.select(QueueClaim.about).where(QueueClaim.until > clock.now())
    if show == "mine" and me:
        query = query.where(QueueClaim.staff_id == me.id)
    found: dict[str, Any] = {kind.row.__tablename__: [] for kind in kinds}
    for about in db.session.scalars(query):
        table, _, number = about.rpartition(":")
        found.setdefault(table, []).append(int(number))
    return {kind.row.__tablename__: found[kind.row.__tablename__] for kind in kinds}


def _beyond(kind: Kind, edge: str | None, down: bool) -> list[sa.ColumnElement[bool]]:
    """What of this kind comes after a place; kinds of one moment follow each other by key."""
    if edge is None:
        return []
    at = sa.bindparam("at", type_=kind.since.type)
    if kind.key == edge:
        place = sa.tuple_(at, sa.bindparam("at_id", type_=sa.Integer))
        here = sa.tuple_(kind.since, kind.row.id)
        return [here < place if down else here > place]
    same_moment = kind.key < edge if down else kind.key > edge
    if down:
        return [kind.since <= at if same_moment else kind.since < at]
    return [kind.since >= at if same_moment else kind.since > at]


# ── In words ───────────────────────────────────────────────────────────────────────────────


def _drawn(kinds: Sequence[Kind], rows: Sequence[Any]) -> list[Waiting]:
    by_key = {kind.key: kind for kind in kinds}
    told, claimed = _told(by_key, rows), claims()
    marks = {kind: kind.marking() for kind in {by_key[key] for key, _, _ in rows}}
    items = []
    for key, number, since in rows:
        kind = by_key[key]
        thing, drawn = told[kind.look, number]
        claim, mark = claimed.get(kind.subject(number)), marks[kind](thing, since)
        items.append(Waiting(kind, number, since, drawn, claim, mark))
    return items


def _told(by_key: Mapping[str, Kind], rows: Sequence[Any]) -> dict[tuple, tuple[Any, Drawn]]:
    """Each of these things and its words, by how it is told and its id."""
    wanted: dict[tuple, list[int]] = defaultdict(list)
    for key, number, _ in rows:
        wanted[by_key[key].look].append(number)
    told: dict[tuple, tuple[Any, Drawn]] = {}
    for look, ids in wanted.items():
        row, draw, shown = look
        found = db.session.execute(_reading(row, shown), {"ids": ids})
        things = (found.scalars().unique() if isinstance(shown, tuple) else found).all()
        told |= {(look, one.id): (one, it) for one, it in zip(things, draw(things), strict=True)}
    return told


@lru_cache(maxsize=50)
def _reading(row: type[Model], shown: sa.Select | tuple) -> sa.Select:
    """Kept, as are the others: to put a statement together costs more than to ask it."""
    ids = sa.bindparam("ids", expanding=True, type_=sa.Integer)
    whole = sa.select(row).options(*shown) if isinstance(shown, tuple) else shown
    return whole.where(row.id.in_(ids))


CLAIMED = sa.select(QueueClaim).where(QueueClaim.until > moment(clock.now))


def claims() -> dict[str, QueueClaim]:
    """Who is on what just now; claims are few, and end by themselves."""
    return {claim.about: claim for claim in db.session.scalars(CLAIMED)}


def find(kinds: Sequence[Kind], key: str, number: int) -> Waiting:
    """One waiting thing; raises NotFound when it waits no more."""
    if at := place(kinds, key, number):
        kind = next(one for one in kinds if one.key == key)
        return _drawn([kind], [(key, number, at.since)])[0]
    raise NotFound("This does not wait for anyone any more.")


def place(kinds: Sequence[Kind], key: str, number: int) -> Place | None:
    """Where one thing stands in the order of the queue; None when it waits no more."""
    for kind in (one for one in kinds if one.key == key):
        here = sa.select(kind.since).where(kind.row.id == number, *kind.waits())
        since = db.session.scalar(here)
        return since and Place(since, key, number)
    return None


# ── Whose desk ─────────────────────────────────────────────────────────────────────────────


_VIEWS = sa.select(SavedView).where(SavedView.staff_id == ME).order_by(SavedView.name)


def views_of(person: Staff) -> Sequence[SavedView]:
    """The views somebody keeps, by name."""
    return db.session.scalars(_VIEWS, {"me": person.id}).all()


def desk_of(person: Staff) -> Desk:
    """How somebody likes their desk; never stored by asking."""
    return db.session.get(Desk, person.id) or Desk(staff_id=person.id, keys_on=True)
