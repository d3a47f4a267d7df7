"""Owners set how often is asked, how long steps take, and which words mean a sector."""

from datetime import timedelta

import pytest

from portal import clock
from portal.advocates import actions as advocates
from portal.advocates import importing
from portal.advocates.models import Advocate, Company, Sector
from portal.campaigns import eligibility, facts
from portal.campaigns.models import Ask
from portal.config import settings
from portal.db import db
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.referrals import words
from portal.referrals.models import Stage
from portal.settings.models import Setting

ASKS = {"ask_every_days": "60", "asks_per_company": "0"}
STEPS = {f"usual_days_{stage}": "0" for stage in ("received", "contacted", "qualified", "meeting")}
SECTORS = {f"sector_words_{s}": "" for s in ("public", "healthcare", "finance", "education")}


def choose(browser, section, **said):
    given = {"asks": ASKS, "steps": STEPS, "sectors": SECTORS}[section]
    return browser.post(f"/staff/settings/{section}", data=given | said)


def test_a_longer_pause_between_asks_holds_at_once_and_is_kept_with_who_chose_it(
    act, as_rosa, rosa, save, saved, ada
):
    save(Ask(advocate_id=ada, at=clock.now() - timedelta(days=70)))

    def reasons() -> str:
        person = db.session.get(Advocate, ada)
        return " ".join(eligibility.why_not(person, "quote", facts.of([person])))

    assert act(reasons) == ""
    assert choose(as_rosa, "asks", ask_every_days="90").status_code == 303
    assert "can be asked again from" in act(reasons)
    assert [(row.name, row.by) for row in saved(Setting)] == [("ask_every_days", f"staff:{rosa}")]
    assert saved(Entry)[-1].note == "60 → 90"
    assert "60 → 90" in as_rosa.get("/staff/settings/ask_every_days/history").text


def test_a_limit_for_companies_is_the_one_campaigns_count_by(act, as_rosa, ada, save):
    save(Ask(advocate_id=ada))
    mate = save(
        Advocate(
            company_id=1, first_name="Grace", last_name="Hopper",
            email="grace@analytical.example", email_key="grace@analytical.example",
        )
    )  # fmt: skip
    assert act(lambda: [one.id for one in eligibility.sort({}).eligible]) == [mate]
    choose(as_rosa, "asks", asks_per_company="1")
    assert act(lambda: eligibility.sort({}).eligible) == []
    assert "No limit" not in as_rosa.get("/staff/settings").text


@pytest.mark.parametrize("typed", ["0", "", "soon", "731", "1.5"])
def test_what_is_no_number_of_days_is_refused_and_stays_typed(as_rosa, saved, typed):
    answer = choose(as_rosa, "asks", ask_every_days=typed)
    assert answer.status_code == 422
    assert answer.text.count(": enter a whole number from 1 to 730") == 2  # above and beside it
    assert f'value="{typed}"' in answer.text
    assert saved(Setting) == []


def test_how_long_a_step_takes_is_read_beside_it_and_nothing_is_made_up(app, as_rosa):
    untold = " There is no usual time for this yet."
    with app.app_context():
        before = words.coarse(Stage.RECEIVED).text
    assert before.endswith(untold)
    before = before.removesuffix(untold)
    choose(as_rosa, "steps", usual_days_received="3", usual_days_contacted="21")
    with app.app_context():
        assert words.coarse(Stage.RECEIVED).text == f"{before} That usually takes about 3 days."
        assert words.for_the_prospect(Stage.CONTACTED).text.endswith("about 3 weeks.")
        for step in (words.coarse, words.for_the_prospect):
            assert step(Stage.QUALIFIED).text.endswith("There is no usual time for this yet.")
            for stage in (Stage.WON, Stage.LOST):  # an end takes no time
                assert "usual" not in step(stage).text


@pytest.mark.parametrize(("days", "said"), [(1, "a day"), (14, "2 weeks"), (20, "20 days")])
def test_days_are_said_as_people_say_them(days, said):
    assert words.about(days) == f"about {said}"


def test_T13_a_word_the_owners_add_means_a_sector_without_offers(act, as_rosa, saved):
    choose(as_rosa, "sectors", sector_words_public="Stadtwerke, Behörde")
    text = (
        "First name,Company,Email,Sector\n"
        "Jo,Amt,jo@amt.example,Kommunale Behörde\n"
        "Al,Shop,al@shop.example,Behördenbedarf\n"
        "Bo,Bank,bo@bank.example,Banking\n"
    )
    file = importing.read(text.encode(), "x.csv")
    act(lambda: advocates.apply_import(advocates.plan_import(file), by=SYSTEM))
    sectors = [company.sector for company in saved(Company)]
    assert sectors == [Sector.PUBLIC, Sector.PRIVATE, Sector.FINANCE]


def test_every_section_opens_and_says_what_holds(as_rosa, app):
    page = as_rosa.get("/staff/settings").text
    assert "No limit" in page
    assert page.count("Not said") == 4
    for section in ("asks", "steps", "sectors"):
        assert as_rosa.get(f"/staff/settings/{section}").status_code == 200
    with app.app_context():
        assert settings().usual_days_meeting == 0
