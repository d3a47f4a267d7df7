"""a company takes another name; what was agreed to before keeps the old one

Revision ID: 1795736510
Revises: 1795738400
Create Date: 2026-11-27 09:10:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795736510"
down_revision: str | Sequence[str] | None = "1795738400"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for table in ("receipt", "org_approval"):
        name = sa.Column("company_name", sa.String(200), nullable=False, server_default="")
        op.add_column(table, name)
    op.add_column("company", sa.Column("renamed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("company", "renamed_at")
    op.drop_column("org_approval", "company_name")
    op.drop_column("receipt", "company_name")
