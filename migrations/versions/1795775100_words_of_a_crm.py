"""What a CRM’s own words for its stages mean here, as a colleague said."""

import sqlalchemy as sa
from alembic import op

revision = "1795775100"
down_revision = "1795775000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "stage_import", sa.Column("meanings", sa.JSON(), server_default="{}", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("stage_import", "meanings")
