"""what a prospect was promised is owed, given and accounted for

Revision ID: 1795738500
Revises: 1795736510
Create Date: 2026-11-27 09:10:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795738500"
down_revision: str | Sequence[str] | None = "1795736510"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ENTRY = "prospect_reward_entry"
KEPT = ("id", "reward_id", "state", "ground", "by", "at")  # a note may be emptied, nothing else


def forbid_changes() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    same = "IS" if sqlite else "IS NOT DISTINCT FROM"
    kept = " AND ".join(f"CAST(NEW.{c} AS TEXT) {same} CAST(OLD.{c} AS TEXT)" for c in KEPT)
    unless = f"WHEN (NOT ({kept} AND NEW.note = ''))"
    if sqlite:
        for event, when in (("UPDATE", unless), ("DELETE", "")):
            op.execute(
                f"CREATE TRIGGER {ENTRY}_no_{event.lower()} BEFORE {event} ON {ENTRY} {when} "
                f"BEGIN SELECT RAISE(ABORT, '{ENTRY} is append-only'); END"
            )
        return
    for event, each, when in (("UPDATE", "ROW", unless), ("DELETE OR TRUNCATE", "STATEMENT", "")):
        op.execute(
            f"CREATE TRIGGER {ENTRY}_no_{event.split()[0].lower()} BEFORE {event} ON {ENTRY} "
            f"FOR EACH {each} {when} EXECUTE FUNCTION refuse_change()"
        )


def upgrade() -> None:
    op.add_column(
        "campaign", sa.Column("prospect_cents", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "lead", sa.Column("prospect_cents", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_table(
        "prospect_reward",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("promise", sa.String(length=200), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("pot", sa.String(length=60), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value_cents >= 0", name=op.f("ck_prospect_reward_value_not_negative")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_prospect_reward_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prospect_reward")),
        sa.UniqueConstraint("lead_id", name=op.f("uq_prospect_reward_lead_id")),
    )
    op.create_index("ix_prospect_reward_pot", "prospect_reward", ["pot"])
    op.create_index("ix_prospect_reward_waits_since_id", "prospect_reward", ["waits_since", "id"])
    op.create_table(
        ENTRY,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reward_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "accrued",
                "held",
                "approved",
                "issued",
                "declined",
                "void",
                name="rewardstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reward_id"],
            ["prospect_reward.id"],
            name=op.f("fk_prospect_reward_entry_reward_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prospect_reward_entry")),
    )
    op.create_index("ix_prospect_reward_entry_reward_id", ENTRY, ["reward_id"])
    forbid_changes()


def downgrade() -> None:
    op.drop_table(ENTRY)
    op.drop_table("prospect_reward")
    op.drop_column("lead", "prospect_cents")
    op.drop_column("campaign", "prospect_cents")
