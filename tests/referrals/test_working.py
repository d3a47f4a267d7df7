"""Staff work on leads: whose they are, what they are worth, many at once, in and out of the CRM."""

import csv
import io
import re
import threading
from threading import Event

import pytest
import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.campaigns.models import Campaign, Invitation
from portal.consent.actions import Circumstances
from portal.db import db
from portal.history.models import Entry
from portal.incentives import limits
from portal.incentives.models import Choice, Reward, RewardState
from portal.referrals import actions, stage_file, work
from portal.referrals.models import Lead, Stage, StageImport, StageMove
from portal.staff.models import Role, Staff
from tests.crowd import at_once
from tests.referrals.conftest import SINA

C, Q, W = Stage.CONTACTED, Stage.QUALIFIED, Stage.WON


def version(saved, lead_id: int) -> int:
    return next(lead.version for lead in saved(Lead) if lead.id == lead_id)


# ── One lead ───────────────────────────────────────────────────────────────────────────────


def test_owner_value_and_crm_id_are_kept_and_found(as_rosa, lead, rosa, saved):
    form = {"owner": rosa, "value": "1250.50", "currency": "USD", "crm_id": " D-77 "}
    seen = version(saved, lead)
    url = f"/staff/leads/{lead}/facts"
    assert as_rosa.post(url, data=form | {"seen": seen}).status_code == 303
    assert as_rosa.post(url, data=form | {"seen": seen}).status_code == 303  # twice is harmless
    found = saved(Lead)[0]
    assert (found.owner_id, found.value_cents, found.currency, found.crm_id) == (
        rosa, 125050, "USD", "D-77",
    )  # fmt: skip
    assert [e.verb for e in saved(Entry) if e.about == f"lead:{lead}"].count("described") == 1
    assert "$1,250.50" in as_rosa.get(f"/staff/leads/{lead}").text
    assert "Sina Okoro" in as_rosa.get(f"/staff/leads?view=list&owner={rosa}&q=d-77").text
    assert "Sina Okoro" not in as_rosa.get("/staff/leads?view=list&owner=99").text


def test_who_was_slower_is_told_and_a_crm_id_is_one_leads(as_rosa, numbered, saved):
    form = {"owner": 0, "currency": "EUR", "crm_id": "D-2", "value": "", "seen": 1}
    stale = as_rosa.post(f"/staff/leads/{numbered[0]}/facts", data=form)
    assert stale.status_code == 409
    assert 'value="D-2"' in stale.text  # what was typed is kept
    form["seen"] = version(saved, numbered[0])
    taken = as_rosa.post(f"/staff/leads/{numbered[0]}/facts", data=form)
    assert taken.status_code == 409
    assert "the CRM number of another lead: Person 2" in taken.text
    assert saved(Lead)[0].crm_id == "D-1"
    for none in ("lots", "sNaN"):
        wrong = as_rosa.post(f"/staff/leads/{numbered[0]}/facts", data=form | {"value": none})
        assert (wrong.status_code, "as a number" in wrong.text) == (422, True)


def test_T36_a_note_is_for_colleagues_and_goes_with_the_details(as_rosa, as_ada, lead, act, saved):
    url = f"/staff/leads/{lead}/notes"
    assert as_rosa.post(url, data={"text": " "}).status_code == 422
    assert as_rosa.post(url, data={"text": "Sina prefers mail"}).status_code == 303
    assert "Sina prefers mail" in as_rosa.get(f"/staff/leads/{lead}").text
    assert "Sina prefers mail" not in as_ada.get("/me/referrals/1").text
    act(lambda: actions.erase(db.session.get(Lead, lead)))
    assert not [entry for entry in saved(Entry) if "Sina" in entry.note]
    assert "Sina prefers mail" not in as_rosa.get(f"/staff/leads/{lead}").text


# ── Many at once ───────────────────────────────────────────────────────────────────────────


def test_many_move_each_for_itself_with_its_outcome(as_rosa, numbered, move, saved):
    seen = [f"{n}:{version(saved, n)}" for n in numbered]
    move(numbered[1], W)  # meanwhile somebody won it: an end
    form = {"lead": [*seen, "987:1", "x"], "to": "qualified", "note": "From the fair"}
    page = as_rosa.post("/staff/leads/moves", data=form)
    assert page.status_code == 200
    assert "2 of 3 moved to qualified" in page.text
    assert "You were faster: won, " in page.text
    assert [lead.stage for lead in saved(Lead)] == [Q, W, Q]
    assert [m.note for m in saved(StageMove)].count("From the fair") == 2
    assert len(saved(Reward)) == 3
    again = as_rosa.post("/staff/leads/moves", data=form | {"lead": [seen[0]]}).text
    assert "0 of 1 moved" in again
    assert "It stood there already." in again
    assert len(saved(StageMove)) == 6


def test_who_can_go_nowhere_any_more_is_not_there_to_be_picked(as_rosa, numbered, move):
    move(numbered[0], W)
    page = as_rosa.get("/staff/leads?view=list").text
    assert page.count('name="lead"') == 2
    assert "Pick Person 1" not in page


@pytest.mark.parametrize("way", ["by hand", "by a file"])
def test_whoever_waits_for_the_rewards_of_a_campaign_holds_every_lead_they_move(
    under, numbered, saved, act, rosa, app, monkeypatch, way
):
    """Else one waits there for the rewards and the other, who has them, for the second lead."""
    under(most_all=9)
    wait, free = limits.lock, []

    def look(name: str) -> None:
        with db.engine.connect() as other:
            unlocked = sa.select(Lead.id).with_for_update(skip_locked=True)
            free.append(list(other.scalars(unlocked)))
        wait(name)

    def move_all():
        by = db.session.get(Staff, rosa)
        if way == "by hand":
            pairs = [(n, version(saved, n)) for n in numbered[1:]]
            return work.move_all(pairs, Q, note="", by=by)
        file = b"CRM id,Stage\nD-3,qualified\nD-2,qualified\n"
        return stage_file.apply(stage_file.upload(file, "deals.csv", by=by), by=by)

    with app.app_context():
        if db.engine.dialect.name == "sqlite":  # where one writer at a time holds everything
            return
    monkeypatch.setattr(limits, "lock", look)
    act(move_all)
    assert len(free) >= 3  # before the first move, and for each
    assert all(one == numbered[:1] for one in free)


@pytest.fixture
def of_another_campaign(act, campaign, charlie):
    """Two leads of a campaign of its own, which has limits as the first one has."""

    def come():
        first = db.session.get(Campaign, campaign)
        same = {c.key: getattr(first, c.key) for c in sa.inspect(Campaign).column_attrs}
        own = {"id": None, "slug": "winter", "name": "Winter voices"}
        second = Campaign(**same | own)
        person = db.session.get(Advocate, charlie)
        asked = Invitation(campaign=second, advocate=person)
        db.session.add_all([second, asked])
        db.session.flush()
        link = actions.join(
            asked, choice=Choice.ACCEPTED, employer_allows=True, share_text="", show_name=False,
            circumstances=Circumstances(), by=person,
        ).links[0]  # fmt: skip
        given = SINA | {"wants_marketing": False, "tells_referrer": False}
        given = [given | {"email": f"p{n}@w{n}.example", "company": f"W{n}"} for n in (1, 2)]
        return [actions.receive(link, **one).id for one in given]

    return lambda: act(come)


def test_two_who_move_leads_of_two_campaigns_in_opposite_orders_both_get_through(
    app, under, numbered, of_another_campaign, come, rosa, saved, monkeypatch
):
    """Each has the rewards of a campaign before they ask for the other’s, if the code lets them."""
    under(most_all=9)
    there = of_another_campaign()
    here = [numbered[0], come(email="last@k9.example", company="K9")]
    picked = [here[0], there[0]], [there[1], here[1]]  # and so is the order they are moved in
    assert picked[1] == sorted(picked[1])
    wait, has, mine = limits.lock, (Event(), Event()), threading.local()

    def look(name: str) -> None:
        if mine.pots and name not in mine.pots:
            while not has[1 - mine.number].wait(0.05) and not someone_waits():
                pass
        wait(name)
        mine.pots.add(name)
        has[mine.number].set()

    def someone_waits() -> bool:
        waiting = sa.text(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        )
        with db.engine.connect() as other:
            return bool(other.scalar(waiting))

    def move(number: int) -> list[str]:
        mine.number, mine.pots = number, set()
        with app.app_context():
            pairs = [(one, db.session.get_one(Lead, one).version) for one in picked[number]]
            done = work.move_all(pairs, Q, note="", by=db.session.get_one(Staff, rosa))
            db.session.commit()
            return [one.refusal for one in done]

    with app.app_context():
        if db.engine.dialect.name == "sqlite":  # where one writer at a time holds everything
            return
    monkeypatch.setattr(limits, "lock", look)
    assert at_once(2, move) == [["", ""], ["", ""]]
    assert sorted(one.reason for one in saved(Reward)) == sorted(
        f"lead:{one}" for one in [*picked[0], *picked[1]]
    )


def test_nothing_picked_or_no_stage_says_so_and_nothing_ticked_or_typed_is_lost(
    as_rosa, lead, saved
):
    seen = f"{lead}:{version(saved, lead)}"
    for form in ({"to": "won"}, {"lead": seen}, {"lead": seen, "to": "withdrawn"}):
        answer = as_rosa.post("/staff/leads/moves", data=form | {"note": "From the fair"})
        assert answer.status_code == 422
        assert "Tick the leads and choose the stage" in answer.text
        assert 'value="From the fair"' in answer.text
        assert bool(re.search(f'value="{seen}" +checked', answer.text)) is ("lead" in form)
        assert ('value="won" selected' in answer.text) is (form.get("to") == "won")
    assert len(saved(StageMove)) == 1


def test_a_card_of_the_board_moves_by_one_key_and_comes_back_to_its_place(as_rosa, lead, saved):
    board = as_rosa.get("/staff/leads?q=sina").text
    assert 'data-keys="on"' in board  # as the script asks for it
    assert 'data-key="m"' in board
    assert "data-queue-item" in board
    form = {"stage": "contacted", "seen": version(saved, lead), "from": "board", "q": "sina"}
    answer = as_rosa.post(f"/staff/leads/{lead}/moves", data=form)
    assert answer.location == f"/staff/leads?q=sina#lead-{lead}"
    assert f'id="lead-{lead}"' in as_rosa.get("/staff/leads").text


def test_the_list_goes_on_where_the_page_ended(as_rosa, come, monkeypatch):
    from portal.referrals import board

    monkeypatch.setattr(board, "PER_PAGE", 2)
    for n in range(5):
        come(email=f"p{n}@k{n}.example", name=f"Person {n}", company=f"K{n}")
    seen, url = [], "/staff/leads?view=list"
    while url:
        page = as_rosa.get(url).text
        seen += [n for n in range(5) if f"Person {n}</a>" in page]
        import re
        from html import unescape

        older = re.search(r'href="([^"]*before=[^"]*)"', page)
        url = older and unescape(older[1])
    assert seen == [3, 4, 1, 2, 0]
    rows = list(csv.DictReader(io.StringIO(as_rosa.post("/staff/leads/export").text[1:])))
    assert len(rows) == 5  # the file holds all pages


def test_the_export_follows_the_filters_and_is_no_formula(as_rosa, come, move, save, browser_of):
    come(name="=HYPERLINK(1)", email="a@a.example", company="+1")
    move(come(email="b@b.example", company="B"), C)
    answer = as_rosa.post("/staff/leads/export")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="leads.csv"'
    assert "no-store" in answer.headers["Cache-Control"]
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [row["name"] for row in rows] == ["Sina Okoro", "'=HYPERLINK(1)"]
    assert rows[1]["company"] == "'+1"
    only = as_rosa.post("/staff/leads/export?stage=contacted").text
    assert "b@b.example" in only
    assert "a@a.example" not in only
    viewer = browser_of(staff=save(Staff(email="v@v.example", name="Vic", role=Role.VIEWER)))
    assert viewer.post("/staff/leads/export").status_code == 403


@pytest.mark.parametrize(
    ("path", "verb"),
    [
        ("/staff/leads/export?stage=received", "leads exported"),
        ("/staff/leads/rewards/export?state=due", "rewards of prospects exported"),
    ],
)
def test_who_takes_prospects_along_confirms_it_and_is_written_down(
    as_rosa, rosa, lead, wait, saved, path, verb
):
    assert as_rosa.get(path).status_code in {404, 405}
    assert as_rosa.post(path).mimetype == "text/csv"
    assert (saved(Entry)[-1].by, saved(Entry)[-1].verb) == (f"staff:{rosa}", verb)
    wait(minutes=11)
    asked = as_rosa.post(path)
    assert (asked.status_code, "Sina" in asked.text) == (422, False)
    assert f'action="{path}"' in asked.text  # what was asked for is kept


# ── From the CRM ───────────────────────────────────────────────────────────────────────────

FILE = """Record ID,Deal Stage,Notes
D-1,Closed Won,Signed on Monday
D-2,contacted,
D-3,received,
D-9,won,
D-1,lost,
,won,
D-2b,sleeping,
"""


def send(client, text=FILE):
    sent = {"file": (io.BytesIO(text.encode()), "deals.csv")}
    return client.post("/staff/leads/imports/new", data=sent)


def test_a_file_of_stages_is_shown_first_then_applied_once(as_rosa, numbered, saved, move):
    answer = send(as_rosa)
    assert answer.status_code == 303
    page = as_rosa.get(answer.location).text
    for told in (
        "Nothing has moved yet",
        "no lead here has the CRM id “D-9”",
        "the CRM id “D-1” is already on line 2",
        "the CRM id is missing",
        "no lead here has the CRM id “D-2b”",
        "Move 2 leads",
    ):
        assert told in page, told
    assert {lead.stage for lead in saved(Lead)} == {Stage.RECEIVED}
    for _ in range(2):  # twice changes nothing
        assert as_rosa.post(f"{answer.location}/application").status_code == 303
    assert [lead.stage for lead in saved(Lead)] == [W, C, Stage.RECEIVED]
    assert [m.note for m in saved(StageMove)].count("Signed on Monday") == 1
    assert [reward.state for reward in saved(Reward)] == [RewardState.ACCRUED]
    kept = saved(StageImport)[0]
    assert kept.counts == {"move": 2, "same": 1, "refused": 4}
    done = as_rosa.get(answer.location).text
    assert "Line 5: no lead here has the CRM id “D-9”." in done
    again = as_rosa.get(send(as_rosa).location).text  # the same file once more
    assert "Move " not in again
    assert "Nothing: it is contacted" in again


def test_what_cannot_be_a_move_is_refused_by_line(as_rosa, numbered, move):
    move(numbered[0], Stage.LOST)
    page = as_rosa.get(send(as_rosa, "CRM id;Stage\nD-1;won\nD-2;withdrawn\nD-3;x\n").location).text
    assert "Person 1 is lost, and cannot become won" in page
    assert "“withdrawn” is none of our stages" in page
    assert "Choose another file" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lacks one of them"),
        ("Deal,Stage\n1,won\n", "lacks one of them"),
        ("CRM id,Stage\n", "no line below them"),
        ('CRM id,Stage\n"D-1,won\n', "Line 2"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(as_rosa, text, said, saved):
    answer = send(as_rosa, text)
    assert answer.status_code == 422
    assert said in answer.text
    assert saved(StageImport) == []


# ── The report ─────────────────────────────────────────────────────────────────────────────


def test_the_report_counts_what_came_and_what_it_cost(as_rosa, numbered, move, act, ada, campaign):
    def worth():
        for n, lead_id in enumerate(numbered, 1):
            db.session.get(Lead, lead_id).value_cents = n * 100000

    act(worth)
    move(numbered[0], Q, W)
    move(numbered[1], Q, Stage.LOST)
    for by in ("campaign", "advocate", "source", "month"):
        page = as_rosa.get(f"/staff/leads/report?by={by}")
        assert page.status_code == 200
        assert 'aria-label="All together: visits 0, leads 3, qualified 2, won 1"' in page.text
        assert "€1,000" in page.text
        assert "€25" in page.text
        assert "style=" not in page.text
        rows = list(csv.reader(io.StringIO(
            as_rosa.get(f"/staff/leads/report.csv?by={by}").text.lstrip("\ufeff")
        )))  # fmt: skip
        assert rows[1][1:] == ["0", "3", "2", "1", "EUR", "1000.00", "25.00"]
    assert "Nothing to count yet" in as_rosa.get("/staff/leads/report?campaign=99").text


def test_an_empty_report_says_what_will_stand_there(as_rosa):
    assert "Nothing to count yet" in as_rosa.get("/staff/leads/report?by=nonsense").text
