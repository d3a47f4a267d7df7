"""A company's logo beside its story: only with both yeses, asked anew each time (T23, T28)."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.consent import companies
from portal.consent.models import Purpose, Scope
from portal.db import db
from portal.media.models import Upload, UploadKind
from portal.publishing.models import Asset
from portal.publishing.queries import is_allowed, shown, stands
from portal.submissions.models import Submission, Version


@dataclass(frozen=True)
class Logo:
    """What a page needs to draw it."""

    key: str
    alt: str
    width: int
    height: int

    @property
    def url(self) -> str:
        return f"/media/logos/{self.key}.webp"


def beside(asset: Asset) -> Logo | None:
    """The logo of a published story, if it may be seen now."""
    row = given_with(asset.words)
    if row is None or not db.session.execute(visible().where(Asset.id == asset.id)).first():
        return None
    upload = db.session.get(Upload, row["id"])
    if upload is None:
        return None
    return Logo(upload.key, row["alt"], upload.width or 0, upload.height or 0)


def is_public(key: str) -> bool:
    """Only while something published shows it."""
    upload = db.session.scalar(
        sa.select(Upload).where(Upload.key == key, Upload.kind == UploadKind.LOGO)
    )
    if upload is None:
        return False
    theirs = visible().where(Submission.advocate_id == upload.advocate_id)
    rows = (given_with(row[0].words) for row in db.session.execute(theirs) if stands(row))
    return any(row and row["id"] == upload.id for row in rows)


def visible() -> sa.Select:
    """Published words whose author and whose company both allow the logo now, and whose author did
    not choose to stay anonymous."""
    return shown().where(
        is_allowed(Purpose.LOGO),
        companies.company_allows(Advocate.company_id, Scope.LOGO, receipt_id=Submission.receipt_id),
    )


def given_with(version: Version) -> dict | None:
    """The logo sent with these words."""
    return next(
        (
            row
            for answer in version.answers
            if answer["kind"] == "files"
            for row in answer["value"]
            if row["kind"] == UploadKind.LOGO
        ),
        None,
    )
