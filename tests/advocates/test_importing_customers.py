"""Staff bring in customers from a file, and see what it would change before it does."""

import io
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.advocates import actions, importing, rows
from portal.advocates.models import Advocate, Company, CustomerImport, Sector
from portal.advocates.planning import Outcome
from portal.db import db
from portal.errors import Unreadable
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.staff.models import Role, Staff

DATA = Path(__file__).parent.parent / "data"
HEAD = "First Name,Last Name,Company,Email\n"


def read(text: str | bytes, filename="customers.csv"):
    return importing.read(text.encode() if isinstance(text, str) else text, filename)


@pytest.fixture
def bring_in(act):
    """Import a text or a file of tests/data; the planned rows."""

    def bring_in(text: str | bytes):
        data = (DATA / text).read_bytes() if str(text).endswith(".csv") else text

        def both():
            plan = actions.plan_import(read(data))
            actions.apply_import(plan, by=SYSTEM)
            return [(row.line, row.outcome.value, row.why) for row in plan]

        return act(both)

    return bring_in


def count(outcomes, kind) -> int:
    return sum(outcome == kind for _, outcome, _ in outcomes)


# ── The three real files ───────────────────────────────────────────────────────────────────


def test_a_hundred_customers_come_in_as_they_are_written(bring_in, saved):
    assert count(bring_in("customers-100.csv"), "create") == 100

    people = {person.email: person for person in saved(Advocate)}
    sheryl = people["zunigavanessa@smith.info"]
    assert (sheryl.name, sheryl.company.name) == ("Sheryl Baxter", "Rasmussen Group")
    assert (sheryl.external_id, sheryl.phone) == ("DD37Cf93aecA6Dc", "229.077.5154")
    assert sheryl.customer_since.isoformat() == "2020-08-24"
    assert sheryl.company.website == "http://www.stephenson.com/"
    assert len(saved(Company)) == 99  # two people work for Simon LLC


def test_importing_twice_changes_nothing(bring_in, saved):
    bring_in("customers-1000.csv")
    before = len(saved(Entry))
    again = bring_in("customers-1000.csv")
    assert (count(again, "same"), count(again, "refused")) == (1000, 1)
    assert len(saved(Entry)) == before
    assert len(saved(Advocate)) == 1000


def test_the_shifted_last_row_of_the_thousand_is_refused_with_its_reason(bring_in):
    *_, (line, outcome, why) = bring_in("customers-1000.csv")
    assert (line, outcome) == (1002, "refused")
    assert why == (
        "“095-557-11-99” is not a mail address."
        " A mail address stands under “Phone 1”: are the cells shifted?"
    )


def test_a_thousand_rows_need_a_handful_of_queries(app):
    with app.app_context():
        statements = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        plan = actions.plan_import(read((DATA / "customers-1000.csv").read_bytes()))
        actions.apply_import(plan, by=SYSTEM)
        db.session.commit()
    assert sum(statement.startswith("SELECT") for statement in statements) < 20


def test_restaurant_reviews_are_no_customers():
    with pytest.raises(Unreadable) as refusal:
        read((DATA / "restaurant-reviews.csv").read_bytes())
    assert str(refusal.value).startswith(
        "This file has no column of mail addresses or of companies or of names."
        " Its headings are “Review”, “Liked”."
    )


# ── What is understood ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "Record ID,First Name,Last Name,Email,Company Name,Job Title,Country/Region\n"
        "901,Zoë,Ångström,zoe@acme.example,Acme,Head of IT,Sweden\n",  # HubSpot
        "Contact ID;Salutation;First Name;Last Name;Title;Account Name;Mailing Country;Email\r\n"
        "901;Ms;Zoë;Ångström;Head of IT;Acme;Sweden;zoe@acme.example\r\n",  # Salesforce
        "Record ID - Contact,First Name,Last Name,Email,Phone Number,Primary Associated Company,"
        "Job Title,Country/Region\n"
        "901,Zoë,Ångström,zoe@acme.example,,Acme,Head of IT,Sweden\n",  # HubSpot, all columns
        "Contact ID,First Name,Last Name,Title,Account: Account Name,Mailing Country,Email\n"
        "901,Zoë,Ångström,Head of IT,Acme,Sweden,zoe@acme.example\n",  # a Salesforce report
        "Kundennummer\tVorname\tNachname\tE-Mail\tFirma\tPosition\tLand\n"
        "901\tZoë\tÅngström\tzoe@acme.example\tAcme\tHead of IT\tSweden\n",
        "ID,Full name,E-mail address,Organisation,Position,Country\r"
        "901,Zoë Ångström,zoe@acme.example,Acme,Head of IT,Sweden\r",  # old line ends
        'ID,Name,Mail,Company,Job title,Country\n901,"Ångström, Zoë",zoe@acme.example,'
        "Acme,Head of IT,Sweden\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_exports_are_read_as_they_come(text, encoding):
    file = read(text.encode(encoding))
    assert len(file.rows) == 1
    [(_, row)] = rows.parse(file)
    assert (row.first_name, row.last_name) == ("Zoë", "Ångström")
    assert (row.email, row.company, row.external_id) == ("zoe@acme.example", "Acme", "901")
    assert (row.job_title, row.country) == ("Head of IT", "Sweden")


def test_a_workbook_is_read_like_a_text_file(bring_in, saved):
    bring_in(
        workbook(
            '<row r="2"><c r="A2" t="str"><v>Name</v></c><c r="B2" t="str"><v>Email</v></c>'
            '<c r="C2" t="str"><v>Company</v></c><c r="D2" t="str"><v>Phone</v></c></row>'
            '<row r="4"><c r="A4" t="str"><v>Ada Lovelace</v></c>'
            '<c r="B4" t="str"><v>ada@engines.example</v></c><c r="C4" t="str"><v>Engines</v></c>'
            '<c r="D4"><v>44123</v></c></row>'
        )
    )
    assert [(p.name, p.phone) for p in saved(Advocate)] == [("Ada Lovelace", "44123")]


def test_days_before_months_are_told_from_the_column(bring_in, saved):
    bring_in(
        "Name,Email,Company,Customer since\n"
        "Ada,a@x.example,X,03/04/2020\nBob,b@x.example,X,25/04/2020\n"
    )
    assert saved(Advocate)[0].customer_since.isoformat() == "2020-04-03"


def test_a_date_with_two_meanings_is_refused_rather_than_guessed(bring_in):
    [(_, outcome, why)] = bring_in(
        "Name,Email,Company,Customer since\nAda,a@x.example,X,03/04/2020\n"
    )
    assert outcome == "refused"
    assert "can be read as two days" in why


def test_sectors_under_gift_rules_are_recognised_T13(bring_in, saved):
    bring_in(
        "Name,Email,Company,Industry\n"
        "A,a@x.example,X,Government Administration\nB,b@y.example,Y,HOSPITAL_HEALTH_CARE\n"
        "C,c@z.example,Z,Higher Education\nD,d@w.example,W,Banking\nE,e@v.example,V,Furniture\n"
        "F,f@v.example,V,Insurance\n"
    )
    assert [c.sector for c in saved(Company)] == [
        Sector.PUBLIC,
        Sector.HEALTHCARE,
        Sector.EDUCATION,
        Sector.FINANCE,
        Sector.FINANCE,  # the stricter of two answers
    ]


# ── Who is who ─────────────────────────────────────────────────────────────────────────────


def test_a_person_is_known_by_mail_address_however_it_is_spelled(bring_in, saved):
    bring_in(HEAD + "Ada,Lovelace,Engines,Ada@Engines.example\n")
    outcome = bring_in(HEAD + "Ada,King,ENGINES ,ada@engines.EXAMPLE\n")
    assert count(outcome, "update") == 1
    assert [(p.last_name, p.email) for p in saved(Advocate)] == [("King", "Ada@Engines.example")]


def test_a_blank_cell_leaves_what_is_known(bring_in, saved):
    bring_in("Name,Email,Company,Phone\nAda Lovelace,a@x.example,X,123\n")
    assert count(bring_in("Name,Email,Company,Phone\nAda Lovelace,a@x.example,X,\n"), "same") == 1
    assert saved(Advocate)[0].phone == "123"


def test_news_of_a_company_is_told_once_though_two_people_work_there(bring_in, saved):
    head = "Name,Email,Company,Website\n"
    bring_in(head + "A,a@x.example,X,\nB,b@x.example,X,\n")
    outcome = bring_in(head + "A,a@x.example,X,http://x/\nB,b@x.example,X,http://other/\n")
    assert [o for _, o, _ in outcome] == ["update", "same"]
    assert saved(Company)[0].website == "http://x/"


def test_two_people_of_one_name_stay_two(bring_in, saved):
    bring_in(HEAD + "Ada,Lovelace,Engines,ada@engines.example\n")
    bring_in(HEAD + "Ada,Lovelace,Engines,ada2@engines.example\n")
    assert len(saved(Advocate)) == 2
    assert len(saved(Company)) == 1


def test_the_same_mail_twice_in_a_file_names_the_first_line(bring_in):
    outcome = bring_in(HEAD + "Ada,L,X,a@x.example\nBob,M,X,b@x.example\nEve,N,X,A@X.example\n")
    assert outcome[2] == (
        4,
        "refused",
        "the mail address “A@X.example” is already on line 2",
    )


def test_a_customer_id_of_one_and_the_mail_of_another_are_not_merged(bring_in):
    head = "Customer Id," + HEAD
    bring_in(head + "1,Ada,L,X,a@x.example\n2,Bob,M,X,b@x.example\n")
    [(_, outcome, why)] = bring_in(head + "1,Ada,L,X,b@x.example\n")
    assert outcome == "refused"
    assert "two people are never merged" in why


def test_a_new_mail_address_follows_the_customer_id(bring_in, saved):
    head = "Customer Id," + HEAD
    bring_in(head + "1,Ada,L,X,a@x.example\n")
    bring_in(head + "1,Ada,L,X,Ada@x.example\n")
    assert [(p.email, p.email_key) for p in saved(Advocate)] == [("Ada@x.example", "ada@x.example")]


def test_an_import_moves_nobody_to_another_company_T29(bring_in, saved, act):
    head = "Customer Id," + HEAD
    bring_in(head + "1,Ada,L,X,a@x.example\n")
    [(_, outcome, why)] = bring_in(head + "1,Ada,L,Y,a@y.example\n")
    assert outcome == "refused"
    assert "moves nobody to another company" in why

    act(lambda: actions.leave(db.session.get(Advocate, 1), by=SYSTEM))
    assert count(bring_in(head + "1,Ada,L,Y,a@y.example\n"), "create") == 1
    assert [(p.company.name, p.external_id) for p in saved(Advocate)] == [("X", None), ("Y", "1")]


def test_an_import_never_lifts_a_stop(bring_in, saved, act):
    bring_in(HEAD + "Ada,L,X,a@x.example\n")
    act(lambda: actions.stop_inviting(db.session.get(Advocate, 1), by=SYSTEM))
    bring_in(HEAD + "Ada,King,X,a@x.example\n")
    assert saved(Advocate)[0].stopped_at


# ── What is refused ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Ada,L,X,nastya", "“nastya” is not a mail address"),
        ("Ada,L,X,", "the mail address is missing"),
        (",L,X,a@x.example", "the first name is missing"),
        ("Ada,L,,a@x.example", "the company is missing"),
        (f"{'A' * 101},L,X,a@x.example", "the first name is longer than 100 characters"),
        ("Ada,L,X,a@x.example,extra", "there are 5 cells under 4 headings"),
        ('"A\nda",L,X,a@x.example', "the first name holds a line break"),
        (f"Ada,L,{'ß' * 150},a@x.example", "is too long"),
    ],
)
def test_a_row_is_refused_alone_and_in_words(bring_in, saved, row, why):
    outcome = bring_in(HEAD + row + "\nBob,M,X,b@x.example\n")
    assert why in outcome[0][2]
    assert [o for _, o, _ in outcome] == ["refused", "create"]
    assert len(saved(Advocate)) == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "This file is empty."),
        (b"\n\n , \n", "This file is empty."),
        (HEAD.encode(), "no row below them"),
        (HEAD.encode() + b'Ada,L,X,a@x.example\n"Bob,M,X,b@x.example\n', "Line 3: a quotation"),
        (HEAD.encode() + b'Ada,"L"ovelace,X,a@x.example\n', "Line 2: a quotation mark"),
        (HEAD.encode() + b"Ada,L,X,a@x\0.example\n", "Line 2: there is a NUL byte"),
        (b"First Name,Company,Email,Email\n", "Two columns are headed “Email”"),
        (b"First Name,Company\nAda,X\n", "no column of mail addresses"),
        (b"%PDF-1.7\n1 0 obj\n", "no column of mail addresses"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "there is a NUL byte"),
        (b"PK\x03\x04 but no archive", "not an XLSX workbook"),
        (b"\xd0\xcf\x11\xe0 old excel", "old or protected Excel file"),
        (HEAD.encode() + b"x" * 200_000, "Line 2: a cell is longer"),
        (HEAD.encode() + b"Ada,L,X,a@x.example\n" * 10_001, "more than 10,000 rows"),
        (b"a" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
    ],
)
def test_a_broken_file_is_refused_as_a_whole_in_words(data, why):
    with pytest.raises(Unreadable) as refusal:
        read(data)
    assert why in str(refusal.value)


def test_a_workbook_that_would_burst_is_refused_before_it_is_opened():
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(Unreadable, match="far outside its table"):
        read(workbook('<row r="1"><c r="A1"><v>1</v></c></row>' + corner))
    with pytest.raises(Unreadable, match="unpacks to more than 60 MB"):
        read(workbook(" " * 61_000_000))


# ── On the page ────────────────────────────────────────────────────────────────────────────


def send(browser, data: bytes | str, filename="customers.csv"):
    file = (io.BytesIO(data.encode() if isinstance(data, str) else data), filename)
    return browser.post("/staff/imports/new", data={"file": file})


def test_a_file_is_shown_row_by_row_before_anything_changes(as_rosa, saved, bring_in):
    bring_in("Name,Email,Company,Phone\nBob M,b@x.example,X,1\nEve N,e@x.example,X,1\n")
    sent = send(
        as_rosa,
        "Full name,E-mail,Account Name,Phone,Shoe size\nAda L,a@x.example,X,1,7\n"
        "Bob M,b@x.example,X,<b>2</b>,7\nEve N,e@x.example,X,1,7\nZed,nastya,X,1,7\n",
    )
    assert sent.status_code == 303
    page = as_rosa.get(sent.location).text

    assert "Nothing has changed yet." in page
    assert "Left alone: “Shoe size”." in page
    assert "<del>1</del> → <ins>&lt;b&gt;2&lt;/b&gt;</ins>" in page
    assert "“nastya” is not a mail address" in page
    assert "Import 2 customers" in page
    assert "Zed" not in as_rosa.get(sent.location + "?show=update").text
    assert len(saved(Advocate)) == 2


def test_applying_imports_once_and_lets_the_file_go(as_rosa, saved, act):
    here = send(as_rosa, HEAD + "Ada,L,X,a@x.example\nZed,Z,X,nastya\n").location
    for _ in range(2):
        assert as_rosa.post(here + "/application").location == here
    page = as_rosa.get(here).text

    assert "“customers.csv” is imported" in page
    assert "Line 3: “nastya” is not a mail address." in page
    assert len(saved(Advocate)) == 1
    assert act(lambda: db.session.get(CustomerImport, 1).content) == b""


def test_batches_meet_at_a_row_and_each_row_counts_once(as_rosa, saved, act, monkeypatch):
    monkeypatch.setattr(actions, "ROWS_AT_ONCE", 3)
    rows = [f"P{n},L,X,{'nastya' if n in (3, 7) else f'p{n}@x.example'}\n" for n in range(1, 11)]
    here = send(as_rosa, HEAD + "".join(rows)).location
    as_rosa.post(here + "/application")
    while act(lambda: actions.apply_more(db.session.scalars(sa.select(CustomerImport)).one())):
        pass
    [upload] = saved(CustomerImport)
    assert upload.counts == {"create": 8, "update": 0, "same": 0, "refused": 2}
    assert [said.line for said in upload.refusals] == [4, 8]
    assert len(saved(Advocate)) == 8


def test_a_file_that_is_none_stores_nothing(as_rosa, saved):
    answer = send(as_rosa, (DATA / "restaurant-reviews.csv").read_bytes())
    assert answer.status_code == 422
    assert "no column of mail addresses" in answer.text
    assert "<title>Error: " in answer.text
    assert as_rosa.post("/staff/imports/new", data={}).status_code == 422
    assert saved(CustomerImport) == []


def test_files_nobody_imported_are_let_go_after_a_week(rosa, saved, act, wait):
    def upload():
        data = (HEAD + "Ada,L,X,a@x.example\n").encode()
        actions.upload(data, "customers.csv", by=db.session.get(Staff, rosa))

    act(upload)
    wait(days=6)
    act(upload)
    assert len(saved(CustomerImport)) == 2
    wait(days=6)
    act(upload)
    assert len(saved(CustomerImport)) == 2


def test_a_viewer_imports_nothing(browser_of, save):
    viewer = browser_of(staff=save(Staff(email="v@acme.example", name="Vi", role=Role.VIEWER)))
    assert viewer.get("/staff/imports/new").status_code == 403
    assert send(viewer, HEAD + "Ada,L,X,a@x.example\n").status_code == 403


def test_the_command_says_what_it_will_do_and_does_it(app, saved, tmp_path):
    run = app.test_cli_runner().invoke
    file = tmp_path / "customers.csv"
    file.write_text(HEAD + "Ada,L,X,a@x.example\nZed,Z,X,nastya\n")

    asked = run(args=["import-customers", str(file)], input="n\n")
    assert (asked.exit_code, saved(Advocate)) == (1, [])

    done = run(args=["import-customers", str(file), "--yes"])
    assert done.exit_code == 0
    assert "1 new" in done.output
    assert "Line 3: “nastya” is not a mail address." in done.output
    assert len(saved(Advocate)) == 1

    refused = run(args=["import-customers", str(DATA / "restaurant-reviews.csv"), "--yes"])
    assert refused.exit_code == 1
    assert "no column of mail addresses" in refused.output


def test_every_outcome_has_a_word():
    assert [outcome.words for outcome in Outcome] == ["new", "updated", "unchanged", "refused"]


def workbook(content: str) -> bytes:
    """The smallest XLSX there is, with these rows on its one sheet."""
    schema = "http://schemas.openxmlformats.org"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{schema}/package/2006/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{schema}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{schema}/officeDocument/2006/relationships/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{schema}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{schema}/officeDocument/2006/relationships/worksheet"'
        ' Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{schema}/spreadsheetml/2006/main"'
        f' xmlns:r="{schema}/officeDocument/2006/relationships">'
        '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{schema}/spreadsheetml/2006/main">'
        f"<sheetData>{content}</sheetData></worksheet>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()
