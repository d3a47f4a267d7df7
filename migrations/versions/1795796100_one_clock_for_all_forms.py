"""Forms for times begin with the team's clock, whatever was planned last."""

import sqlalchemy as sa
from alembic import op

revision = "1795796100"
down_revision = "1795796000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("staff_desk", "time_zone")


def downgrade() -> None:
    op.add_column(
        "staff_desk",
        sa.Column("time_zone", sa.String(length=60), server_default="", nullable=False),
    )
