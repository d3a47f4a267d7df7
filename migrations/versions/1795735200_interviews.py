"""interviews, for who would rather talk than write

Revision ID: 1795735200
Revises: 1795735100

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795735200"
down_revision: str | Sequence[str] | None = "1795735100"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MEDIUMS = ("video", "phone")
STATES = ("asked", "proposed", "confirmed", "held", "off")


def upgrade() -> None:
    op.create_table(
        "interview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advocate_id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="state", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "medium",
            sa.Enum(*MEDIUMS, name="medium", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("phone", sa.String(60), nullable=False),
        sa.Column("topics", sa.String(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(500), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("reminder", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uid", sa.String(40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'held') OR starts_at IS NOT NULL",
            name=op.f("ck_interview_starts_at_if_confirmed"),
        ),
        sa.CheckConstraint(
            "(state = 'held') = (held_at IS NOT NULL)", name=op.f("ck_interview_held_at_if_held")
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_interview_advocate_id")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_interview_invitation_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_interview_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
        sa.UniqueConstraint("reason", name=op.f("uq_interview_reason")),
        sa.UniqueConstraint("uid", name=op.f("uq_interview_uid")),
    )
    op.create_index(op.f("ix_interview_advocate_id"), "interview", ["advocate_id"])
    for moment in ("asked_at", "starts_at"):
        op.create_index(f"ix_interview_state_{moment}_id", "interview", ["state", moment, "id"])


def downgrade() -> None:
    op.drop_table("interview")
