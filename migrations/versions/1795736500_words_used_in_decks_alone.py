"""a question whether words are still right knows which use it is about

Revision ID: 1795736500
Revises: 1795736405
Create Date: 2026-11-27 08:50:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795736500"
down_revision: str | Sequence[str] | None = "1795736405"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    purpose = sa.Column("purpose", sa.String(length=20), nullable=False, server_default="words")
    op.add_column("renewal", purpose)


def downgrade() -> None:
    with op.batch_alter_table("renewal") as batch_op:
        batch_op.drop_column("purpose")
