"""What a receipt was given for: the words in just the version its choices are bound to, what is
said of their reward, and how their author is credited.

The page, the paper and the data of a receipt say all three, so that its person keeps a proof of
them (T27), and none calls given what the credit leaves without effect.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.consent.models import Purpose, Receipt
from portal.db import db
from portal.submissions import crediting
from portal.submissions.models import Credit, Submission, Version
from portal.submissions.queries import shown
from portal.submissions.sending import said_beside, said_once_sent


@dataclass(frozen=True)
class Given:
    """The public answers, each under its label; the disclosure beside them; and the credit."""

    submission_id: int
    words: list[tuple[str, str]]
    all_of_it: bool  # else something was told to the team alone
    language: str
    sha256: str  # of all that was sent
    disclosure: str
    later: str  # what the disclosure turns into once the reward was sent
    credit: str  # as its person chose it, in words
    how: Credit

    def without_effect(self, purpose: Purpose, in_force: bool) -> str:
        """Why a yes to this is shown nowhere; empty for one that may be, and for a no."""
        return crediting.without_effect(self.how, purpose, in_force)


def given_for(receipt: Receipt) -> Given | None:
    """None where it was given for no words, such as a name on a referral page."""
    submission = db.session.scalar(sa.select(Submission).where(Submission.receipt_id == receipt.id))
    if submission is None:
        return None
    version = _bound(submission, receipt)
    answers = version.answers if version else []
    said = [answer for answer in answers if answer["public"] and answer["value"]]
    return Given(
        submission_id=submission.id,
        words=[(answer["label"], shown(answer["kind"], answer["value"])) for answer in said],
        all_of_it=all(answer["public"] for answer in answers),
        language=submission.language,
        sha256=version.sha256 if version else "",
        disclosure=said_beside(submission),
        later=said_once_sent(submission),
        credit=crediting.CHOSEN[submission.credit].capitalize(),
        how=submission.credit,
    )


def _bound(submission: Submission, receipt: Receipt) -> Version | None:
    """The version whose fingerprint the newest choice that has one was made for."""
    hashes = [event.text_sha256 for event in receipt.events if event.text_sha256]
    mine = (one for one in reversed(submission.versions) if hashes and one.sha256 == hashes[-1])
    return next(mine, None)
