"""codes for another device, and by which ways people want to be asked

Revision ID: 1795735100
Revises: 1795734900

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795735100"
down_revision: str | Sequence[str] | None = "1795734900"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(60), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_code_five_tries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_code_address_hash")),
    )
    op.create_index(op.f("ix_code_subject"), "code", ["subject"])
    op.add_column("advocate", sa.Column("asked_by", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("advocate") as batch:
        batch.drop_column("asked_by")
    op.drop_table("code")
