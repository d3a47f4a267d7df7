"""Staff tag customers, say who looks after a company, and find people by both."""

import pytest

from portal import clock
from portal.advocates.models import Advocate, Company, Sector, Signal, SignalKind, Tag
from portal.db import db
from portal.history.models import Entry
from portal.staff.models import Role, Staff

EXPORT = "/staff/customers/export"


def care(browser, person: int, tags: str = "", owner: int = 0):
    return browser.post(f"/staff/customers/{person}/care", data={"tags": tags, "owner": str(owner)})


def test_tags_are_words_once_and_in_the_history(as_rosa, ada, saved):
    for _ in range(2):
        assert care(as_rosa, ada, " Speaker,  pilot   customer, speaker,, ").status_code == 303
    assert [tag.name for tag in saved(Tag)] == ["pilot customer", "speaker"]
    assert [entry.verb for entry in saved(Entry)] == ["tagged"]
    care(as_rosa, ada, "speaker")
    assert [tag.name for tag in saved(Tag)] == ["speaker"]
    care(as_rosa, ada)
    assert saved(Tag) == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [("x" * 41, "too long for a tag"), (",".join(map(str, range(21))), "Use at most 20 tags")],
)
def test_a_refused_tag_comes_back_as_typed(as_rosa, ada, saved, typed, says):
    answer = care(as_rosa, ada, typed)
    assert answer.status_code == 422
    assert says in answer.text
    assert typed in answer.text
    assert saved(Tag) == []


def test_a_company_is_looked_after_by_a_colleague_who_is_here(as_rosa, rosa, ada, saved, save):
    gone = save(
        Staff(email="x@acme.example", name="Gone", role=Role.EDITOR, disabled_at=clock.now())
    )
    assert care(as_rosa, ada, "speaker", owner=gone).status_code == 422
    assert care(as_rosa, ada, "speaker", owner=999).status_code == 422
    assert saved(Tag) == []
    assert care(as_rosa, ada, "", owner=rosa).status_code == 303
    assert saved(Company)[0].owner_id == rosa
    page = as_rosa.get(f"/staff/companies/{saved(Company)[0].id}").text
    assert "Given to a colleague" in page


def test_viewers_tag_nobody(browser_of, save, ada, saved):
    vera = save(Staff(email="vera@acme.example", name="Vera", role=Role.VIEWER))
    assert care(browser_of(staff=vera), ada, "speaker").status_code == 403
    assert saved(Tag) == []


@pytest.mark.parametrize(
    "asked", ["tag=speaker", "owner={rosa}", "sector=finance", "company=ANALYT"]
)
def test_customers_are_found_by_tag_owner_sector_and_company(
    as_rosa, act, rosa, ada, charlie, asked
):
    def known():
        person = db.session.get(Advocate, ada)
        person.tags = [Tag(name="speaker")]
        person.company.owner_id, person.company.sector = rosa, Sector.FINANCE

    act(known)
    asked = asked.format(rosa=rosa)
    for send, path in ((as_rosa.get, "/staff/customers"), (as_rosa.post, EXPORT)):
        page = send(f"{path}?{asked}").text
        assert "ada@" in page
        assert "charlie@" not in page
    page = as_rosa.get(f"/staff/customers?{asked}").text
    assert asked.replace("&", "&amp;") in page.partition(EXPORT)[2]  # and it is kept
    assert "ada@" in as_rosa.get(f"/staff/customers?show=open&{asked}").text


@pytest.mark.parametrize("asked", ["owner=x", "owner=99999999999999999999", "sector=x", "owner=²"])
def test_nonsense_in_the_address_narrows_nothing(as_rosa, ada, asked):
    assert "ada@" in as_rosa.get(f"/staff/customers?{asked}").text


def test_a_company_has_a_page_with_its_people_and_how_they_are(as_rosa, act, ada):
    def known():
        person = db.session.get(Advocate, ada)
        more = {"by": "staff:1", "at": person.created_at.date()}
        db.session.add(
            Signal(company_id=person.company_id, advocate_id=ada, kind=SignalKind.NPS, value=9,
                   key="a", **more)
        )  # fmt: skip
        db.session.add(
            Signal(company_id=person.company_id, kind=SignalKind.RENEWAL, key="b", **more)
        )
        return person.company_id

    page = as_rosa.get(f"/staff/companies/{act(known)}").text
    for words in ("Ada Lovelace", "NPS answer (0 to 10): 9", "the company as a whole", "Nobody as"):
        assert words in page, words
    assert as_rosa.get("/staff/companies/999").status_code == 404
