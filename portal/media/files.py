"""Files given beside words: judged by their bytes, counted, kept, let go."""

import hashlib

import sqlalchemy as sa

from portal.db import db, lock
from portal.errors import NotFound, Unreadable
from portal.history.actions import Actor, record
from portal.media import pictures, storage
from portal.media.models import PDF, WEBP, Upload, UploadKind

MOST = 20
MOST_BYTES = 50 * 1024 * 1024
ACCEPTED = {
    UploadKind.ATTACHMENT: "a JPEG, PNG, WEBP or GIF picture, or a PDF, of at most 5 MB",
    UploadKind.LOGO: "a JPEG, PNG, WEBP or GIF picture of at most 5 MB",
}


def take(data: bytes, name: str, kind: UploadKind, *, owner_id: int, by: Actor) -> Upload:
    """Keep a file of this advocate's; raises Unreadable naming what we do accept.

    A picture is re-encoded without metadata. A PDF stays as it came, and is only ever handed out
    as a download that can run nothing.
    """
    file, mimetype, size = examine(data, kind)
    lock(f"files of {owner_id}")  # two at once are counted one after the other
    check_room(owner_id, len(file))
    upload = Upload(
        advocate_id=owner_id,
        key=storage.write(file),
        name=name.strip()[-200:] or "file",
        kind=kind,
        type=mimetype,
        size=len(file),
        sha256=hashlib.sha256(file).hexdigest(),
        width=size and size[0],
        height=size and size[1],
    )
    db.session.add(upload)
    record(upload, "uploaded", by=by)
    return upload


def examine(data: bytes, kind: UploadKind) -> tuple[bytes, str, tuple[int, int] | None]:
    """What these bytes are, whatever they are called: the file to keep, its type, its size."""
    if not data:
        raise Unreadable("Choose a file that is not empty.")
    if len(data) > pictures.MAX_BYTES:
        raise Unreadable(f"This file is larger than 5 MB. Choose {ACCEPTED[kind]}.")
    if kind is UploadKind.ATTACHMENT and data.startswith(b"%PDF-"):
        if b"%%EOF" not in data[-1024:]:
            raise Unreadable("This PDF is damaged or incomplete. Save it once more, and choose it.")
        return data, PDF, None
    try:
        picture = pictures.keep(data)
    except Unreadable as refusal:
        if str(refusal) != pictures.WRONG_KIND:
            raise
        raise Unreadable(f"We cannot use this kind of file. Choose {ACCEPTED[kind]}.") from None
    return pictures.webp(picture), WEBP, picture.size


def check_room(owner_id: int, more: int) -> None:
    count, size = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Upload.size), 0)).where(
            Upload.advocate_id == owner_id
        )
    ).one()
    if count >= MOST or size + more > MOST_BYTES:
        raise Unreadable(f"There is room for {MOST} files and 50 MB. Remove one first.")


def of(owner_id: int, upload_id: int) -> Upload:
    """One file of this person's; somebody else’s is not found."""
    found = db.session.get(Upload, upload_id)
    if found is None or found.advocate_id != owner_id:
        raise NotFound("There is no file of yours at this address.")
    return found


def all_of(owner_id: int) -> list[Upload]:
    """Every file of this person's, oldest first."""
    select = sa.select(Upload).where(Upload.advocate_id == owner_id).order_by(Upload.id)
    return list(db.session.scalars(select))


def let_go(upload: Upload, *, by: Actor) -> str:
    """Forget a file; the key of what to delete once the transaction is committed."""
    record(upload, "removed", by=by)
    db.session.delete(upload)
    return upload.key


def forget(owner_id: int, *, by: Actor) -> list[str]:
    """Let go of all of a person's files, when they are erased (T36); the keys to delete."""
    return [let_go(upload, by=by) for upload in all_of(owner_id)]
