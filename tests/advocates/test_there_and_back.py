"""A file of customers goes out and comes in again: nothing is lost, and nothing changes."""

import csv
import io
import re

import pytest
import sqlalchemy as sa

from portal import clock
from portal.advocates import actions, caring, columns, importing
from portal.advocates.models import Advocate, Company, CustomerImport, Tag
from portal.db import db
from portal.demo import people, story
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.staff.models import Role, Staff
from tests.advocates.test_importing_customers import DATA, HEAD, send

OWNED = "Name,Email,Company,Owner\n"


@pytest.fixture
def theo(save, rosa) -> int:
    return save(Staff(email="theo@acme.example", name="Theo Brand", role=Role.EDITOR))


@pytest.fixture
def bring_in(as_rosa):
    """Import this on the page; the page of its preview, and where the import stands."""

    def bring_in(data: str | bytes) -> tuple[str, str]:
        here = send(as_rosa, data).location
        page = as_rosa.get(here).text
        as_rosa.post(f"{here}/application")
        return page, here

    return bring_in


@pytest.fixture
def customers_of_the_demo(act, rosa, theo):
    """Everyone of the demo, with what a table may say of them: nothing is left at its default."""

    def arrive():
        db.session.add_all(map(story.customer, people.PEOPLE))
        db.session.flush()
        by = db.session.get(Staff, rosa)
        for n, one in enumerate(db.session.scalars(sa.select(Advocate).order_by(Advocate.id))):
            one.external_id, one.phone, one.language = f"ID-{n}", f"+49 30 {n}", "de"
            one.city, one.country, one.time_zone = "Rome", "Italy", "Europe/Rome"
            one.company.website = f"https://{n}.example/"
            caring.tag(one, people.TAGS.get(one.first_name, ["=pilot"]), by=by)
            owner = db.session.get(Staff, theo if n % 2 else rosa)
            caring.look_after(one.company, owner, by=by)
            if n % 5 == 1:
                actions.stop_inviting(one, by=by)
            if n % 5 == 2:
                actions.leave(one, by=by)

    act(arrive)


def table(browser) -> str:
    return browser.post("/staff/customers/export").data.decode()


def let_everyone_go():
    db.session.execute(sa.delete(Tag))
    db.session.execute(sa.delete(Advocate))
    db.session.execute(sa.delete(Company))


def test_a_table_taken_away_and_brought_back_changes_nothing(
    customers_of_the_demo, as_rosa, bring_in, saved
):
    before, acts = table(as_rosa), len(saved(Entry))
    page, _ = bring_in(before)
    assert "Every row is here already: there is nothing to import." in page
    assert [one.verb for one in saved(Entry)[acts:]] == ["applied"]
    assert table(as_rosa) == before


def test_a_table_taken_away_loses_nothing_for_a_portal_that_is_empty(
    customers_of_the_demo, as_rosa, bring_in, act, saved
):
    before = table(as_rosa)
    act(let_everyone_go)
    bring_in(before)
    assert table(as_rosa) == before
    assert len(saved(Advocate)) == len(people.PEOPLE)


@pytest.mark.parametrize("name", ["customers-100.csv", "customers-1000.csv"])
def test_so_does_a_table_of_others(as_rosa, act, bring_in, name):
    bring_in((DATA / name).read_bytes())
    while act(lambda: actions.apply_more(db.session.scalars(sa.select(CustomerImport)).one())):
        pass
    before = table(as_rosa)
    page, _ = bring_in(before)
    assert "Every row is here already: there is nothing to import." in page
    assert table(as_rosa) == before


# ── Who looks after them, and tags ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("cell", ["theo@acme.example", "THEO@acme.example", "Theo  brand"])
def test_an_owner_is_a_colleague_by_mail_address_or_name(theo, bring_in, saved, cell):
    page, _ = bring_in(OWNED + f"Ada L,a@x.example,X,{cell}\n")
    assert "Who looks after the company: <ins>Theo Brand</ins>" in page
    assert saved(Company)[0].owner_id == theo
    assert "Not every owner is a colleague here" not in page
    assert [e.note for e in saved(Entry) if e.verb == "given to a colleague"] == ["Theo Brand"]


def test_an_owner_changes_by_a_file_and_the_preview_names_both(theo, bring_in, saved):
    bring_in(OWNED + "Ada L,a@x.example,X,Rosa\n")
    page, _ = bring_in(OWNED + "Ada L,a@x.example,X,Theo Brand\nBob M,b@x.example,X,Rosa\n")
    assert "<del>Rosa</del> → <ins>Theo Brand</ins>" in page
    assert "An earlier line says Theo Brand." in page
    assert saved(Company)[0].owner_id == theo
    bring_in(OWNED + "Ada L,a@x.example,X,\n")
    assert saved(Company)[0].owner_id == theo


def test_an_owner_nobody_here_is_called_is_said_and_the_row_is_taken(bring_in, saved):
    page, _ = bring_in(OWNED + "Ada L,a@x.example,X,Jane Roe\nBob M,b@y.example,Y,Jane Roe\n")
    assert "No colleague is called “Jane Roe”, so nobody new looks after the company." in page
    assert "(2 rows)" in page
    assert [one.owner_id for one in saved(Company)] == [None, None]
    assert len(saved(Advocate)) == 2


def test_two_colleagues_of_one_name_are_told_apart_by_their_mail_address(
    theo, save, bring_in, saved
):
    other = save(Staff(email="theo2@acme.example", name="Theo Brand", role=Role.VIEWER))
    page, _ = bring_in(OWNED + "Ada L,a@x.example,X,Theo Brand\n")
    assert "Two colleagues are called “Theo Brand”; write the mail address." in page
    assert saved(Company)[0].owner_id is None
    bring_in(OWNED + "Ada L,a@x.example,X,theo2@acme.example\n")
    assert saved(Company)[0].owner_id == other


def test_whoever_is_no_longer_here_is_given_no_company_and_keeps_theirs(
    theo, act, bring_in, saved, as_rosa
):
    bring_in(OWNED + "Ada L,a@x.example,X,Theo Brand\n")
    act(lambda: setattr(db.session.get(Staff, theo), "disabled_at", clock.now()))
    page, _ = bring_in(OWNED + "Bob M,b@y.example,Y,Theo Brand\n")
    assert "Theo Brand is no longer here" in page
    page, _ = bring_in(table(as_rosa))
    assert "Every row is here already" in page
    assert [one.owner_id for one in saved(Company)] == [theo, None]


def test_tags_of_a_file_take_the_place_of_those_there_and_a_blank_cell_of_none(bring_in, saved):
    head = "Name,Email,Company,Tags\n"
    bring_in(head + 'Ada L,a@x.example,X,"Pilot,  two words"\n')
    assert sorted(tag.name for tag in saved(Tag)) == ["pilot", "two words"]
    page, _ = bring_in(head + "Ada L,a@x.example,X,two words;new\n")
    assert "Tags: <del>pilot, two words</del> → <ins>new, two words</ins>" in page
    assert sorted(tag.name for tag in saved(Tag)) == ["new", "two words"]
    page, _ = bring_in(head + "Ada L,a@x.example,X,\n")
    assert "Every row is here already" in page
    page, _ = bring_in(head + f"Ada L,a@x.example,X,{'t' * 41}\n")
    assert "is too long for a tag: use at most 40 characters" in page


@pytest.mark.parametrize(
    ("heading", "cell", "stops"),
    [
        ("Email Opt Out", "1", True),
        ("Unsubscribed from all email", "true", True),
        ("Asked us to stop", "2026-03-01", True),
        ("Email Opt Out", "0", False),
        ("Email Opt Out", "", False),
    ],
)
def test_T38_whoever_asked_a_crm_to_stop_is_asked_nothing_here(
    bring_in, saved, act, heading, cell, stops
):
    from portal.outbox import actions as outbox

    head = f"Name,Email,Company,{heading}\n"
    bring_in(head + f"Ada L,a@x.example,X,{cell}\n")
    assert bool(saved(Advocate)[0].stopped_at) is stops
    assert bool(act(lambda: outbox.reasons_among(["a@x.example"]))) is stops
    bring_in(head + "Ada L,a@x.example,X,no\n")
    assert bool(saved(Advocate)[0].stopped_at) is stops
    bring_in(head + "Bob M,b@x.example,X,perhaps\n")
    assert len(saved(Advocate)) == 1


def test_a_company_of_many_is_given_to_a_colleague_once(theo, bring_in, saved):
    bring_in(OWNED + "".join(f"P{n} L,p{n}@x.example,X,Theo Brand\n" for n in range(5)))
    assert [one.verb for one in saved(Entry)].count("given to a colleague") == 1


@pytest.mark.parametrize(
    ("headings", "owner"),
    [
        # HubSpot, and HubSpot with all columns
        ("Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Company Name", 5),
        ("Record ID - Contact,First Name,Last Name,Email,Contact owner,Company owner,"
         "Primary Associated Company", 5),
        # Salesforce: a list view, and two reports
        ("Contact ID,First Name,Last Name,Account Name,Email,Account Owner,Contact Owner", 5),
        ("Contact ID,First Name,Last Name,Account: Account Name,Email,Contact: Contact Owner", 5),
        ("Contact ID,First Name,Last Name,Account Name,Email,Contact Owner: Full Name", 5),
    ],
)  # fmt: skip
def test_headings_of_crms_say_who_looks_after_them(headings, owner):
    found = columns.recognise(headings.split(","))
    assert found["owner"] == owner
    assert {"email", "first_name", "company", "external_id"} <= set(found)


def test_a_thousand_rows_with_owners_and_tags_need_few_statements(app, rosa):
    lines = [f'P{n} L,p{n}@x.example,C{n % 90},Rosa,"a{n % 7}, b"\n' for n in range(1000)]
    text = "Name,Email,Company,Owner,Tags\n" + "".join(lines)
    again = text.replace(", b", ", c")
    with app.app_context():
        for data in (text, again):
            statements = []
            sa.event.listen(db.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))  # noqa: B023
            file = importing.read(data.encode(), "x.csv")
            actions.apply_import(actions.plan_import(file), by=SYSTEM)
            db.session.commit()
            assert sum(statement.startswith("SELECT") for statement in statements) < 30


# ── What was refused ───────────────────────────────────────────────────────────────────────

WRONG = (
    "Mobile," + HEAD
    + "+49 1,Ada,L,X,a@x.example\n'7,Bob,\"M, jr\",X,nastya\n=2+3,Eve,N,,e@x.example,too,many\n"
)  # fmt: skip


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def refused(browser, here: str) -> list[list[str]]:
    return rows_of(browser.get(f"{here}/refused.csv").data.decode())


def test_refused_rows_hold_every_cell_as_it_came_with_line_and_reason(bring_in, as_rosa):
    _, here = bring_in(WRONG)
    head, bob, eve = refused(as_rosa, here)
    assert head == ["Line refused", "Why it was refused", "Mobile", *HEAD.strip().split(",")]
    assert bob[0] == "3"
    assert "“nastya” is not a mail address." in bob[1]
    assert bob[2:] == ["'7", "Bob", "M, jr", "X", "nastya"]
    assert eve[2:] == ["'=2+3", "Eve", "N", "", "e@x.example", "too", "many"]


def test_before_anything_is_imported_they_can_be_taken_away_as_well(as_rosa):
    here = send(as_rosa, WRONG).location
    assert f"{here}/refused.csv" in as_rosa.get(here).text
    assert [row[0] for row in refused(as_rosa, here)] == ["Line refused", "3", "4"]


def put_right(text: str, **changes: str) -> str:
    """The table with cells changed, as somebody does in a spreadsheet."""
    return re.sub("|".join(changes), lambda found: changes[found[0]], text)


def test_the_table_of_refused_rows_put_right_is_imported_as_it_is(bring_in, as_rosa, saved):
    _, here = bring_in(WRONG)
    text = as_rosa.get(f"{here}/refused.csv").data.decode()
    text = put_right(text.replace(",,e@x", ",X,e@x").replace(",too,many", ""), nastya="b@x.example")
    page, again = bring_in(text)
    assert "Import 2 customers" in page
    assert "Left alone: “Line refused”, “Why it was refused”." in page
    assert {one.first_name: one.phone for one in saved(Advocate)} == {
        "Ada": "+49 1", "Bob": "'7", "Eve": "=2+3",
    }  # fmt: skip
    assert len(refused(as_rosa, again)) == 1


def test_refused_twice_the_table_has_its_two_columns_once(bring_in, as_rosa):
    _, here = bring_in(WRONG)
    _, again = bring_in(as_rosa.get(f"{here}/refused.csv").data.decode())
    head, bob, _ = refused(as_rosa, again)
    assert head.count("Line refused") == head.count("Why it was refused") == 1
    assert (bob[0], bob[-1]) == ("2", "nastya")


def test_columns_that_were_said_once_are_known_of_the_refused_rows(as_rosa, bring_in, saved):
    here = send(as_rosa, "Wer,Post,Haus\nAda L,a@x.example,X\nBob M,nastya,X\n").location
    said = {"name": "Wer", "email": "Post", "company": "Haus"}
    as_rosa.post(f"{here}/columns", data=said)
    as_rosa.post(f"{here}/application")
    text = as_rosa.get(f"{here}/refused.csv").data.decode()
    page, _ = bring_in(put_right(text, nastya="b@x.example"))
    assert "Import 1 customer" in page
    assert [one.email for one in saved(Advocate)] == ["a@x.example", "b@x.example"]


def test_of_a_file_imported_before_the_reasons_alone_are_there(as_rosa, save, rosa):
    save(
        CustomerImport(
            filename="x.csv", content=b"", refused=["Line 2: “nastya” is not a mail address."],
            staff_id=rosa, counts={"create": 1}, begun_at=clock.now(), applied_at=clock.now(),
        ),
    )  # fmt: skip
    assert "Line 2: “nastya”" in as_rosa.get("/staff/imports/1").text
    assert refused(as_rosa, "/staff/imports/1")[1] == ["2", "“nastya” is not a mail address."]


def test_T36_no_cell_is_kept_of_whoever_was_erased(as_rosa, bring_in, act):
    from portal.outbox import actions as outbox

    act(lambda: outbox.suppress("a@x.example", reason="erased"))
    _, here = bring_in("Name,Email,Company,Phone\nAda L,a@x.example,X,555\nBob M,nastya,X,777\n")
    answer = as_rosa.get(f"{here}/refused.csv").data.decode()
    assert "777" in answer
    assert "555" not in answer
