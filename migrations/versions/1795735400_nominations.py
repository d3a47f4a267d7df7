"""customers whom colleagues propose

Revision ID: 1795735400
Revises: 1795735200

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795735400"
down_revision: str | Sequence[str] | None = "1795735200"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STATES = ("waiting", "accepted", "declined")


def upgrade() -> None:
    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advocate_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="state", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)",
            name=op.f("ck_nomination_decided_if_at"),
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_nomination_advocate_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_nomination_staff_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["staff.id"], name=op.f("fk_nomination_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
    )
    op.create_index(op.f("ix_nomination_advocate_id"), "nomination", ["advocate_id"])
    op.create_index(
        "uq_nomination_waiting",
        "nomination",
        ["advocate_id"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_index(
        "ix_nomination_state_created_at_id", "nomination", ["state", "created_at", "id"]
    )
    op.create_index("ix_renewal_answered_at_due_at_id", "renewal", ["answered_at", "due_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_renewal_answered_at_due_at_id", "renewal")
    op.drop_table("nomination")
