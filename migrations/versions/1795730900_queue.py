"""The queue: who is on what, views and desks of colleagues, and an index for each kind of thing."""

import sqlalchemy as sa
from alembic import op

revision = "1795730900"
down_revision = "1795730400"
branch_labels = None
depends_on = None

UNSEEN = sa.text("cleared_at IS NULL AND severity != 'note'")
INDEXES = {
    "ix_submission_state_decided_at_id": ("submission", ["state", "decided_at", "id"]),
    "ix_org_approval_verdict_decided_at_id": ("org_approval", ["verdict", "decided_at", "id"]),
    "ix_speaker_state_created_at_id": ("speaker", ["state", "created_at", "id"]),
    "ix_lead_stage_created_at_id": ("lead", ["stage", "created_at", "id"]),
    "ix_reward_waits_since_id": ("reward", ["waits_since", "id"]),
}
WAITS = """
    UPDATE reward SET waits_since = (
        SELECT at FROM reward_entry AS newest
        WHERE newest.reward_id = reward.id AND newest.state IN ('accrued', 'held')
        AND newest.id = (SELECT max(id) FROM reward_entry WHERE reward_id = reward.id)
    )
"""


def upgrade():
    op.add_column("reward", sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
    op.execute(WAITS)
    op.execute(
        "UPDATE reward SET waits_since = not_before WHERE waits_since IS NOT NULL"
        " AND not_before > waits_since AND EXISTS (SELECT 1 FROM reward_entry AS e"
        " WHERE e.reward_id = reward.id AND e.state = 'accrued'"
        " AND e.id = (SELECT max(id) FROM reward_entry WHERE reward_id = reward.id))"
    )
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    op.create_index(
        "ix_lead_signal_unseen",
        "lead_signal",
        ["at", "id"],
        sqlite_where=UNSEEN,
        postgresql_where=UNSEEN,
    )
    op.create_table(
        "queue_claim",
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_queue_claim_staff_id")),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_queue_claim")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_saved_view_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_saved_view_staff_id_name")),
    )
    op.create_table(
        "staff_desk",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("keys_on", sa.Boolean(), nullable=False),
        sa.Column("steps_hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_desk_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_desk")),
    )


def downgrade():
    op.drop_table("staff_desk")
    op.drop_table("saved_view")
    op.drop_table("queue_claim")
    op.drop_index("ix_lead_signal_unseen", "lead_signal")
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
    op.drop_column("reward", "waits_since")
