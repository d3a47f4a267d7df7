"""under which name two leads are one business, whatever the spelling or the legal form

Revision ID: 1795736310
Revises: 1795736300
Create Date: 2026-11-27 05:20:00.000000

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "1795736310"
down_revision: str | Sequence[str] | None = "1795736300"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FORMS = """
    ltd limited plc llp llc inc incorporated corp corporation co company gmbh mbh ag kg ohg ug se
    sa sas sarl srl spa sl bv nv ab as asa oy oyj aps pty pte holding group the
"""  # as they were when this was written


def core(name: str) -> str:
    bare = " ".join(name.split()).casefold().replace(".", "").replace("&", " and ")
    words = "".join(sign if sign.isalnum() else " " for sign in bare).split()
    return " ".join([word for word in words if word not in FORMS.split()] or words)[:200]


def upgrade() -> None:
    column = sa.Column("company_key", sa.String(200), nullable=False, server_default="")
    op.add_column("lead", column)
    op.create_index(op.f("ix_lead_company_key"), "lead", ["company_key"])
    lead = sa.table("lead", sa.column("id"), sa.column("company"), sa.column("company_key"))
    rows = op.get_bind().execute(sa.select(lead.c.id, lead.c.company)).all()
    filled = [{"of": row.id, "key": core(row.company)} for row in rows if row.company]
    if filled:
        keys = lead.update().where(lead.c.id == sa.bindparam("of"))
        op.get_bind().execute(keys.values(company_key=sa.bindparam("key")), filled)


def downgrade() -> None:
    op.drop_index(op.f("ix_lead_company_key"), "lead")
    op.drop_column("lead", "company_key")
