"""By which post of a form an act was done, so that the same post again is known."""

import sqlalchemy as sa
from alembic import op

revision = "1795770030"
down_revision = "1795770020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("history", sa.Column("post", sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column("history", "post")
