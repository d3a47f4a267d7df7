"""What a link's page asks for and shows, per campaign; the network a lead came from, for two days."""

import sqlalchemy as sa
from alembic import op

revision = "1795733500"
down_revision = "1795732800"
branch_labels = None
depends_on = None

ASKS = {"asks_company": "required", "asks_message": "optional", "asks_phone": "hidden"}


def upgrade():
    for name, default in ASKS.items():
        column = sa.Column(name, sa.String(20), nullable=False, server_default=default)
        op.add_column("campaign", column)
    shows = sa.Column("shows_quote", sa.Boolean(), nullable=False, server_default=sa.true())
    op.add_column("campaign", shows)
    for name, length in {"phone": 40, "network": 24}.items():
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("lead", column)
    op.create_index(op.f("ix_lead_network"), "lead", ["network"])


def downgrade():
    op.drop_index(op.f("ix_lead_network"), "lead")
    for name in ("network", "phone"):
        op.drop_column("lead", name)
    for name in ("shows_quote", *ASKS):
        op.drop_column("campaign", name)
