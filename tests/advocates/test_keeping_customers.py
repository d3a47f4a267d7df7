"""Staff find customers, open one, and note whether they may be asked."""

import re

import pytest

from portal.advocates import actions
from portal.advocates.models import Advocate, Company
from portal.db import db
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.outbox import actions as outbox
from portal.staff.models import Role, Staff


def names(page: str) -> list[str]:
    return re.findall(r'href="/staff/customers/\d+"[^>]*>([^<]*)</a>', page)


def person(number: int, last: str, company: Company, **more) -> Advocate:
    mail = f"p{number}@x.example"
    return Advocate(
        company=company, first_name="Pat", last_name=last, email=mail, email_key=mail, **more
    )


@pytest.fixture
def many(save) -> None:
    company = Company(name="X", name_key="x")
    save(*(person(n, f"Name {n // 3:03}", company, country="Chile") for n in range(120)))


def test_an_empty_list_says_what_will_be_here_and_offers_one_act(as_rosa):
    page = as_rosa.get("/staff/customers").text
    assert "No customers yet" in page
    assert "/staff/imports/new" in page


@pytest.mark.parametrize("words", ["lovelace", "ADA LOVE", "analytical", "ada@ana", "  Ada "])
def test_customers_are_found_by_name_company_or_mail(as_rosa, ada, charlie, words):
    page = as_rosa.get("/staff/customers", query_string={"q": words}).text
    assert "Ada Lovelace" in page
    assert "Charlie Babbage" not in page


@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1 --"])
def test_signs_of_the_database_mean_themselves(as_rosa, ada, words):
    assert "Nobody here" in as_rosa.get("/staff/customers", query_string={"q": words}).text


def test_every_customer_is_on_exactly_one_page_forwards_and_back(as_rosa, many):
    seen, url = [], "/staff/customers?country=Chile"
    backwards = []
    while url:
        page = as_rosa.get(url).text
        seen.append(names(page))
        url = link(page, "next")
        back = link(page, "prev")
    while back:
        page = as_rosa.get(back).text
        backwards.insert(0, names(page))
        back = link(page, "prev")
    assert [len(part) for part in seen] == [50, 50, 20]
    assert len({name for part in seen for name in part}) == 40  # three people of each name
    assert backwards == seen[:2]


def link(page: str, rel: str) -> str | None:
    _, found, after = page.partition(f'rel="{rel}" href="')
    return after.partition('"')[0].replace("&amp;", "&") if found else None


def test_the_tabs_count_and_choose(as_rosa, ada, charlie, act):
    act(lambda: actions.stop_inviting(db.session.get(Advocate, ada), by=SYSTEM))
    page = as_rosa.get("/staff/customers?show=stopped").text
    assert names(page) == ["Ada Lovelace"]
    assert names(as_rosa.get("/staff/customers?show=open").text) == ["Charlie Babbage"]
    assert names(as_rosa.get("/staff/customers?show=nonsense").text) == [
        "Charlie Babbage",
        "Ada Lovelace",
    ]


def test_stopping_is_at_once_once_and_reaches_mail_on_its_way_T38(as_rosa, ada, saved, app):
    for _ in range(2):
        assert as_rosa.post(f"/staff/customers/{ada}/stop").status_code == 303
    assert saved(Advocate)[0].stopped_at
    assert [entry.verb for entry in saved(Entry)] == ["stopped"]
    with app.app_context():
        assert outbox.reasons_among(["ada@analytical.example"])
    page = as_rosa.get(f"/staff/customers/{ada}").text
    assert "Asked us to stop on" in page
    assert "Rosa" in page


def test_inviting_again_needs_a_word_on_how_they_told_us(as_rosa, ada, saved, app):
    as_rosa.post(f"/staff/customers/{ada}/stop")
    answer = as_rosa.post(f"/staff/customers/{ada}/readmission", data={"note": " "})
    assert answer.status_code == 422
    assert "Enter how they told you" in answer.text
    assert saved(Advocate)[0].stopped_at

    as_rosa.post(f"/staff/customers/{ada}/readmission", data={"note": "by phone today"})
    assert saved(Advocate)[0].stopped_at is None
    assert saved(Entry)[-1].note == "by phone today"
    with app.app_context():
        assert not outbox.reasons_among(["ada@analytical.example"])


def test_someone_who_left_is_noted_and_may_come_back(as_rosa, ada, saved):
    as_rosa.post(f"/staff/customers/{ada}/departure")
    assert saved(Advocate)[0].left_at
    assert "Left Analytical Engines on" in as_rosa.get(f"/staff/customers/{ada}").text
    as_rosa.post(f"/staff/customers/{ada}/return")
    assert saved(Advocate)[0].left_at is None


def test_a_website_that_is_no_web_address_is_never_a_link(as_rosa, save):
    company = Company(name="X", name_key="x", website="javascript:alert(1)")
    page = as_rosa.get(f"/staff/customers/{save(person(1, 'A', company))}").text
    assert 'href="javascript' not in page


def test_a_viewer_sees_and_changes_nothing(browser_of, save, ada, saved):
    viewer = browser_of(staff=save(Staff(email="v@acme.example", name="Vi", role=Role.VIEWER)))
    page = viewer.get(f"/staff/customers/{ada}")
    assert page.status_code == 200
    assert "Stop inviting" not in page.text
    for act in ("stop", "readmission", "departure", "return"):
        assert viewer.post(f"/staff/customers/{ada}/{act}").status_code == 403
    assert saved(Advocate)[0].stopped_at is None


def test_customers_are_for_staff(as_ada, as_stranger, ada):
    for browser in (as_ada, as_stranger):
        assert browser.get(f"/staff/customers/{ada}").status_code == 302
        assert browser.get("/staff/customers").status_code == 302


def test_no_such_customer_is_said_in_words(as_rosa):
    answer = as_rosa.get("/staff/customers/999")
    assert answer.status_code == 404


def test_customers_leave_as_a_table_in_which_nothing_is_a_formula(as_rosa, save, ada):
    company = Company(name="=1+1 Ltd", name_key="=1+1 ltd")
    save(person(7, "@Evil", company, country="Chile"))
    answer = as_rosa.post("/staff/customers/export?country=Chile")
    assert answer.mimetype == "text/csv"
    assert "'=1+1 Ltd" in answer.text
    assert "'@Evil" in answer.text
    assert "Lovelace" not in answer.text
    assert "Lovelace" in as_rosa.post("/staff/customers/export").text


def test_who_takes_the_customers_along_confirms_it_and_is_written_down(
    as_rosa, rosa, ada, wait, saved
):
    path = "/staff/customers/export?q=Lovelace"
    assert "Lovelace" in as_rosa.post(path).text
    entry = saved(Entry)[-1]
    assert (entry.by, entry.verb) == (f"staff:{rosa}", "customers exported")
    wait(minutes=11)
    asked = as_rosa.post(path)
    assert asked.status_code == 422
    assert f'action="{path}"' in asked.text  # what was searched for is kept
    assert "Analytical" not in asked.text
