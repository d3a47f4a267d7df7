"""What a receipt was given for: the words in just the version its choices are bound to, and what
is said of their reward. The receipt prints both, so that its person keeps a proof of them (T27)."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.consent.models import Receipt
from portal.db import db
from portal.submissions.models import Submission, Version
from portal.submissions.queries import shown
from portal.submissions.sending import said_beside, said_once_sent


@dataclass(frozen=True)
class Given:
    """The public answers, each under its label; and the disclosure beside them."""

    words: list[tuple[str, str]]
    all_of_it: bool  # else something was told to the team alone
    language: str
    disclosure: str
    later: str  # what the disclosure turns into once the reward was sent


def given_for(receipt: Receipt) -> Given | None:
    """None where it was given for no words, such as a name on a referral page."""
    submission = db.session.scalar(sa.select(Submission).where(Submission.receipt_id == receipt.id))
    version = submission and _bound(submission, receipt)
    if not (submission and version):
        return None
    said = [answer for answer in version.answers if answer["public"] and answer["value"]]
    return Given(
        words=[(answer["label"], shown(answer["kind"], answer["value"])) for answer in said],
        all_of_it=all(answer["public"] for answer in version.answers),
        language=submission.language,
        disclosure=said_beside(submission),
        later=said_once_sent(submission),
    )


def _bound(submission: Submission, receipt: Receipt) -> Version | None:
    """The newest version any choice was bound to by its fingerprint."""
    hashes = [event.text_sha256 for event in receipt.events if event.text_sha256]
    mine = (one for one in reversed(submission.versions) if hashes and one.sha256 == hashes[-1])
    return next(mine, None)
