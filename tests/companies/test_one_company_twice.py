"""Two rows that are one company: people, facts and answers follow, and go back when parted."""

import pytest
import sqlalchemy as sa

from portal import clock
from portal.advocates import actions as advocates
from portal.advocates import importing, signals
from portal.advocates.models import Advocate, Company, Sector, Signal, SignalKind
from portal.campaigns import eligibility, facts
from portal.campaigns.models import Ask
from portal.companies import actions, queries
from portal.consent.models import OrgApproval, OrgVerdict
from portal.db import Model, db
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.incentives.models import GiftException
from portal.staff.models import Role, Staff

SURE = {"sure": "y"}


@pytest.fixture
def home(act, ada) -> int:
    """Ada’s company."""
    return act(lambda: db.session.get(Advocate, ada).company_id)


@pytest.fixture
def grace(save) -> int:
    """Someone of the same company, in a row of its own."""
    return save(
        Advocate(
            company=Company(
                name="Analytical Engines, Ltd.", name_key="analytical engines, ltd.",
                website="https://analytical.example", sector=Sector.FINANCE,
            ),
            first_name="Grace", last_name="Hopper",
            email="grace@analytical.example", email_key="grace@analytical.example",
        )
    )  # fmt: skip


@pytest.fixture
def twin(act, grace) -> int:
    return act(lambda: db.session.get(Advocate, grace).company_id)


@pytest.fixture
def address(home, twin) -> str:
    return f"/staff/companies/{home}/same-as/{twin}"


@pytest.fixture
def merged(as_rosa, address) -> None:
    assert as_rosa.post(address, data=SURE).status_code == 303


def test_a_pair_is_suggested_compared_and_joined(as_rosa, home, twin, address, charlie, saved):
    for page in (f"{home}", "duplicates", f"{home}/same-as", f"{home}/same-as?q=LTD"):
        assert address in as_rosa.get(f"/staff/companies/{page}").text
    assert "/same-as/" not in as_rosa.get(f"/staff/companies/{home}/same-as?q=nobody").text
    compared = as_rosa.get(address).text
    assert "Everyone at Analytical Engines, Ltd. is at Analytical Engines from then on" in compared
    assert "gift rules of the finance sector hold for both" in compared
    assert as_rosa.post(address).status_code == 422
    assert saved(Company)[1].merged_into_id is None
    for _ in range(2):
        assert as_rosa.post(address, data=SURE).status_code == 303
    assert [e.verb for e in saved(Entry)] == ["found to be the same company"] * 2
    assert [e.by.partition(":")[0] for e in saved(Entry)] == ["staff"] * 2
    page = as_rosa.get(f"/staff/companies/{home}").text
    assert "Grace Hopper" in page
    assert "Also here as Analytical Engines, Ltd." in page
    kept = saved(Company)[0]
    assert (kept.website, kept.sector) == ("https://analytical.example", Sector.FINANCE)
    assert "Grace" in as_rosa.get("/staff/customers?q=engines,+ltd").text


def test_the_address_of_the_row_that_went_leads_to_the_other(as_rosa, home, twin, merged):
    for path in ("", "/approvals"):
        answer = as_rosa.get(f"/staff/companies/{twin}{path}")
        assert answer.location == f"/staff/companies/{home}{path}"


def test_everything_that_names_a_company_follows(app):
    """Whoever adds a table that hangs on a company is reminded here."""
    columns = {
        str(key.parent)
        for table in Model.metadata.tables.values()
        for key in table.foreign_keys
        if key.references(Company.__table__)
    }
    assert {str(column.property.columns[0]) for column in actions.FOLLOWS} == columns


def test_T28_a_no_of_either_holds_for_both(act, as_rosa, save, home, twin, ada, address, saved):
    save(no(twin))
    assert "does not want to be named: then neither is" in as_rosa.get(address).text
    as_rosa.post(address, data=SURE)
    assert saved(OrgApproval)[0].company_id == home
    assert "allows no story about itself" in reasons(act, ada)


def no(company: int) -> OrgApproval:
    return OrgApproval(
        company_id=company, asked=["name"], requested_by="staff:1", approver="Jo Smith",
        email="jo@analytical.example", verdict=OrgVerdict.FORBIDDEN, decided_at=clock.now(),
    )  # fmt: skip


def reasons(act, person: int) -> str:
    def look() -> str:
        one = db.session.get(Advocate, person)
        return " ".join(eligibility.why_not(one, "case-study", facts.of([one])))

    return act(look)


def test_T28_the_yes_of_one_covers_the_other_and_its_name_is_the_one_shown(
    act, save, as_rosa, as_stranger, published, twin, address
):
    where = published(company=False)
    yes = no(twin)
    yes.verdict, yes.authority = OrgVerdict.APPROVED, "I am authorised to decide this."
    yes.for_name = yes.on_web = True
    save(yes)
    assert "Analytical" not in as_stranger.get(where).text
    assert "That yes then covers the people of both" in as_rosa.get(address).text
    as_rosa.post(address, data=SURE)
    page = as_stranger.get(where).text
    assert "Analytical Engines" in page
    assert "Engines, Ltd." not in page
    as_rosa.post(f"/staff/companies/{twin}/separation")
    assert "Analytical" not in as_stranger.get(where).text


def test_asks_are_counted_over_both(act, app, monkeypatch, save, ada, grace, home, merged):
    monkeypatch.setattr(app.extensions["goodword"], "asks_per_company", 2)
    save(Ask(advocate_id=ada), Ask(advocate_id=grace))
    assert act(lambda: facts.asks_by_company([home])) == {home: 2}


def test_T13_an_exception_for_a_whole_company_reaches_no_further_than_was_agreed(
    act, save, rosa, as_rosa, home, address, saved
):
    asked = GiftException(company_id=home, reason="A prize", asked_by_id=rosa)
    save(asked)
    answer = as_rosa.post(address, data=SURE)
    assert answer.status_code == 422
    assert "may be offered rewards where they are off" in answer.text
    act(lambda: setattr(db.session.get(GiftException, 1), "ended_at", clock.now()))
    assert as_rosa.post(address, data=SURE).status_code == 303


def test_a_file_brings_people_of_the_other_name_to_the_one_company(act, saved, home, grace, merged):
    text = (
        b"First name,Last name,Company,Email,Website\n"
        b'Grace,Hopper,"ANALYTICAL Engines, Ltd.",grace@analytical.example,\n'
        b'Eve,New,"Analytical Engines, Ltd.",eve@analytical.example,https://other.example\n'
    )

    def bring():
        return advocates.apply_import(
            advocates.plan_import(importing.read(text, "x.csv")), by=SYSTEM
        )

    counts = act(bring)
    assert counts == {"update": 1, "create": 1}
    assert {one.company_id for one in saved(Advocate)} == {home}
    assert act(bring) == {"same": 2}


def test_a_campaign_that_names_the_other_row_reaches_its_people(act, ada, grace, merged):
    wanted = {"company": "Analytical Engines, Ltd."}
    found = act(lambda: [one.id for one in eligibility.matching(wanted)])
    assert sorted(found) == [ada, grace]


def test_they_are_parted_again_with_what_came_along(
    act, as_rosa, ada, grace, home, twin, address, saved
):
    def note(person: int) -> None:
        signals.note(
            db.session.get(Advocate, person), SignalKind.NOTE,
            value=None, words="x", at=clock.now().date(), by=SYSTEM,
        )  # fmt: skip

    act(lambda: [note(person) for person in (ada, grace)])
    as_rosa.post(address, data=SURE)
    assert {one.company_id for one in saved(Signal)} == {home}
    for _ in range(2):
        as_rosa.post(f"/staff/companies/{twin}/separation")
    assert [one.company_id for one in saved(Advocate)] == [home, twin]
    assert [one.company_id for one in saved(Signal)] == [home, twin]
    assert as_rosa.get(f"/staff/companies/{twin}").status_code == 200
    assert [e.verb for e in saved(Entry)][-2:] == ["found to be another company"] * 2


def test_a_chain_ends_at_one_company_and_is_parted_link_by_link(
    act, home, twin, merged, charlie, grace
):
    def company(number: int) -> Company:
        return db.session.get(Company, number)

    def pointers() -> dict[int, int | None]:
        return {row.id: row.merged_into_id for row in db.session.scalars(sa.select(Company))}

    last = act(lambda: db.session.get(Advocate, charlie).company_id)
    act(lambda: actions.merge(company(home), into=company(last), by=SYSTEM))
    assert act(pointers) == {home: last, twin: last, last: None}
    act(lambda: actions.separate(company(home), by=SYSTEM))
    assert act(pointers) == {home: None, twin: home, last: None}
    assert act(lambda: db.session.get(Advocate, grace).company_id) == home


def test_what_was_parted_earlier_is_left_where_it_is(act, home, twin, merged, charlie, grace):
    def company(number: int) -> Company:
        return db.session.get(Company, number)

    last = act(lambda: db.session.get(Advocate, charlie).company_id)
    act(lambda: actions.merge(company(home), into=company(last), by=SYSTEM))
    act(lambda: actions.separate(company(twin), by=SYSTEM))
    act(lambda: actions.separate(company(home), by=SYSTEM))
    assert act(lambda: company(twin).merged_into_id) is None
    assert act(lambda: db.session.get(Advocate, grace).company_id) == twin


def test_a_company_with_the_same_mail_domain_may_be_the_same(act, save, home, charlie):
    act(lambda: setattr(db.session.get(Advocate, charlie).company, "website", "analytical.example"))
    found = act(lambda: queries.twins(db.session.get(Company, home)))
    assert [twin.because for twin in found] == [queries.SITE]


def test_who_was_joined_already_is_joined_with_nobody_else(as_rosa, home, twin, merged, charlie):
    for pair in (f"{home}/same-as/{home}", f"{twin}/same-as/{home}"):
        assert as_rosa.post(f"/staff/companies/{pair}", data=SURE).status_code == 422


def test_viewers_join_nothing(browser_of, save, address):
    vera = save(Staff(email="vera@acme.example", name="Vera", role=Role.VIEWER))
    assert browser_of(staff=vera).post(address, data=SURE).status_code == 403


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Ltd", "ACME Limited"),
        ("Müller & Söhne GmbH", "müller and söhne G.m.b.H."),
        ("AG", "ag"),
    ],
)
def test_names_are_alike_but_for_the_legal_form(one, other):
    assert queries.core(one) == queries.core(other) != ""
