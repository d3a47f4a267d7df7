"""Staff say which column is what, where the headings are their own."""

import io

import pytest

from portal.advocates.models import Advocate, CustomerImport

OWN = (
    "Wer,Nachname der Person,Haus,Wohin schreiben,Notiz\n"
    "Zoë,Ångström,Acme,zoe@acme.example,ruft gern an\n"
)
SAID = {
    "email": "Wohin schreiben",
    "first_name": "Wer",
    "last_name": "Nachname der Person",
    "company": "Haus",
}


@pytest.fixture
def uploaded(as_rosa):
    def uploaded(text: str = OWN):
        sent = {"file": (io.BytesIO(text.encode()), "own.csv")}
        return as_rosa.post("/staff/imports/new", data=sent)

    return uploaded


def test_a_file_with_headings_of_its_own_asks_which_column_is_what(as_rosa, uploaded, saved):
    page = uploaded().location
    asked = as_rosa.get(page).text
    assert "Which column is what?" in asked
    assert "Wohin schreiben: zoe@acme.example" in asked
    assert as_rosa.post(f"{page}/columns", data=SAID).status_code == 303
    preview = as_rosa.get(page).text
    assert "Zoë Ångström, Acme" in preview
    assert "“Notiz”" in preview  # left alone
    as_rosa.post(f"{page}/application")
    assert [(one.name, one.email) for one in saved(Advocate)] == [
        ("Zoë Ångström", "zoe@acme.example")
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"company": ""}, "no column of companies"),
        ({"company": "Wer"}, "chosen twice"),
        ({"company": "Nowhere"}, "no column “Nowhere”"),
    ],
)
def test_a_choice_that_leaves_no_customers_comes_back(as_rosa, uploaded, saved, change, says):
    page = uploaded().location
    answer = as_rosa.post(f"{page}/columns", data=SAID | change)
    assert answer.status_code == 422
    assert says in answer.text
    assert '<option value="Wohin schreiben" selected>' in answer.text
    assert saved(CustomerImport)[0].mapping == {}


def test_what_staff_say_goes_before_the_spellings(as_rosa, uploaded, saved):
    text = "First name,Company,Email,Login\nAda,X,old@x.example,new@x.example\n"
    page = uploaded(text).location
    said = {"email": "Login", "first_name": "First name", "company": "Company"}
    as_rosa.post(f"{page}/columns", data=said)
    as_rosa.post(f"{page}/application")
    assert saved(Advocate)[0].email == "new@x.example"
    assert as_rosa.post(f"{page}/columns", data=said).status_code == 422  # it is in already
    assert as_rosa.get(f"{page}/columns").status_code == 302


def test_a_table_without_a_mail_address_is_not_kept(uploaded, saved):
    assert uploaded("Review,Liked,More\nGood,1,x\n").status_code == 422
    assert saved(CustomerImport) == []
