"""On which of our own pages a quote or story stands: on all of them, until somebody chooses."""

import sqlalchemy as sa
from alembic import op

revision = "1795738510"
down_revision = "1795738500"
branch_labels = None
depends_on = None

PAGES = ("on_home", "on_stories", "on_referrals")


def upgrade() -> None:
    for name in PAGES:
        op.add_column(
            "asset", sa.Column(name, sa.Boolean(), server_default=sa.true(), nullable=False)
        )
    op.add_column("asset", sa.Column("front_place", sa.Integer(), nullable=True))
    op.add_column("proposal", sa.Column("pages", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("proposal", "pages")
    op.drop_column("asset", "front_place")
    for name in reversed(PAGES):
        op.drop_column("asset", name)
