import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model


class Photo(Model):
    """A picture of a person, re-encoded by us; private until a consent in force shows it."""

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)  # random; the name in storage
    width: Mapped[int]
    height: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    alt: Mapped[str] = mapped_column(sa.String(300), default="")  # what it shows, in their words
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class UploadKind(enum.StrEnum):
    LOGO = "logo"
    ATTACHMENT = "attachment"


PDF = "application/pdf"
WEBP = "image/webp"


class Upload(Model):
    """A file someone gave us beside their words: a picture re-encoded by us, or a PDF as it came.

    Its own name is data to show, never a path; its kind is what its bytes are.
    """

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    advocate_id: Mapped[int] = mapped_column(sa.ForeignKey("advocate.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)  # random; the name in storage
    name: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[UploadKind]
    type: Mapped[str] = mapped_column(sa.String(40))
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(sa.String(64))
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def is_picture(self) -> bool:
        return self.type == WEBP
