"""what figures rest on: who checked them and when, or a line of ours beside the words

Revision ID: 1795735811
Revises: 1795735400
Create Date: 2026-11-26 23:00:00

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795735811"
down_revision: str | Sequence[str] | None = "1795735400"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for table in ("asset", "proposal"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(
                sa.Column("expected_results", sa.String(300), nullable=False, server_default="")
            )
    with op.batch_alter_table("proposal") as batch:
        batch.add_column(sa.Column("checked_by_id", sa.Integer()))
        batch.add_column(sa.Column("checked_on", sa.Date()))
        batch.create_foreign_key(
            op.f("fk_proposal_checked_by_id_staff"), "staff", ["checked_by_id"], ["id"]
        )
    # Whoever proposed it wrote the note, that day.
    op.execute(
        "UPDATE proposal SET checked_by_id = staff_id, checked_on = DATE(at) "
        "WHERE substantiation <> ''"
    )
    for table in ("asset", "proposal"):
        with op.batch_alter_table(table) as batch:
            batch.alter_column("expected_results", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("proposal") as batch:
        batch.drop_constraint(op.f("fk_proposal_checked_by_id_staff"), type_="foreignkey")
        for column in ("expected_results", "checked_on", "checked_by_id"):
            batch.drop_column(column)
    with op.batch_alter_table("asset") as batch:
        batch.drop_column("expected_results")
