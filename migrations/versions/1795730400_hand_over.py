"""what a reviewer says about posting their words on another site

Revision ID: 1795730400
Revises: 1795730300
Create Date: 2026-11-26 22:00:00

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795730400"
down_revision: str | Sequence[str] | None = "1795730300"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    said = sa.Enum("posted", "not", name="said", native_enum=False, length=20)
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("said", said, nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_hand_over_submission_id")
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_hand_over_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_hand_over_submission_id")),
    )


def downgrade() -> None:
    op.drop_table("hand_over")
