"""issuing rewards: pools of codes, payouts, second approvals

Revision ID: 1795734200
Revises: 1795734100

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795734200"
down_revision: str | Sequence[str] | None = "1795734100"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Plain ADD COLUMN: a rebuilt table would lose the triggers that keep the ledger as it is.
    op.add_column(
        "reward_entry",
        sa.Column("how", sa.String(length=20), server_default="", nullable=False),
    )
    op.add_column(
        "offer",
        sa.Column("issuing", sa.String(length=20), server_default="by-hand", nullable=False),
    )
    op.add_column(
        "reward",
        sa.Column("campaign", sa.String(length=120), server_default="", nullable=False),
    )
    op.add_column("campaign", sa.Column("offer_budget_cents", sa.Integer(), nullable=True))
    op.create_table(
        "code_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=True),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("applied_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(added IS NULL) = (applied_at IS NULL)", name=op.f("ck_code_upload_added_if_applied")
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_code_upload_offer_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_code_upload_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_upload")),
    )
    op.create_table(
        "reward_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("reward_id", sa.Integer(), nullable=True),
        sa.Column("given_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(reward_id IS NULL) = (given_at IS NULL)",
            name=op.f("ck_reward_code_given_at_if_given"),
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_reward_code_offer_id")),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["reward.id"], name=op.f("fk_reward_code_reward_id")
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["code_upload.id"], name=op.f("fk_reward_code_upload_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_code")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_reward_code_fingerprint")),
        sa.UniqueConstraint("reward_id", name=op.f("uq_reward_code_reward_id")),
    )
    op.create_index("ix_reward_code_offer_id_reward_id", "reward_code", ["offer_id", "reward_id"])
    op.create_table(
        "payout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reward_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "paid",
                "failed",
                "called-off",
                name="payoutstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=True),
        sa.Column("paid_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_at IS NOT NULL)", name=op.f("ck_payout_paid_at_if_paid")
        ),
        sa.ForeignKeyConstraint(["reward_id"], ["reward.id"], name=op.f("fk_payout_reward_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("key", name=op.f("uq_payout_key")),
        sa.UniqueConstraint("reward_id", name=op.f("uq_payout_reward_id")),
    )
    name_campaigns()
    never_given_twice()


def name_campaigns() -> None:
    # Rewards know from now on which campaign they belong to; so do those that are there.
    op.execute(
        "UPDATE reward SET pot = (SELECT 'campaign:' || invitation.campaign_id || '/words' "
        "FROM submission JOIN invitation ON invitation.id = submission.invitation_id "
        "WHERE reward.reason = 'submission:' || submission.id) "
        "WHERE pot = '' AND EXISTS "
        "(SELECT 1 FROM submission WHERE reward.reason = 'submission:' || submission.id)"
    )
    op.execute(
        "UPDATE reward SET campaign = COALESCE((SELECT name FROM campaign "
        "WHERE reward.pot IN ('campaign:' || campaign.id, 'campaign:' || campaign.id || '/words')"
        "), '')"
    )


def never_given_twice() -> None:
    # A code that was given stays with its reward: the database itself refuses anything else.
    given = "OLD.reward_id IS NOT NULL"
    if op.get_bind().dialect.name == "sqlite":
        for event, when in (
            ("UPDATE", f"{given} AND NEW.reward_id IS NOT OLD.reward_id"),
            ("DELETE", given),
        ):
            op.execute(
                f"CREATE TRIGGER reward_code_no_{event.lower()} BEFORE {event} ON reward_code "
                f"WHEN {when} BEGIN SELECT RAISE(ABORT, 'reward_code was given'); END"
            )
        return
    for event, when in (
        ("UPDATE", f"{given} AND NEW.reward_id IS DISTINCT FROM OLD.reward_id"),
        ("DELETE", given),
    ):
        op.execute(
            f"CREATE TRIGGER reward_code_no_{event.lower()} BEFORE {event} ON reward_code "
            f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("payout")
    op.drop_table("reward_code")
    op.drop_table("code_upload")
    # SQLite drops a column in place, so the triggers of these tables stay.
    op.drop_column("campaign", "offer_budget_cents")
    op.drop_column("reward", "campaign")
    op.drop_column("offer", "issuing")
    op.drop_column("reward_entry", "how")
