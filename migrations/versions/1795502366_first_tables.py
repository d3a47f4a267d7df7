"""first tables

Revision ID: 1795502366
Revises:
Create Date: 2026-11-24 08:30:23.902737

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision: str = "1795502366"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


# Rows of these tables are never changed or removed; the database itself refuses (T3, T24).
APPEND_ONLY = ("history", "consent_event", "statement", "version", "reward_entry", "stage_move")
# With one exception: when a person is erased their words may be emptied (T36). Everything else
# in the row, the hash of a version above all, must stay as it is, and nothing can be put back.
ERASABLE = {
    "history": {"note": "''", "data": "'{}'"},
    "stage_move": {"note": "''"},
    "version": {"answers": "'[]'", "rating": "NULL"},
}


def forbid_changes(table: str) -> None:
    unless = f"WHEN (NOT ({erasing(table)}))" if table in ERASABLE else ""
    if op.get_bind().dialect.name == "sqlite":
        for event, when in (("UPDATE", unless), ("DELETE", "")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} {when} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    for event, when in (("UPDATE", unless), ("DELETE OR TRUNCATE", "")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{event.split()[0].lower()} BEFORE {event} ON {table} "
            f"FOR EACH {'ROW' if when else 'STATEMENT'} {when} EXECUTE FUNCTION refuse_change()"
        )


def erasing(table: str) -> str:
    # When an UPDATE empties what may be emptied, and leaves all else alone.
    same = "IS" if op.get_bind().dialect.name == "sqlite" else "IS NOT DISTINCT FROM"
    text = "CAST({}.{} AS TEXT)".format
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    blank = ERASABLE[table]
    kept = [f"{text('NEW', c)} {same} {text('OLD', c)}" for c in columns if c not in blank]
    emptied = [f"{text('NEW', c)} {same} {value}" for c, value in blank.items()]
    already = " AND ".join(f"{text('OLD', c)} {same} {value}" for c, value in blank.items())
    return " AND ".join([*kept, *emptied, f"NOT ({already})"])


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        "click",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("visitor", sa.String(length=24), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "visit",
                "head",
                "prefetch",
                "framed",
                "preview",
                "program",
                name="kind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_click")),
        sa.UniqueConstraint("link_id", "day", "hour", "visitor", "kind", name="uq_click_once"),
    )
    with op.batch_alter_table("click", schema=None) as batch_op:
        batch_op.create_index(
            "ix_click_day_not_forgotten",
            ["day"],
            unique=False,
            sqlite_where=sa.text("visitor IS NOT NULL"),
            postgresql_where=sa.text("visitor IS NOT NULL"),
        )

    op.create_table(
        "click_day",
        sa.Column("link_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "visit",
                "head",
                "prefetch",
                "framed",
                "preview",
                "program",
                name="kind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("link_id", "day", "kind", "source", name=op.f("pk_click_day")),
    )
    op.create_table(
        "click_segment",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("loaded", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_click_segment")),
    )
    op.create_table(
        "company",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column(
            "sector",
            sa.Enum(
                "private",
                "public",
                "healthcare",
                "finance",
                "education",
                name="sector",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("name_key", name=op.f("uq_company_name_key")),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_by"), ["by"], unique=False)
        batch_op.create_index("ix_history_subject_id", ["subject", "id"], unique=False)

    op.create_table(
        "known_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_contact")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_known_contact_key_hash")),
    )
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "invitation",
                "setup",
                "receipt",
                "prospect",
                "company",
                "stop",
                name="kind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("sent_to", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_link_token_hash")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_subject"), ["subject"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "mail_class",
            sa.Enum("marketing", "service", name="mailclass", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("attachment", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued", "sent", "stopped", "failed", name="state", native_enum=False, length=20
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_message_sent_at_if_sent")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_state_id", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_subject"), ["subject"], unique=False)

    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "gift-card",
                "credit",
                "donation",
                "swag",
                "early-access",
                name="offerkind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reward", sa.String(length=120), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("charity", sa.String(length=120), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value_cents >= 0", name=op.f("ck_offer_value_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("name", name=op.f("uq_offer_name")),
    )
    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("key", name=op.f("uq_photo_key")),
    )
    op.create_table(
        "prompt_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "review",
                "quote",
                "case-study",
                "webinar",
                "referral",
                name="action",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("next_step", sa.String(), nullable=False),
        sa.Column("shown_where", sa.String(), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "origin",
            sa.Enum("builtin", "edited", name="origin", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("builtin_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_set")),
        sa.UniqueConstraint(
            "action", "language", "version", name=op.f("uq_prompt_set_action_language_version")
        ),
    )
    op.create_table(
        "risk_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=30), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column(
            "severity",
            sa.Enum("note", "hold", "no reward", name="severity", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_rule")),
        sa.UniqueConstraint("key", name=op.f("uq_risk_rule_key")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "who",
            sa.Enum("staff", "advocate", name="who", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "role",
            sa.Enum("owner", "editor", "viewer", name="role", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "words",
                "name",
                "company",
                "photo",
                "logo",
                "sales",
                "recording",
                "reference",
                "referral-name",
                "news",
                name="purpose",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint(
            "purpose", "language", "version", name=op.f("uq_statement_purpose_language_version")
        ),
    )
    op.create_table(
        "suppression",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("all_mail", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_suppression")),
    )
    op.create_table(
        "advocate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("job_title", sa.String(length=150), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("country", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("customer_since", sa.Date(), nullable=True),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("asks_for", sa.JSON(), nullable=False),
        sa.Column("ask_every", sa.Integer(), nullable=True),
        sa.Column("wants_updates", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_advocate_company_id")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_advocate_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advocate")),
        sa.UniqueConstraint("email_key", name=op.f("uq_advocate_email_key")),
        sa.UniqueConstraint("external_id", name=op.f("uq_advocate_external_id")),
    )
    with op.batch_alter_table("advocate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_advocate_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_advocate_country"), ["country"], unique=False)

    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "sent", "closed", name="campaignstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("referral_offer_id", sa.Integer(), nullable=True),
        sa.Column("rewarding_stage", sa.String(length=20), nullable=False),
        sa.Column("counts_days", sa.Integer(), nullable=False),
        sa.Column(
            "touch",
            sa.Enum("first", "last", name="touch", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("hold_days", sa.Integer(), nullable=False),
        sa.Column("most_each", sa.Integer(), nullable=True),
        sa.Column("most_all", sa.Integer(), nullable=True),
        sa.Column("budget_cents", sa.Integer(), nullable=True),
        sa.Column("prospect_promise", sa.String(length=200), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("mail_subject", sa.String(length=150), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("let_go", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (sent_at IS NULL)", name=op.f("ck_campaign_sent_at_unless_draft")
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_campaign_offer_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_campaign_owner_id")),
        sa.ForeignKeyConstraint(
            ["referral_offer_id"], ["offer.id"], name=op.f("fk_campaign_referral_offer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("slug", name=op.f("uq_campaign_slug")),
    )
    op.create_table(
        "customer_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_customer_import_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_import")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=False),
        sa.Column(
            "format",
            sa.Enum(
                "talk",
                "panel",
                "interview",
                "user-group",
                name="format",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "full", "held", "cancelled", name="state", native_enum=False, length=20
            ),
            nullable=False,
        ),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uid", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 1440", name=op.f("ck_event_minutes_of_a_day")),
        sa.CheckConstraint("seats BETWEEN 1 AND 50", name=op.f("ck_event_seats_on_a_stage")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_event_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("uid", name=op.f("uq_event_uid")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_state_starts_at", ["state", "starts_at"], unique=False)

    op.create_table(
        "prompt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prompt_set_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "short",
                "long",
                "rating",
                "choice",
                "results",
                "number",
                "dates",
                "people",
                "links",
                "event",
                "files",
                name="promptkind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("example", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("words_min", sa.Integer(), nullable=True),
        sa.Column("words_max", sa.Integer(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("lowest", sa.Integer(), nullable=True),
        sa.Column("highest", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prompt_set_id"], ["prompt_set.id"], name=op.f("fk_prompt_prompt_set_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt")),
        sa.UniqueConstraint("prompt_set_id", "key", name=op.f("uq_prompt_prompt_set_id_key")),
        sa.UniqueConstraint(
            "prompt_set_id", "position", name=op.f("uq_prompt_prompt_set_id_position")
        ),
    )
    op.create_table(
        "stage_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_stage_import_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_import")),
    )
    op.create_table(
        "ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advocate_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["advocate_id"], ["advocate.id"], name=op.f("fk_ask_advocate_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_ask_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
    )
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ask_advocate_id"), ["advocate_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("advocate_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sent",
                "opened",
                "accepted",
                "expired",
                "declined",
                "revoked",
                name="invitationstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("no_offer_because", sa.String(), nullable=False),
        sa.Column("declined_actions", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_invitation_advocate_id")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_invitation_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint(
            "campaign_id", "advocate_id", name=op.f("uq_invitation_campaign_id_advocate_id")
        ),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitation_advocate_id"), ["advocate_id"], unique=False
        )

    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("advocate_id", sa.Integer(), nullable=False),
        sa.Column("contribution", sa.String(length=60), nullable=False),
        sa.Column("credit", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_receipt_advocate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("reference", name=op.f("uq_receipt_reference")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_advocate_id"), ["advocate_id"], unique=False)

    op.create_table(
        "reward",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advocate_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("explanation", sa.String(length=200), nullable=False),
        sa.Column("promise", sa.JSON(), nullable=False),
        sa.Column("donated", sa.Boolean(), nullable=False),
        sa.Column("pot", sa.String(length=60), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_reward_advocate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward")),
        sa.UniqueConstraint("reason", name=op.f("uq_reward_reason")),
    )
    with op.batch_alter_table("reward", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reward_advocate_id"), ["advocate_id"], unique=False)
        batch_op.create_index("ix_reward_pot_advocate_id", ["pot", "advocate_id"], unique=False)

    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("advocate_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("logo", "attachment", name="uploadkind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_upload_advocate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("key", name=op.f("uq_upload_key")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_advocate_id"), ["advocate_id"], unique=False)

    op.create_table(
        "consent_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "words",
                "name",
                "company",
                "photo",
                "logo",
                "sales",
                "recording",
                "reference",
                "referral-name",
                "news",
                name="purpose",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "verdict",
            sa.Enum(
                "given",
                "refused",
                "withdrawn",
                "expired",
                "reconfirmed",
                name="verdict",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("offer", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("ip_hash", sa.String(length=64), nullable=False),
        sa.Column("user_agent", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_consent_event_receipt_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_consent_event_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_consent_event_hash")),
    )
    with op.batch_alter_table("consent_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consent_event_receipt_id_purpose_id", ["receipt_id", "purpose", "id"], unique=False
        )

    op.create_table(
        "org_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column(
            "clause",
            sa.Enum("allows", "forbids", "silent", name="clause", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("requested_by", sa.String(length=60), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approver", sa.String(length=150), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "pending",
                "approved",
                "change-asked",
                "forbidden",
                "withdrawn",
                "closed",
                name="orgverdict",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("for_name", sa.Boolean(), nullable=False),
        sa.Column("for_logo", sa.Boolean(), nullable=False),
        sa.Column("for_story", sa.Boolean(), nullable=False),
        sa.Column("on_web", sa.Boolean(), nullable=False),
        sa.Column("in_sales", sa.Boolean(), nullable=False),
        sa.Column("territory", sa.String(length=200), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(verdict = 'pending') = (decided_at IS NULL)", name=op.f("ck_org_approval_decided_at")
        ),
        sa.CheckConstraint(
            "verdict <> 'approved' OR (authority <> '' AND (for_name OR for_logo OR for_story))",
            name=op.f("ck_org_approval_approved_by_someone_for_something"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_org_approval_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_org_approval_receipt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_approval")),
    )
    with op.batch_alter_table("org_approval", schema=None) as batch_op:
        batch_op.create_index(
            "ix_org_approval_company_id_verdict", ["company_id", "verdict"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_org_approval_receipt_id"), ["receipt_id"], unique=False
        )

    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("advocate_id", sa.Integer(), nullable=False),
        sa.Column("promise", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "choice",
            sa.Enum("accepted", "declined", "donated", name="choice", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("rewarding_stage", sa.String(length=20), nullable=False),
        sa.Column("share_text", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_referral_advocate_id")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_referral_invitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_referral_receipt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_referral_invitation_id")),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_referral_receipt_id")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_advocate_id"), ["advocate_id"], unique=False)

    op.create_table(
        "reward_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reward_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "accrued",
                "held",
                "approved",
                "issued",
                "declined",
                "void",
                name="rewardstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reward_id"], ["reward.id"], name=op.f("fk_reward_entry_reward_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_entry")),
    )
    with op.batch_alter_table("reward_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reward_entry_reward_id"), ["reward_id"], unique=False)

    op.create_table(
        "speaker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("advocate_id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("dates", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "confirmed",
                "declined",
                "released",
                name="speakerstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'confirmed' OR (event_id IS NOT NULL AND confirmed_at IS NOT NULL)",
            name=op.f("ck_speaker_confirmed_for_an_event"),
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_speaker_advocate_id")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_speaker_event_id")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_speaker_invitation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker")),
        sa.UniqueConstraint("reason", name=op.f("uq_speaker_reason")),
    )
    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_speaker_advocate_id"), ["advocate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_speaker_event_id"), ["event_id"], unique=False)

    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("advocate_id", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "review",
                "quote",
                "case-study",
                "webinar",
                "referral",
                name="action",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("prompt_set_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "changes-asked",
                "signoff",
                "approved",
                "published",
                "retired",
                "declined",
                "withdrawn",
                name="state",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("promise", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "choice",
            sa.Enum("accepted", "declined", "donated", name="choice", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("employer_allows", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column(
            "relation",
            sa.Enum(
                "none",
                "employee",
                "relative",
                "partner",
                "reseller",
                "investor",
                name="relationship",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column(
            "credit",
            sa.Enum(
                "full", "initials", "role", "anonymous", name="credit", native_enum=False, length=20
            ),
            nullable=False,
        ),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL",
            name=op.f("ck_submission_submitted_at_if_submitted"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'published', 'retired', 'declined') OR decided_at IS NOT NULL",
            name=op.f("ck_submission_decided_at_if_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["advocate_id"], ["advocate.id"], name=op.f("fk_submission_advocate_id")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_submission_invitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["prompt_set_id"], ["prompt_set.id"], name=op.f("fk_submission_prompt_set_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_submission_receipt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint(
            "invitation_id", "action", name=op.f("uq_submission_invitation_id_action")
        ),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_submission_receipt_id")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_submission_advocate_id"), ["advocate_id"], unique=False
        )
        batch_op.create_index(
            "ix_submission_state_submitted_at_id", ["state", "submitted_at", "id"], unique=False
        )

    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompt.id"], name=op.f("fk_answer_prompt_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_answer_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint(
            "submission_id", "prompt_id", name=op.f("uq_answer_submission_id_prompt_id")
        ),
    )
    op.create_table(
        "referral_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_link_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_link")),
        sa.UniqueConstraint("code", name=op.f("uq_referral_link_code")),
    )
    with op.batch_alter_table("referral_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_referral_link_referral_id"), ["referral_id"], unique=False
        )

    op.create_table(
        "version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_version_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint(
            "submission_id", "number", name=op.f("uq_version_submission_id_number")
        ),
    )
    op.create_table(
        "lead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("wants_marketing", sa.Boolean(), nullable=False),
        sa.Column("tells_referrer", sa.Boolean(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "received",
                "contacted",
                "qualified",
                "meeting",
                "won",
                "lost",
                "unqualified",
                "duplicate",
                "withdrawn",
                name="stage",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("domain", sa.String(length=254), nullable=False),
        sa.Column("mailbox", sa.String(length=254), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("prospect_promise", sa.String(length=200), nullable=False),
        sa.Column("no_reward", sa.String(length=20), nullable=False),
        sa.Column("handed_on", sa.Integer(), nullable=False),
        sa.Column("alike_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("value_cents", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("crm_id", sa.String(length=100), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage <> 'withdrawn' OR email = ''", name=op.f("ck_lead_no_details_if_withdrawn")
        ),
        sa.CheckConstraint("value_cents >= 0", name=op.f("ck_lead_value_not_negative")),
        sa.ForeignKeyConstraint(["alike_id"], ["lead.id"], name=op.f("fk_lead_alike_id")),
        sa.ForeignKeyConstraint(["link_id"], ["referral_link.id"], name=op.f("fk_lead_link_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_lead_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint("crm_id", name=op.f("uq_lead_crm_id")),
        sa.UniqueConstraint("email_key", name=op.f("uq_lead_email_key")),
    )
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_alike_id"), ["alike_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_domain"), ["domain"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_link_id"), ["link_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_mailbox"), ["mailbox"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_lead_stage_id", ["stage", "id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("words", "cut", name="change", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("headline", sa.String(length=150), nullable=False),
        sa.Column("excerpt", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("substantiation", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "approved",
                "reworded",
                "refused",
                "superseded",
                name="decision",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("rendering", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_proposal_decided_at_if_decided"),
        ),
        sa.ForeignKeyConstraint(["base_id"], ["version.id"], name=op.f("fk_proposal_base_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_proposal_staff_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_proposal_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proposal_submission_id"), ["submission_id"], unique=False
        )
        batch_op.create_index(
            "uq_proposal_pending",
            ["submission_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "asset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("headline", sa.String(length=150), nullable=False),
        sa.Column("excerpt", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_asset_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_asset_submission_id")
        ),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_asset_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("slug", name=op.f("uq_asset_slug")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_asset_submission_id")),
    )
    op.create_table(
        "lead_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_claim_lead_id")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["referral_link.id"], name=op.f("fk_lead_claim_link_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_claim")),
    )
    with op.batch_alter_table("lead_claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_claim_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_claim_link_id"), ["link_id"], unique=False)

    op.create_table(
        "lead_signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column(
            "severity",
            sa.Enum("note", "hold", "no reward", name="severity", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(cleared_at IS NULL) = (\"by\" = '')", name=op.f("ck_lead_signal_cleared_by_someone")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_signal_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_signal")),
        sa.UniqueConstraint("lead_id", "rule", name=op.f("uq_lead_signal_lead_id_rule")),
    )
    op.create_table(
        "stage_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "received",
                "contacted",
                "qualified",
                "meeting",
                "won",
                "lost",
                "unqualified",
                "duplicate",
                "withdrawn",
                name="stage",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_stage_move_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_move")),
    )
    with op.batch_alter_table("stage_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_move_lead_id"), ["lead_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in APPEND_ONLY:
        forbid_changes(table)


def downgrade() -> None:
    """Downgrade schema."""
    with op.batch_alter_table("stage_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_move_lead_id"))

    op.drop_table("stage_move")
    op.drop_table("lead_signal")
    with op.batch_alter_table("lead_claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_claim_link_id"))
        batch_op.drop_index(batch_op.f("ix_lead_claim_lead_id"))

    op.drop_table("lead_claim")
    op.drop_table("asset")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_proposal_pending",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_proposal_submission_id"))

    op.drop_table("proposal")
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.drop_index("ix_lead_stage_id")
        batch_op.drop_index(batch_op.f("ix_lead_owner_id"))
        batch_op.drop_index(batch_op.f("ix_lead_mailbox"))
        batch_op.drop_index(batch_op.f("ix_lead_link_id"))
        batch_op.drop_index(batch_op.f("ix_lead_domain"))
        batch_op.drop_index(batch_op.f("ix_lead_alike_id"))

    op.drop_table("lead")
    op.drop_table("version")
    with op.batch_alter_table("referral_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_link_referral_id"))

    op.drop_table("referral_link")
    op.drop_table("answer")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index("ix_submission_state_submitted_at_id")
        batch_op.drop_index(batch_op.f("ix_submission_advocate_id"))

    op.drop_table("submission")
    with op.batch_alter_table("speaker", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_speaker_event_id"))
        batch_op.drop_index(batch_op.f("ix_speaker_advocate_id"))

    op.drop_table("speaker")
    with op.batch_alter_table("reward_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reward_entry_reward_id"))

    op.drop_table("reward_entry")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_advocate_id"))

    op.drop_table("referral")
    with op.batch_alter_table("org_approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_org_approval_receipt_id"))
        batch_op.drop_index("ix_org_approval_company_id_verdict")

    op.drop_table("org_approval")
    with op.batch_alter_table("consent_event", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_event_receipt_id_purpose_id")

    op.drop_table("consent_event")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_advocate_id"))

    op.drop_table("upload")
    with op.batch_alter_table("reward", schema=None) as batch_op:
        batch_op.drop_index("ix_reward_pot_advocate_id")
        batch_op.drop_index(batch_op.f("ix_reward_advocate_id"))

    op.drop_table("reward")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_advocate_id"))

    op.drop_table("receipt")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_advocate_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ask_advocate_id"))

    op.drop_table("ask")
    op.drop_table("stage_import")
    op.drop_table("prompt")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_state_starts_at")

    op.drop_table("event")
    op.drop_table("customer_import")
    op.drop_table("campaign")
    with op.batch_alter_table("advocate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_advocate_country"))
        batch_op.drop_index(batch_op.f("ix_advocate_company_id"))

    op.drop_table("advocate")
    op.drop_table("suppression")
    op.drop_table("statement")
    op.drop_table("staff")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_person_id"))

    op.drop_table("session")
    op.drop_table("risk_rule")
    op.drop_table("prompt_set")
    op.drop_table("photo")
    op.drop_table("offer")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_subject"))
        batch_op.drop_index("ix_message_state_id")

    op.drop_table("message")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_subject"))

    op.drop_table("link")
    op.drop_table("known_contact")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index("ix_history_subject_id")
        batch_op.drop_index(batch_op.f("ix_history_by"))

    op.drop_table("history")
    op.drop_table("company")
    op.drop_table("click_segment")
    op.drop_table("click_day")
    with op.batch_alter_table("click", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_click_day_not_forgotten",
            sqlite_where=sa.text("visitor IS NOT NULL"),
            postgresql_where=sa.text("visitor IS NOT NULL"),
        )

    op.drop_table("click")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
