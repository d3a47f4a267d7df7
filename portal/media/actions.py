"""Photos of people: taken in, put beside a person, taken away."""

import hashlib
from typing import Protocol

from portal.db import db
from portal.history.actions import Actor, record
from portal.media import pictures, storage
from portal.media.models import Photo
from portal.media.pictures import Square


class Pictured(Actor, Protocol):
    """Someone whose row names a photo of theirs."""

    photo_id: int | None


def store(data: bytes, *, by: Actor, square: Square | None = None, alt: str = "") -> Photo:
    """Check, re-encode and keep a picture; raises Unreadable saying what is wrong with it."""
    picture = pictures.remake(data, square)
    file = pictures.webp(picture)
    photo = Photo(
        key=storage.write(file),
        width=picture.width,
        height=picture.height,
        sha256=hashlib.sha256(file).hexdigest(),
        alt=alt,
    )
    db.session.add(photo)
    record(photo, "uploaded", by=by)
    return photo


def put(
    data: bytes,
    *,
    beside: Pictured,
    by: Actor,
    square: Square | None = None,
    alt: str = "",
) -> str | None:
    """Make this picture the person's photo (T7); the key of the file it replaces, if any.

    The caller deletes that file once the transaction is committed.
    """
    photo = store(data, by=by, square=square, alt=alt)
    former = take_away(beside, by=by)
    beside.photo_id = photo.id
    return former


def take_away(person: Pictured, *, by: Actor) -> str | None:
    """Leave the person without a photo; the key of the file to delete after the commit."""
    photo = db.session.get(Photo, person.photo_id) if person.photo_id else None
    if photo is None:
        return None
    person.photo_id = None
    db.session.flush()
    record(photo, "removed", by=by)
    db.session.delete(photo)
    return photo.key
