"""A customer’s mailbox is noticed however its address is spelled (T35)."""

import sqlalchemy as sa
from alembic import op

revision = "1795775000"
down_revision = "1795773110"
branch_labels = None
depends_on = None

GMAIL = {"gmail.com", "googlemail.com"}
advocate = sa.table("advocate", sa.column("id"), sa.column("email_key"), sa.column("mailbox"))


def upgrade() -> None:
    mailbox = sa.Column("mailbox", sa.String(length=254), server_default="", nullable=False)
    op.add_column("advocate", mailbox)
    fill = (
        sa.update(advocate)
        .where(advocate.c.id == sa.bindparam("row"))
        .values(mailbox=sa.bindparam("folded"))
    )
    bind, last = op.get_bind(), 0
    while some := bind.execute(_after(last)).all():
        bind.execute(fill, [{"row": row.id, "folded": _folded(row.email_key)} for row in some])
        last = some[-1].id
    op.create_index("ix_advocate_mailbox", "advocate", ["mailbox"])


def _after(last: int) -> sa.Select:
    rows = sa.select(advocate.c.id, advocate.c.email_key).where(advocate.c.id > last)
    return rows.order_by(advocate.c.id).limit(1000)


def _folded(key: str) -> str:
    local, _, domain = key.rpartition("@")
    local = local.partition("+")[0]
    if domain in GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}" if local else ""


def downgrade() -> None:
    op.drop_index("ix_advocate_mailbox", "advocate")
    op.drop_column("advocate", "mailbox")
