"""the words of the history are found by its index, however long it is

Revision ID: 1795736100
Revises: 1795735900
Create Date: 2026-11-27 02:10:00.000000

"""

from collections.abc import Sequence

from alembic import op

revision: str = "1795736100"
down_revision: str | Sequence[str] | None = "1795735900"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_history_verb_id", "history", ["verb", "id"])


def downgrade() -> None:
    op.drop_index("ix_history_verb_id", "history")
