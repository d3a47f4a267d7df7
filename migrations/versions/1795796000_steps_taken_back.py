"""A step of a lead that was undone is taken back by one more."""

import sqlalchemy as sa
from alembic import op

revision = "1795796000"
down_revision = "1795775100"
branch_labels = None
depends_on = None

KEPT = ("id", "lead_id", "stage", "by", "at")  # a note may be emptied, nothing else


def forbid_changes(*kept: str) -> None:
    """The trigger names each column, so it is made anew for one more."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    same = "IS" if sqlite else "IS NOT DISTINCT FROM"
    alike = " AND ".join(f"CAST(NEW.{c} AS TEXT) {same} CAST(OLD.{c} AS TEXT)" for c in kept)
    emptied = "CAST(NEW.note AS TEXT) = '' AND CAST(OLD.note AS TEXT) <> ''"
    head = "CREATE TRIGGER stage_move_no_update BEFORE UPDATE ON stage_move"
    if sqlite:
        op.execute(
            f"{head} WHEN (NOT ({alike} AND {emptied})) "
            "BEGIN SELECT RAISE(ABORT, 'stage_move is append-only'); END"
        )
    else:
        op.execute(
            f"{head} FOR EACH ROW WHEN (NOT ({alike} AND {emptied})) "
            "EXECUTE FUNCTION refuse_change()"
        )


def allow_changes() -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON stage_move"
    op.execute(f"DROP TRIGGER stage_move_no_update{on}")


def upgrade() -> None:
    allow_changes()
    op.add_column(
        "stage_move", sa.Column("how", sa.String(length=20), server_default="", nullable=False)
    )
    forbid_changes(*KEPT, "how")


def downgrade() -> None:
    allow_changes()
    op.drop_column("stage_move", "how")
    forbid_changes(*KEPT)
