"""How many reviews are published, by what they rated: the check on ourselves (T17).

Only decided ones are counted, so it tells a moderator nothing of what still waits (T16).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from portal.campaigns.models import Action
from portal.db import db, is_last
from portal.submissions.models import State, Submission, Version

BANDS = {"1 or 2 stars": (1, 2), "3 stars": (3,), "4 or 5 stars": (4, 5)}
SHOWN = (State.PUBLISHED, State.RETIRED)


@dataclass(frozen=True)
class Band:
    """Decided reviews of one band of ratings."""

    name: str
    published: int
    private: int  # accepted, and their author wants them shown nowhere
    declined: int

    @property
    def decided(self) -> int:
        return self.published + self.private + self.declined

    @property
    def rate(self) -> int | None:
        """Per cent published of those that could have been; None when there are none."""
        could = self.published + self.declined
        return round(100 * self.published / could) if could else None


def bands() -> Sequence[Band]:
    """Each band, from the lowest ratings up."""
    rows = db.session.execute(
        sa.select(Version.rating, Submission.state, sa.func.count())
        .join(Version.submission)
        .where(
            is_last(Version.submission_id),
            Submission.action == Action.REVIEW,
            Submission.state.in_([*SHOWN, State.APPROVED, State.DECLINED]),
        )
        .group_by(Version.rating, Submission.state)
    ).all()

    def count(stars: tuple[int, ...], *states: State) -> int:
        return sum(n for rating, state, n in rows if rating in stars and state in states)

    return [
        Band(name, count(stars, *SHOWN), count(stars, State.APPROVED), count(stars, State.DECLINED))
        for name, stars in BANDS.items()
    ]
