"""who may be given rewards: limits by country and sector, and exceptions two people agree on

Revision ID: 1795735812
Revises: 1795735811
Create Date: 2026-11-26 23:10:00

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795735812"
down_revision: str | Sequence[str] | None = "1795735811"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "gift_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("country", "sector", name="rulekind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_key", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("most_cents", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "most_cents IS NULL OR most_cents >= 0", name=op.f("ck_gift_rule_most_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_rule")),
        sa.UniqueConstraint(
            "kind", "name_key", "version", name=op.f("uq_gift_rule_kind_name_key_version")
        ),
    )
    forbid_changes("gift_rule")
    op.create_table(
        "gift_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advocate_id", sa.Integer(), nullable=True),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("allowed", sa.Boolean(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(advocate_id IS NULL) <> (company_id IS NULL)",
            name=op.f("ck_gift_exception_one_of_the_two"),
        ),
        sa.CheckConstraint(
            "decided_by_id <> asked_by_id", name=op.f("ck_gift_exception_a_second_person")
        ),
        sa.CheckConstraint(
            "(allowed IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_gift_exception_decided_at_once"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_gift_exception_{column}_{table}")
            )
            for column, table in (
                ("advocate_id", "advocate"),
                ("company_id", "company"),
                ("asked_by_id", "staff"),
                ("decided_by_id", "staff"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_exception")),
    )
    for column in ("advocate_id", "company_id"):
        op.create_index(op.f(f"ix_gift_exception_{column}"), "gift_exception", [column])


def forbid_changes(table: str) -> None:
    for event in ("UPDATE", "DELETE"):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        else:
            also = " OR TRUNCATE" if event == "DELETE" else ""
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event}{also} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    op.drop_table("gift_exception")
    op.drop_table("gift_rule")
