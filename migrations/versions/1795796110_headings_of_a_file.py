"""Under which headings the cells of refused rows stood."""

import sqlalchemy as sa
from alembic import op

revision = "1795796110"
down_revision = "1795796100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "customer_import", sa.Column("headings", sa.JSON(), server_default="[]", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("customer_import", "headings")
