"""A company takes another name: it is found by both, and nobody says that it agreed to the new."""

import pytest
import sqlalchemy as sa

from portal.advocates import actions as advocates
from portal.advocates import importing
from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Action, Invitation
from portal.companies import queries as companies
from portal.db import db
from portal.history.models import Entry
from portal.staff.models import Role, Staff
from portal.submissions import actions as submissions
from portal.submissions.models import Submission
from tests.renaming.conftest import NEW, OLD


def test_it_is_called_so_from_then_on_and_the_history_says_who(rename, as_rosa, home, rosa, saved):
    assert f"companies/{home}/name" in as_rosa.get(f"/staff/companies/{home}").text
    assert rename().status_code == 303
    page = as_rosa.get(f"/staff/companies/{home}").text
    assert f"<title>{NEW}" in page
    assert f"Called {OLD} until" in page
    [entry] = [one for one in saved(Entry) if one.verb == "renamed"]
    assert (entry.by, entry.note) == (f"staff:{rosa}", f"{OLD} is now {NEW}")
    assert (entry.about, entry.data) == (f"company:{home}", {"was": OLD})


@pytest.mark.parametrize("words", [OLD, NEW, "difference", "ANALYTICAL"])
def test_searches_and_filters_find_it_by_either_name(rename, as_rosa, words):
    rename()
    for asked in ("q", "company"):
        assert "Lovelace" in as_rosa.get(f"/staff/customers?{asked}={words}").text


@pytest.mark.parametrize("name", [OLD, NEW])
def test_a_file_that_names_it_by_either_name_brings_people_there(rename, act, home, rosa, name):
    rename()
    rows = f"first_name,last_name,email,company\nAda,Lovelace,ada@analytical.example,{name}\n"
    rows += f"Grace,Hopper,grace@analytical.example,{name}\n"

    def go():
        plan = advocates.plan_import(importing.read(rows.encode(), "new.csv"))
        return advocates.apply_import(plan, by=db.session.get(Staff, rosa)), [
            row.outcome.value for row in plan
        ]

    assert act(go)[1] == ["same", "create"]
    grace = act(lambda: db.session.query(Advocate).filter_by(first_name="Grace").one().company_id)
    assert grace == home


def test_a_possible_duplicate_is_found_by_the_old_name_too(rename, as_rosa, home, save, act):
    rename()
    other = save(Company(name=f"{OLD} Ltd", name_key=f"{OLD} ltd".casefold()))
    assert (
        f"/staff/companies/{home}/same-as/{other}" in as_rosa.get(f"/staff/companies/{home}").text
    )
    assert f"/same-as/{home}" in as_rosa.get(f"/staff/companies/{other}").text
    pairs = act(lambda: [(one.id, two.id) for one, two in companies.pairs()])
    assert pairs == [(home, other)]
    assert NEW in as_rosa.get(f"/staff/companies/{other}/same-as?q=analytical").text


def test_the_old_name_leads_to_the_company_and_cannot_be_parted_from_it(
    rename, as_rosa, home, saved
):
    rename()
    former = saved(Company)[-1]
    assert (former.name, former.merged_into_id) == (OLD, home)
    answer = as_rosa.post(f"/staff/companies/{former.id}/separation")
    assert (answer.status_code, "not another company" in answer.text) == (409, True)
    assert as_rosa.get(f"/staff/companies/{former.id}/name").location.endswith(f"/{home}/name")


def test_it_may_get_its_old_name_back_and_have_a_third(rename, as_rosa, home, saved):
    rename()
    assert rename(OLD, seen=NEW).status_code == 303
    assert [(one.name, one.merged_into_id) for one in saved(Company)[:1]] == [(OLD, None)]
    assert {one.name for one in saved(Company) if one.merged_into_id == home} == {NEW}
    assert rename("Third Engines").status_code == 303
    assert {one.name for one in saved(Company) if one.merged_into_id == home} == {NEW, OLD}
    assert all(one.renamed_at for one in saved(Company) if one.merged_into_id == home)


def test_another_spelling_is_a_new_name_without_a_row_of_its_own(rename, saved):
    assert rename("ANALYTICAL  Engines").status_code == 303
    assert [one.name for one in saved(Company)].count("ANALYTICAL Engines") == 1
    assert all(one.merged_into_id is None for one in saved(Company))


# ── Refusals keep what was typed ───────────────────────────────────────────────────────────


def test_whoever_is_second_is_told_who_and_when_and_keeps_what_they_typed(
    rename, browser_of, save, saved
):
    theo = save(Staff(email="theo@acme.example", name="Theo", role=Role.EDITOR))
    rename()
    late = rename("Babbage & Co", client=browser_of(staff=theo))
    assert late.status_code == 409
    assert f"Rosa was faster: {OLD} is now {NEW}" in late.text
    assert "UTC on" in late.text
    assert 'value="Babbage &amp; Co"' in late.text
    assert saved(Company)[0].name == NEW
    assert f'name="seen" type="hidden" value="{NEW}"' in late.text  # sent again, it counts


def test_pressing_twice_is_renaming_once(rename, saved):
    assert [rename().status_code for _ in range(2)] == [303, 303]
    assert [one.verb for one in saved(Entry)].count("renamed") == 1


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "Enter the name"),
        ("x" * 201, "Use at most 200 characters"),
        ("İ" * 150, "Use at most 200 characters"),  # longer in small letters
        (OLD, "That is its name already"),
        ("Crow Foods", "There is a company called Crow Foods already"),
        ("crow  FOODS", "There is a company called Crow Foods already"),
        ("Raven Foods", "Raven Foods is a name by which Crow Foods is known here already"),
        ("Engines Ltd", "joined with Analytical Engines as another company"),
    ],
)
def test_a_name_that_is_none_or_somebody_elses_is_refused(rename, home, save, saved, name, why):
    crow = save(Company(name="Crow Foods", name_key="crow foods"))
    save(Company(name="Raven Foods", name_key="raven foods", merged_into_id=crow))
    save(Company(name="Engines Ltd", name_key="engines ltd", merged_into_id=home))
    answer = rename(name)
    assert answer.status_code == 422
    assert why in answer.text
    assert not name or f'value="{name}"' in answer.text or "  " in name
    assert saved(Company)[0].name == OLD


def test_a_company_joined_meanwhile_is_not_renamed(rename, save, act, home):
    other = save(Company(name="Crow Foods", name_key="crow foods"))
    act(lambda: setattr(db.session.get(Company, home), "merged_into_id", other))
    answer = rename()
    assert (answer.status_code, "was joined with Crow Foods" in answer.text) == (409, True)


def test_viewers_rename_nothing(rename, browser_of, save):
    vera = save(Staff(email="vera@acme.example", name="Vera", role=Role.VIEWER))
    assert rename(client=browser_of(staff=vera)).status_code == 403


def test_T3_what_is_not_sent_yet_is_read_once_more_before_it_is(rename, act, invitation, saved):
    def begin():
        who = db.session.scalars(sa.select(Advocate).where(Advocate.first_name == "Ada")).one()
        one = submissions.start(db.session.get(Invitation, invitation), Action.QUOTE, by=who)
        db.session.flush()
        return one.id, one.version

    number, seen = act(begin)
    rename()
    assert [one.version for one in saved(Submission) if one.id == number] == [seen + 1]
