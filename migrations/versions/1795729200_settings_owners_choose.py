"""settings owners choose

Revision ID: 1795729200
Revises: 1795502366
Create Date: 2026-11-26 21:40:00

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795729200"
down_revision: str | Sequence[str] | None = "1795502366"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
    )
    op.create_index(op.f("ix_setting_name"), "setting", ["name"])
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER setting_no_{event.lower()} BEFORE {event} ON setting "
                "BEGIN SELECT RAISE(ABORT, 'setting is append-only'); END"
            )
        return
    for event in ("UPDATE", "DELETE OR TRUNCATE"):
        op.execute(
            f"CREATE TRIGGER setting_no_{event.split()[0].lower()} BEFORE {event} ON setting "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("setting")
