"""No table of ours makes a spreadsheet calculate (OWASP: CSV injection)."""

import csv
import io
from pathlib import Path

from portal import clock
from portal.advocates.models import Advocate, CustomerImport
from portal.campaigns.models import Campaign
from portal.db import db
from portal.history.actions import SYSTEM, record
from portal.incentives.models import RewardState
from portal.referrals.prospect_ledger import ProspectReward, ProspectRewardEntry
from tests.incentives.conftest import earn, rule  # noqa: F401
from tests.publishing.conftest import approved, published  # noqa: F401
from tests.referrals.conftest import choice, come, joined, referral  # noqa: F401
from tests.test_routes import rules

EVIL = "=1+1"


def test_no_cell_of_any_table_begins_like_a_formula(
    app, act, as_rosa, ada, campaign, rosa, save, come, earn, published, rule  # noqa: F811
):  # fmt: skip
    published()
    lead = come(name=EVIL, company=EVIL)
    save(
        ProspectReward(
            lead_id=lead, promise=EVIL, value_cents=0, currency="EUR", pot=f"campaign:{campaign}",
            entries=[ProspectRewardEntry(state=RewardState.ACCRUED, by="system")],
        )
    )  # fmt: skip
    rule(earn(), RewardState.APPROVED, RewardState.ISSUED)
    refused = save(
        CustomerImport(
            filename="x.csv", content=b"", headings=["Mail", EVIL], staff_id=rosa,
            begun_at=clock.now(),
            refused=[{"line": 2, "why": f"Line 2: {EVIL} is no address", "cells": [EVIL, EVIL]}],
        )
    )  # fmt: skip

    def rename():
        person = db.session.get(Advocate, ada)
        person.first_name = person.company.name = person.job_title = EVIL
        db.session.get(Campaign, campaign).name = EVIL
        record(person, "corrected", by=SYSTEM, note=EVIL)

    act(rename)
    tables = [one for one in rules(app) if one.rule.endswith((".csv", "/export"))]
    seen = 0
    for table in tables:
        ask = as_rosa.get if "GET" in table.methods else as_rosa.post
        path = table.rule.replace("<int:id>", str(refused))
        answer = ask(path)
        assert answer.status_code == 200, path
        if answer.mimetype != "text/csv":  # a ZIP, with tests of its own
            continue
        seen += 1
        text = answer.data.decode()
        assert text.count("\ufeff") == 1, path  # once: Excel shows a second one
        cells = [cell for row in csv.reader(io.StringIO(text[1:])) for cell in row]
        assert [cell for cell in cells if cell.startswith(f"'{EVIL}")], path
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))], (
            path
        )
    assert seen >= 8


def test_no_other_module_writes_tables():
    modules = [path for path in Path("portal").rglob("*.py") if "csv.writer" in path.read_text()]
    assert modules == [Path("portal/spreadsheet.py")]
