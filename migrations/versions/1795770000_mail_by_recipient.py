"""mail is found by whom it went to

Revision ID: 1795770000
Revises: 1795738510
Create Date: 2026-11-27 09:40:00.000000

"""

from collections.abc import Sequence

from alembic import op

revision: str = "1795770000"
down_revision: str | Sequence[str] | None = "1795738510"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_message_recipient_id", "message", ["recipient", "id"])


def downgrade() -> None:
    op.drop_index("ix_message_recipient_id", "message")
