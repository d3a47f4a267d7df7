"""owners put their own words into automatic mails

Revision ID: 1795736400
Revises: 1795736310
Create Date: 2026-11-27 05:20:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795736400"
down_revision: str | Sequence[str] | None = "1795736310"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "mail_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("opening", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_wording")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_mail_wording_name_version")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER mail_wording_no_{event.lower()} BEFORE {event} ON mail_wording "
                "BEGIN SELECT RAISE(ABORT, 'mail_wording is append-only'); END"
            )
        return
    for event in ("UPDATE", "DELETE OR TRUNCATE"):
        op.execute(
            f"CREATE TRIGGER mail_wording_no_{event.split()[0].lower()} BEFORE {event} "
            "ON mail_wording FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("mail_wording")
