"""What a decision replaced, for the ten seconds in which it can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "1795730001"
down_revision = "1795729200"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "undo",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("mails", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_undo_submission_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_undo_staff_id")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_undo")),
    )


def downgrade():
    op.drop_table("undo")
