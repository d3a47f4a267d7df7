"""blocks for other sites

Revision ID: 1795731000
Revises: 1795733500
Create Date: 2026-11-26 21:40:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795731000"
down_revision: str | Sequence[str] | None = "1795733500"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_block_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("slug", name=op.f("uq_block_slug")),
    )
    op.create_table(
        "block_pick",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_block_pick_asset_id")),
        sa.ForeignKeyConstraint(["block_id"], ["block.id"], name=op.f("fk_block_pick_block_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block_pick")),
        sa.UniqueConstraint("block_id", "asset_id", name=op.f("uq_block_pick_block_id_asset_id")),
    )
    op.create_index(op.f("ix_block_pick_asset_id"), "block_pick", ["asset_id"])


def downgrade() -> None:
    op.drop_table("block_pick")
    op.drop_table("block")
