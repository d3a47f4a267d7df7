"""words may be published on a later day, by themselves

Revision ID: 1795736300
Revises: 1795736200
Create Date: 2026-11-27 05:10:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795736300"
down_revision: str | Sequence[str] | None = "1795736200"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("asset", sa.Column("announce_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("proposal", sa.Column("appears_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_asset_announce_at",
        "asset",
        ["announce_at"],
        sqlite_where=sa.text("announce_at IS NOT NULL"),
        postgresql_where=sa.text("announce_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_asset_announce_at", "asset")
    op.drop_column("proposal", "appears_at")
    op.drop_column("asset", "announce_at")
