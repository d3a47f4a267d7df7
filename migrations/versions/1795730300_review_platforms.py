"""review platforms: what each allows, and where a campaign may send its reviews

Revision ID: 1795730300
Revises: 1795730001
Create Date: 2026-11-26 21:45:00

"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "1795730300"
down_revision: str | Sequence[str] | None = "1795730001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

READ = date(2026, 11, 24)
SMALL = "They say “small” and name no sum: 25 USD is how we read it."
IN_APP = "Only their own window inside the app may ask."
# platform, name, ask, reward, most, disclosure, proof, public bodies, note, source
ROWS = [
    ("google", "Google", "yes", "no", None, "", "unknown", "yes",
     "Ask everyone alike; a gift or a discount for a review is fake engagement to them.",
     "https://support.google.com/contributionpolicy/answer/7400114"),
    ("trustpilot", "Trustpilot", "yes", "no", None, "", "unknown", "yes",
     "Invitations must be neutral and go to everyone alike, without any incentive.",
     "https://legal.trustpilot.com/for-reviewers/guidelines-for-businesses"),
    ("amazon", "Amazon", "yes", "no", None, "", "unknown", "yes",
     "No payment, refund or gift in return for a review.",
     "https://www.amazon.com/gp/help/customer/display.html?nodeId=GLHXEX85MENUE4XF"),
    ("apple-app-store", "Apple App Store", "no", "no", None, "", "no", "no", IN_APP,
     "https://developer.apple.com/app-store/review/guidelines/"),
    ("google-play", "Google Play", "no", "no", None, "", "no", "no", IN_APP,
     "https://support.google.com/googleplay/android-developer/answer/9898684"),
    ("yelp", "Yelp", "no", "no", None, "", "no", "no", "They ask companies not to ask at all.",
     "https://www.yelp-support.com/article/Don-t-Ask-for-Reviews"),
    ("g2", "G2", "yes", "yes", 2500, "Say there that you received something.", "unknown",
     "unknown", SMALL, "https://legal.g2.com/community-guidelines"),
    ("capterra", "Capterra", "yes", "yes", 2500, "Say there that you received something.",
     "unknown", "unknown", SMALL, "https://www.capterra.com/legal/community-guidelines/"),
    ("trustradius", "TrustRadius", "yes", "yes", 2500, "Say there that you received something.",
     "unknown", "unknown", SMALL, "https://www.trustradius.com/static/about-review-quality"),
    ("gartner-peer-insights", "Gartner Peer Insights", "yes", "yes", 2500,
     "Say there that you received something.", "no", "no",
     "The same for all who are invited, and never for people of public bodies.",
     "https://gpivendorresources.gartner.com/en/articles/6812506-incentives-faqs"),
]  # fmt: skip


def upgrade() -> None:
    answer = sa.Enum("yes", "no", "unknown", name="answer", native_enum=False, length=20)
    table = op.create_table(
        "platform_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("may_ask", answer, nullable=False),
        sa.Column("may_reward", answer, nullable=False),
        sa.Column("most_cents", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("disclosure", sa.String(length=300), nullable=False),
        sa.Column("may_prove", answer, nullable=False),
        sa.Column("public_sector", answer, nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "most_cents IS NULL OR most_cents >= 0", name=op.f("ck_platform_rule_most_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_rule")),
        sa.UniqueConstraint("platform", "version", name=op.f("uq_platform_rule_platform_version")),
    )
    names = ("platform", "name", "may_ask", "may_reward", "most_cents", "disclosure", "may_prove",
             "public_sector", "note", "source")  # fmt: skip
    same = {"version": 1, "currency": "USD", "checked_on": READ, "by": "system"}
    same |= {"created_at": datetime(2026, 11, 24, tzinfo=UTC)}
    op.bulk_insert(table, [dict(zip(names, row, strict=True)) | same for row in ROWS])
    forbid_changes("platform_rule")
    with op.batch_alter_table("campaign") as batch:
        batch.add_column(sa.Column("platform", sa.String(40), nullable=False, server_default=""))
        batch.add_column(
            sa.Column("platform_url", sa.String(500), nullable=False, server_default="")
        )
        batch.add_column(
            sa.Column("platform_proof", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("campaign") as batch:
        for column in ("platform", "platform_url", "platform_proof"):
            batch.alter_column(column, server_default=None)


def forbid_changes(table: str) -> None:
    for event in ("UPDATE", "DELETE"):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        else:
            also = " OR TRUNCATE" if event == "DELETE" else ""
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event}{also} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    with op.batch_alter_table("campaign") as batch:
        for column in ("platform_proof", "platform_url", "platform"):
            batch.drop_column(column)
    op.drop_table("platform_rule")
