"""What a decision on anything replaced, not only one on a contribution. The rows live for ten
seconds, so none is carried over."""

import sqlalchemy as sa
from alembic import op

revision = "1795738300"
down_revision = "1795736500"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("undo")
    op.create_table(
        "undo",
        sa.Column("subject", sa.String(length=60), nullable=False),
        *_rest(),
        sa.Column("mark", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_undo")),
    )


def downgrade() -> None:
    op.drop_table("undo")
    op.create_table(
        "undo",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        *_rest(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_undo_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_undo")),
    )


def _rest() -> list:
    return [
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("mails", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_undo_staff_id")),
    ]
