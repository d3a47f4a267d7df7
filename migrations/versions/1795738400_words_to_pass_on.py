"""words a campaign suggests to whoever passes a link on

Revision ID: 1795738400
Revises: 1795738300
Create Date: 2026-11-27 09:05:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795738400"
down_revision: str | Sequence[str] | None = "1795738300"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "campaign", sa.Column("share_text", sa.String(), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("campaign", "share_text")
