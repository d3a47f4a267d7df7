"""the lists of customers and of what is to be published stay fast however many there are

Revision ID: 1795735900
Revises: 1795735812
Create Date: 2026-11-26 22:40:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795735900"
down_revision: str | Sequence[str] | None = "1795735812"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = [sa.text("lower(last_name)"), "id"]
HERE = "erased_at IS NULL AND merged_into_id IS NULL"
STOPPED = f"left_at IS NULL AND stopped_at IS NOT NULL AND {HERE}"
INDEXES = {
    "ix_advocate_name": ("advocate", NAME, HERE),
    "ix_advocate_country_name": ("advocate", ["country", *NAME], HERE),
    "ix_advocate_stopped": ("advocate", NAME, STOPPED),
    "ix_advocate_left": ("advocate", NAME, f"left_at IS NOT NULL AND {HERE}"),
    "ix_submission_to_publish": (
        "submission", ["state", "decided_at", "id"],
        "state = 'approved' AND action IN ('quote', 'case-study')",
    ),
}  # fmt: skip


def upgrade() -> None:
    op.drop_index("ix_advocate_merged_into_id", "advocate")
    merged = sa.text("merged_into_id IS NOT NULL")
    op.create_index(
        "ix_advocate_merged_into_id", "advocate", ["merged_into_id"],
        sqlite_where=merged, postgresql_where=merged,
    )  # fmt: skip
    for name, (table, columns, where) in INDEXES.items():
        only = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
    op.drop_index("ix_submission_state_decided_at_id", "submission")
    op.drop_index("ix_advocate_country", "advocate")  # the new one begins with it


def downgrade() -> None:
    op.drop_index("ix_advocate_merged_into_id", "advocate")
    op.create_index("ix_advocate_merged_into_id", "advocate", ["merged_into_id"])
    op.create_index("ix_advocate_country", "advocate", ["country"])
    op.create_index(
        "ix_submission_state_decided_at_id", "submission", ["state", "decided_at", "id"]
    )
    for name, (table, _, _) in INDEXES.items():
        op.drop_index(name, table)
