"""The version of an offer with its name and its way to people, which are no part of its terms."""

import sqlalchemy as sa
from alembic import op

revision = "1795773110"
down_revision = "1795773100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offer", sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("offer", "version")
