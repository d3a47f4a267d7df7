"""imports are of customers alone

Revision ID: 1795770010
Revises: 1795770000
Create Date: 2026-11-27 09:40:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795770010"
down_revision: str | Sequence[str] | None = "1795770000"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_column("customer_import", "kind")


def downgrade() -> None:
    kind = sa.Column("kind", sa.String(20), nullable=False, server_default="customers")
    op.add_column("customer_import", kind)
