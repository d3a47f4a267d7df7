"""The list of known customers as a CRM exports it: a thousand rows with more columns than two.

In its last line the columns have slipped: a number stands as the email, the address as a phone.
"""

import csv
import io
from pathlib import Path

import pytest

from portal.addresses import canonical_email, folded
from portal.incentives.models import Reward
from portal.referrals import known
from portal.referrals.models import KnownContact, LeadSignal, Stage

FILE = (Path(__file__).parents[1] / "data/customers-1000.csv").read_bytes()
ROWS = list(csv.DictReader(io.StringIO(FILE.decode())))
SLIPPED = ROWS[-1]


def host(row: dict) -> str:
    return row["Website"].partition("//")[2].removeprefix("www.").strip("/")


def as_excel(encoding: str, between: str) -> bytes:
    """The same, as Excel saves it elsewhere in the world."""
    text = io.StringIO(newline="")
    sheet = csv.writer(text, delimiter=between, lineterminator="\r\n")
    sheet.writerows([list(ROWS[0]), *(row.values() for row in ROWS)])
    return text.getvalue().encode(encoding)


@pytest.fixture
def send(as_rosa):
    def send(data: bytes) -> str:
        sent = {"file": (io.BytesIO(data), "customers-1000.csv")}
        answer = as_rosa.post("/staff/leads/known", data=sent)
        assert answer.status_code == 200
        return answer.text

    return send


@pytest.mark.parametrize(
    "data",
    [FILE, as_excel("utf-8-sig", ";"), as_excel("utf-16", "\t"), as_excel("cp1252", ";")],
    ids=["as it comes", "Excel in Europe", "Excel’s Unicode text", "an old Excel"],
)
def test_a_thousand_customers_are_read_whole_and_twice_is_once(send, saved, data):
    words = {folded(row["Email"]) for row in ROWS[:-1]} | {host(row) for row in ROWS}
    page = send(data)
    assert f"{len(words):,} added, 0 were there already, 0 lines left out" in page
    assert f"Line 1002: “{SLIPPED['Email']}” is no mail address." in page
    assert page.count("is no mail address") == 1
    assert {one.key_hash for one in saved(KnownContact)} == {known.hash_of(one) for one in words}
    assert f"0 added, {len(words):,} were there already" in send(data)


@pytest.mark.parametrize("column", ["Email", "Website"])
def test_T35_each_of_them_is_recognised_and_nobody_else(app, send, column):
    send(FILE)
    with app.app_context():
        for row in ROWS[:-1]:
            email = row["Email"].upper() if column == "Email" else f"new@{host(row)}"
            domain = "elsewhere.example" if column == "Email" else host(row)
            assert known.is_known(canonical_email(email), domain), row["Index"]
        assert not known.is_known("sina@kestrel.example", "kestrel.example")


def test_T35_a_lead_on_the_list_earns_nothing_until_someone_looked(send, come, move, saved):
    send(FILE)
    move(come(email=f"buyer@{host(ROWS[0])}", company="Stewart"), Stage.QUALIFIED)
    move(come(), Stage.QUALIFIED)
    assert [one.rule for one in saved(LeadSignal)] == ["known"]
    assert len(saved(Reward)) == 1  # for the one who is on no list
