"""Signals of how customers are doing; reminders, pauses and a rate of campaigns."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "1795734100"
down_revision: str | Sequence[str] | None = "1795732000"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        "moment_weights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_moment_weights_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moment_weights")),
    )
    op.create_table(
        "signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("advocate_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "nps",
                "csat",
                "ces",
                "rating",
                "renewal",
                "usage",
                "ticket",
                "note",
                "community",
                name="signalkind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.Date(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_signal_advocate_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_signal_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
        sa.UniqueConstraint("key", name=op.f("uq_signal_key")),
    )
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.create_index("ix_signal_advocate_id_at", ["advocate_id", "at"], unique=False)
        batch_op.create_index("ix_signal_company_id_at", ["company_id", "at"], unique=False)

    op.create_table(
        "tag",
        sa.Column("advocate_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["advocate_id"], ["advocate.id"], name=op.f("fk_tag_advocate_id")),
        sa.PrimaryKeyConstraint("advocate_id", "name", name=op.f("pk_tag")),
    )
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.create_index("ix_tag_name", ["name"], unique=False)

    with op.batch_alter_table("advocate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_advocate_merged_into_id", ["merged_into_id"])
        batch_op.create_foreign_key(
            "fk_advocate_merged_into_id", "advocate", ["merged_into_id"], ["id"]
        )

    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("mails_per_minute", sa.Integer(), nullable=False, server_default="200")
        )
        batch_op.add_column(sa.Column("reminders", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("personal_lines", sa.JSON(), nullable=False, server_default="{}")
        )

    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_company_owner_id", ["owner_id"])
        batch_op.create_foreign_key("fk_company_owner_id", "staff", ["owner_id"], ["id"])
        batch_op.create_foreign_key(
            "fk_company_merged_into_id", "company", ["merged_into_id"], ["id"]
        )

    with op.batch_alter_table("customer_import", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=20), nullable=False, server_default="customers")
        )
        batch_op.add_column(sa.Column("mapping", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("total", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("done_line", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("personal_line", sa.String(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("unasked", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reminded", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(
            "ix_invitation_campaign_id_waits_since", ["campaign_id", "waits_since"], unique=False
        )

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("zone", sa.String(length=60), nullable=False, server_default="")
        )

    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("hint", sa.String(length=254), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("note", sa.String(length=300), nullable=False, server_default="")
        )

    forbid_changes("moment_weights")


def forbid_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    for event in ("UPDATE", "DELETE OR TRUNCATE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{event.split()[0].lower()} BEFORE {event} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Downgrade schema."""
    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.drop_column("note")
        batch_op.drop_column("hint")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("zone")

    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index("ix_invitation_campaign_id_waits_since")
        batch_op.drop_column("reminded")
        batch_op.drop_column("mailed_at")
        batch_op.drop_column("waits_since")
        batch_op.drop_column("unasked")
        batch_op.drop_column("personal_line")

    with op.batch_alter_table("customer_import", schema=None) as batch_op:
        batch_op.drop_column("begun_at")
        batch_op.drop_column("done_line")
        batch_op.drop_column("total")
        batch_op.drop_column("mapping")
        batch_op.drop_column("kind")

    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_company_owner_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_company_merged_into_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_company_owner_id"))
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("owner_id")

    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_column("personal_lines")
        batch_op.drop_column("reminders")
        batch_op.drop_column("mails_per_minute")
        batch_op.drop_column("paused_at")
        batch_op.drop_column("scheduled_for")

    with op.batch_alter_table("advocate", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_advocate_merged_into_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_advocate_merged_into_id"))
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.drop_index("ix_tag_name")

    op.drop_table("tag")
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.drop_index("ix_signal_company_id_at")
        batch_op.drop_index("ix_signal_advocate_id_at")

    op.drop_table("signal")
    op.drop_table("moment_weights")
