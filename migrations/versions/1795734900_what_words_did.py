"""reads of stories are counted as visits to links are; what words did is told

Revision ID: 1795734900
Revises: 1795734200
Create Date: 2026-11-26 22:25:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795734900"
down_revision: str | Sequence[str] | None = "1795734200"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WHAT = sa.Enum("link", "story", native_enum=False, length=20)
KIND = sa.Enum(
    "visit", "head", "prefetch", "framed", "preview", "program", native_enum=False, length=20
)
SEEN = {
    "sqlite_where": sa.text("visitor IS NOT NULL"),
    "postgresql_where": sa.text("visitor IS NOT NULL"),
}


def upgrade() -> None:
    op.drop_index("ix_click_day_not_forgotten", "click")
    with op.batch_alter_table("click") as batch:
        batch.drop_constraint("uq_click_once", type_="unique")
        batch.add_column(sa.Column("what", WHAT, nullable=False, server_default="link"))
        batch.create_unique_constraint(
            "uq_click_once", ["what", "link_id", "day", "hour", "visitor", "kind"]
        )
    op.create_index("ix_click_day_not_forgotten", "click", ["day"], **SEEN)
    rebuild(days(sa.Column("what", WHAT, nullable=False)), "'link', ")
    op.create_table(
        "impact_notice",
        sa.Column("advocate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reads", sa.Integer(), nullable=False),
        sa.Column("deals", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_impact_notice_advocate_id")
        ),
        sa.PrimaryKeyConstraint("advocate_id", name=op.f("pk_impact_notice")),
    )


def downgrade() -> None:
    op.drop_table("impact_notice")
    op.execute("DELETE FROM click WHERE what <> 'link'")
    op.execute("DELETE FROM click_day WHERE what <> 'link'")
    rebuild(days(), "")
    op.drop_index("ix_click_day_not_forgotten", "click")
    with op.batch_alter_table("click") as batch:
        batch.drop_constraint("uq_click_once", type_="unique")
        batch.drop_column("what")
        batch.create_unique_constraint(
            "uq_click_once", ["link_id", "day", "hour", "visitor", "kind"]
        )
    op.create_index("ix_click_day_not_forgotten", "click", ["day"], **SEEN)


def days(*first: sa.Column) -> list[sa.Column]:
    return [
        *first,
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
    ]


def rebuild(columns: list[sa.Column], first: str) -> None:
    """A primary key cannot be changed on both databases alike, so the days move house twice."""
    kept = "link_id, day, kind, source, visitors"
    op.execute(f"CREATE TABLE click_day_kept AS SELECT {kept} FROM click_day")  # noqa: S608
    op.drop_table("click_day")
    key = [column.name for column in columns if column.name != "visitors"]
    op.create_table("click_day", *columns, sa.PrimaryKeyConstraint(*key, name=op.f("pk_click_day")))
    op.execute(f"INSERT INTO click_day SELECT {first}{kept} FROM click_day_kept")  # noqa: S608
    op.drop_table("click_day_kept")
