"""Mail is found by the mailbox it went to, however its address was written."""

import sqlalchemy as sa
from alembic import op

revision = "1795773100"
down_revision = "1795770030"
branch_labels = None
depends_on = None

message = sa.table("message", sa.column("recipient"), sa.column("recipient_key"))


def upgrade() -> None:
    key = sa.Column("recipient_key", sa.String(length=254), server_default="", nullable=False)
    op.add_column("message", key)
    fill = (
        sa.update(message)
        .where(message.c.recipient == sa.bindparam("wrote"))
        .values(recipient_key=sa.bindparam("key"))
    )
    bind, last = op.get_bind(), ""
    while some := bind.execute(_after(last)).scalars().all():
        bind.execute(fill, [{"wrote": one, "key": _key_of(one)} for one in some])
        last = some[-1]
    op.drop_index("ix_message_recipient_id", "message")
    op.create_index("ix_message_recipient_key_id", "message", ["recipient_key", "id"])


def _after(last: str) -> sa.Select:
    wrote = message.c.recipient
    return sa.select(wrote).distinct().where(wrote > last).order_by(wrote).limit(1000)


def _key_of(address: str) -> str:
    local, _, domain = address.strip().rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}".lower()
    except UnicodeError:
        return address.strip().lower()


def downgrade() -> None:
    op.create_index("ix_message_recipient_id", "message", ["recipient", "id"])
    op.drop_index("ix_message_recipient_key_id", "message")
    op.drop_column("message", "recipient_key")
