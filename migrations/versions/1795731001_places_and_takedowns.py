"""places where words are used, and takedowns

Revision ID: 1795731001
Revises: 1795731000
Create Date: 2026-11-26 21:55:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795731001"
down_revision: str | Sequence[str] | None = "1795731000"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def word(*values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, length=20)


def upgrade() -> None:
    # What was agreed to before named our own pages alone.
    op.add_column(
        "org_approval",
        sa.Column("in_embeds", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "placement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("kind", word("site", "deck", "deal", "ad", "print"), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("names_company", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_placement_asset_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_placement_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
    )
    op.create_index(op.f("ix_placement_asset_id"), "placement", ["asset_id"])
    op.create_table(
        "takedown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            word("withdrawn", "expired", "refused", "company", "left", "restricted", "unconfirmed"),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", word("gone", "stopped", "permitted"), nullable=True),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("proof_url", sa.String(length=500), nullable=False),
        sa.Column("proof_key", sa.String(length=64), nullable=False),
        sa.Column("proof_type", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(outcome IS NULL) = (closed_at IS NULL)", name=op.f("ck_takedown_outcome_if_closed")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome = 'permitted'"
            " OR proof <> '' OR proof_url <> '' OR proof_key <> ''",
            name=op.f("ck_takedown_proof_if_done"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_takedown_owner_id")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_takedown_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takedown")),
    )
    op.create_index(op.f("ix_takedown_placement_id"), "takedown", ["placement_id"])
    op.create_index(
        "ix_takedown_waiting",
        "takedown",
        ["opened_at", "id"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_takedown_open",
        "takedown",
        ["placement_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("takedown")
    op.drop_table("placement")
    op.drop_column("org_approval", "in_embeds")
