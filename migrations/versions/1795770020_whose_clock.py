"""The clock on which a colleague last planned something."""

import sqlalchemy as sa
from alembic import op

revision = "1795770020"
down_revision = "1795770010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "staff_desk",
        sa.Column("time_zone", sa.String(length=60), server_default="", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("staff_desk", "time_zone")
