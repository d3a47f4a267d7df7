"""four platforms’ rules with the page on which they can be read today

What the rules say is unchanged. A row that somebody here has already rewritten is left as it is.

Revision ID: 1795736405
Revises: 1795736400
Create Date: 2026-11-27 08:50:00

"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "1795736405"
down_revision: str | Sequence[str] | None = "1795736400"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SMALL = "They allow small thank-you items and name no sum: 25 USD is how we read it."
READ = {
    "google": {"source": "https://support.google.com/business/answer/14114287"},
    "amazon": {"source": "https://www.amazon.co.uk/gp/help/customer/display.html?nodeId=202094170"},
    "yelp": {
        "source": "https://www.yelpblog.com/2017/11/"
        "businesses-not-work-review-solicitation-companies"
    },
    "trustradius": {
        "source": "https://www.trustradius.com/static/content-integrity",
        "note": SMALL,
    },
}
MADE = datetime(2026, 11, 27, tzinfo=UTC)


def upgrade() -> None:
    connection = op.get_bind()
    table = sa.Table("platform_rule", sa.MetaData(), autoload_with=connection)
    for platform, said in READ.items():
        row = connection.execute(
            sa.select(table)
            .where(table.c.platform == platform)
            .order_by(table.c.version.desc())
            .limit(1)
        ).mappings()
        newest = dict(row.one())
        if newest.pop("by") == "system" and newest.pop("version") == 1:
            del newest["id"]
            newest |= said | {"checked_on": date(2026, 11, 27), "created_at": MADE}
            connection.execute(table.insert().values(**newest, version=2, by="system"))


def downgrade() -> None:
    """What was written stays: the table is append-only, and the rows fit it as before."""
