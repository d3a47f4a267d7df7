"""second factors, company sign-in, confirmed sessions

Revision ID: 1795732800
Revises: 1795730900
Create Date: 2026-11-26 21:55:00

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795732800"
down_revision: str | Sequence[str] | None = "1795730900"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_passkey_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
    )
    op.create_index(op.f("ix_passkey_staff_id"), "passkey", ["staff_id"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_code_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_index(op.f("ix_recovery_code_staff_id"), "recovery_code", ["staff_id"])
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("totp_secret", sa.String(), nullable=True))
        staff.add_column(sa.Column("totp_step", sa.BigInteger(), nullable=True))
        staff.add_column(sa.Column("sso_issuer", sa.String(length=300), nullable=True))
        staff.add_column(sa.Column("sso_subject", sa.String(length=255), nullable=True))
        staff.create_unique_constraint(
            op.f("uq_staff_sso_issuer_sso_subject"), ["sso_issuer", "sso_subject"]
        )
    with op.batch_alter_table("session") as session:
        session.add_column(sa.Column("way", sa.String(length=20), nullable=True))
        session.add_column(sa.Column("acted_at", MOMENT, nullable=True))
        session.add_column(sa.Column("confirmed_at", MOMENT, nullable=True))
    # How those who are in proved who they are was not kept before: the least is taken.
    op.execute("UPDATE session SET way = 'link', acted_at = created_at, confirmed_at = created_at")
    with op.batch_alter_table("session") as session:
        session.alter_column("way", existing_type=sa.String(length=20), nullable=False)
        session.alter_column("acted_at", existing_type=MOMENT, nullable=False)
        session.alter_column("confirmed_at", existing_type=MOMENT, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("session") as session:
        for name in ("confirmed_at", "acted_at", "way"):
            session.drop_column(name)
    with op.batch_alter_table("staff") as staff:
        staff.drop_constraint(op.f("uq_staff_sso_issuer_sso_subject"), type_="unique")
        for name in ("sso_subject", "sso_issuer", "totp_step", "totp_secret"):
            staff.drop_column(name)
    op.drop_table("recovery_code")
    op.drop_table("passkey")
