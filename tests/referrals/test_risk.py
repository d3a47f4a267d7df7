"""Rules point out and explain; they hold a reward, refuse nobody, and a person decides (T35)."""

from datetime import timedelta

import pytest

from portal import clock
from portal.advocates.models import Advocate, Company
from portal.db import db
from portal.history.actions import SYSTEM
from portal.history.models import Entry
from portal.incentives.models import Reward, RewardState
from portal.referrals import known, risk, signals
from portal.referrals.models import Lead, LeadSignal, RiskRule, Severity, Stage
from portal.staff.models import Role, Staff

Q = Stage.QUALIFIED


@pytest.fixture
def ruling(act, rosa):
    """Rosa sets a rule."""

    def ruling(key, is_on=True, severity=Severity.HOLD, threshold=None):
        def change():
            seen = signals.as_set()[key].version
            by = db.session.get(Staff, rosa)
            how = {"is_on": is_on, "severity": severity, "threshold": threshold}
            risk.change(key, **how, seen=seen, by=by)

        act(change)

    return ruling


# What makes each rule speak, and no other: who came before, and who comes.
OTHERS = [{"email": f"p{n}@k{n}.example", "company": f"K{n}"} for n in range(2)]
CASES = {
    "own-address": ([], {"email": "ADA+new@analytical.example"}),
    "colleague": ([], {"email": "newcomer@acme.example"}),  # Rosa's own domain
    "customer": ([], {"email": "charlie@difference.example"}),
    "customer-company": ([], {"email": "buyer@difference.example"}),  # where Charlie works
    "known": ([], {"email": "buyer@bigdeal.example"}),
    "same-company": ([], {"email": "babbage@analytical.example"}),
    "alike": ([{"email": "first@kestrel.example", "company": "K"}], {}),
    "ring": ([], {"email": "new@ring.example", "company": "Ring"}),
    "per-hour": (OTHERS, {}),
    "per-day": (OTHERS, {}),
    "network": ([one | {"network": "abc"} for one in OTHERS], {"network": "abc"}),
    "disposable": ([], {"email": "x@eu.mailinator.com"}),
    "too-fast": ([], {"suspicion": signals.TOO_FAST}),
    "program": ([], {"suspicion": signals.PROGRAM}),
}
ALSO = {"ring": ["customer-company"]}  # whoever recommended us from there is a customer
MOST = {"per-hour": 2, "per-day": 2, "network": 2}


def test_every_rule_has_its_case():
    assert list(CASES) == [rule.key for rule in signals.RULES]


@pytest.fixture
def ring_mate(save, sent_by):
    """A customer at Ring, who recommended us to Analytical Engines."""

    def ring_mate() -> int:
        mate = Advocate(
            company=Company(name="Ring", name_key="ring"), first_name="Mo", last_name="Ring",
            email="mo@ring.example", email_key="mo@ring.example",
        )  # fmt: skip
        return sent_by(save(mate), "cfo@analytical.example", company="Analytical Engines")

    return ring_mate


@pytest.mark.parametrize("key", CASES)
@pytest.mark.parametrize("is_on", [True, False], ids=["on", "off"])
def test_T35_each_rule_speaks_when_it_is_on_and_only_then(
    key, is_on, come, ruling, saved, rosa, charlie, act, ring_mate
):
    act(lambda: known.add(b"Website\nhttps://www.bigdeal.example/about", by=SYSTEM))
    before, comes = CASES[key]
    ruling(key, is_on=is_on, threshold=MOST.get(key))
    came = [come(**one) for one in before] + ([ring_mate()] if key == "ring" else [])
    last = come(**comes)
    spoken = [one.rule for one in saved(LeadSignal) if one.lead_id == last]
    assert spoken == ALSO.get(key, []) + ([key] if is_on else [])
    others = {one.lead_id for one in saved(LeadSignal) if one.rule == key} - {last}
    assert others == (set(came) if key == "ring" and is_on else set())  # a ring has two sides
    assert len(saved(Lead)) == len(came) + 1  # nobody is refused


@pytest.mark.parametrize("key", MOST)
def test_as_many_as_the_threshold_are_still_fine(key, come, ruling, saved):
    ruling(key, threshold=3)
    for one in (*OTHERS, {}):
        come(**one, **({"network": "abc"} if key == "network" else {}))
    assert saved(LeadSignal) == []


@pytest.mark.parametrize(
    ("severity", "state"),
    [
        (Severity.NOTE, RewardState.ACCRUED),
        (Severity.HOLD, RewardState.HELD),
        (Severity.NO_REWARD, None),
    ],
)
def test_T35_what_a_rule_does_to_the_reward_is_the_owners_to_say(
    severity, state, come, ruling, move, saved
):
    ruling("same-company", severity=severity)
    move(come(email="babbage@analytical.example"), Q)
    assert [reward.state for reward in saved(Reward)] == ([state] if state else [])


def test_the_same_company_is_only_a_remark_as_it_comes(come, move, saved):
    move(come(email="babbage@analytical.example"), Q)
    assert saved(LeadSignal)[0].severity is Severity.NOTE
    assert saved(Reward)[0].state is RewardState.ACCRUED


@pytest.mark.parametrize(("minutes", "held"), [(59, True), (61, False)])
def test_many_in_a_sliding_hour_are_held_and_those_before_are_not(
    minutes, held, come, ruling, saved, act
):
    """Two, then a third: within 60 minutes of the first, or just after."""
    ruling("per-hour", threshold=2)
    came = [come(email=f"p{n}@k{n}.example", company=f"K{n}") for n in range(2)]

    def before():
        for lead_id in came:
            lead = db.session.get(Lead, lead_id)
            lead.created_at = clock.now() - timedelta(minutes=minutes)

    act(before)
    last = come(email="p3@k3.example", company="K3")
    assert [one.lead_id for one in saved(LeadSignal)] == ([last] if held else [])


@pytest.mark.parametrize(
    ("email", "company", "held"),
    [
        ("buyer@difference.example", "Whatever", True),  # the domain of a customer’s people
        ("buyer@difference-site.example", "Whatever", True),  # the domain of their website
        ("someone@gmail.com", "The Difference, Ltd.", True),  # their name, in another spelling
        ("someone@gmail.com", "Different", False),
        ("buyer@notdifference.example", "Whatever", False),
        ("someone@gmail.com", "", False),
    ],
)
def test_T35_new_people_at_a_customers_company_are_no_new_customer_until_someone_looked(
    email, company, held, charlie, come, move, saved, act
):
    """Nobody has to send a list for the customers who are here."""

    def has_a_site():
        theirs = db.session.get(Advocate, charlie).company
        theirs.name, theirs.name_key = "Difference Ltd", "difference ltd"
        theirs.website = "https://www.difference-site.example/about"

    act(has_a_site)
    move(come(email=email, company=company), Q)
    assert [one.rule for one in saved(LeadSignal)] == (["customer-company"] if held else [])
    assert saved(Reward)[0].state is (RewardState.HELD if held else RewardState.ACCRUED)


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("Ärzte am Ring GmbH", "ÄRZTE  am Ring", True),
        ("Kestrel Freight Ltd", "The Kestrel Freight Co.", True),
        ("Kestrel & Sons", "Kestrel and Sons", True),
        ("Kestrel Freight", "Kestrel Trading", False),
    ],
)
def test_one_business_is_known_by_its_name_whatever_the_spelling(first, second, alike, come, saved):
    come(email="a@gmail.com", company=first)
    come(email="b@gmail.com", company=second)
    assert saved(Lead)[1].alike_id == (saved(Lead)[0].id if alike else None)
    assert [one.rule for one in saved(LeadSignal)] == (["alike"] if alike else [])


def test_a_second_lead_of_a_company_is_linked_to_the_first_and_held(come, as_rosa, saved):
    first, second = come(), come(email="bo@kestrel.example", name="Bo Lind")
    assert [lead.alike_id for lead in saved(Lead)] == [None, first]
    assert [one.rule for one in saved(LeadSignal)] == ["alike"]
    page = as_rosa.get(f"/staff/leads/{second}").text
    assert "Maybe the same piece of business" in page
    assert f"/staff/leads/{second}" in as_rosa.get(f"/staff/leads/{first}").text


@pytest.mark.parametrize("listed", ["gone", "theirs"])
def test_a_missing_list_of_throw_away_domains_stops_nothing(listed, app, come, tmp_path, saved):
    path = tmp_path / "domains.txt"
    if listed == "theirs":
        path.write_text("# ours\nburner.example\n")
    app.extensions["goodword"] = app.extensions["goodword"].model_copy(
        update={"disposable_list": str(path)}
    )
    come(email="a@mailinator.com", company="A")
    come(email="b@burner.example", company="B")
    assert [one.lead_id for one in saved(LeadSignal)] == ([1] if listed == "gone" else [2])


# ── A person decides ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def held(come, move) -> int:
    lead = come(email="somebody@mailinator.com")
    move(lead, Q)
    return lead


def decide(client, lead, ruling, note="Rang them: a real person."):
    return client.post(f"/staff/leads/{lead}/ruling", data={"ruling": ruling, "note": note})


def test_T35_released_it_goes_its_way_with_the_reason_kept(as_rosa, held, saved):
    assert decide(as_rosa, held, "release").status_code == 303
    assert decide(as_rosa, held, "release").status_code == 303  # twice is harmless
    states = [entry.state for entry in saved(Reward)[0].entries]
    assert states == [RewardState.ACCRUED, RewardState.HELD, RewardState.ACCRUED]
    signal = saved(LeadSignal)[0]
    assert (signal.note, signal.by) == ("Rang them: a real person.", "staff:1")
    assert "Rang them: a real person." in as_rosa.get(f"/staff/leads/{held}").text


def test_T35_refused_it_earns_none_and_she_reads_a_class_of_reasons(
    as_rosa, as_ada, held, move, saved
):
    assert decide(as_rosa, held, "refuse", "Odd story").status_code == 303
    move(held, Stage.CONTACTED, Q)  # back and forth brings nothing back
    assert saved(Reward)[0].state is RewardState.VOID
    page = as_ada.get("/me/referrals/1").text
    assert "it earns none under the terms" in page
    assert "hello@acme.example" in page
    assert "Odd story" not in page
    decide(as_rosa, held, "release", "We were wrong")
    assert saved(Reward)[0].state is RewardState.ACCRUED


def test_a_decision_needs_its_reason_and_an_editor(as_rosa, held, save, browser_of, saved):
    refused = decide(as_rosa, held, "release", " ")
    assert refused.status_code == 422
    assert "Say why, for whoever asks later" in refused.text
    viewer = browser_of(staff=save(Staff(email="v@v.example", name="Vic", role=Role.VIEWER)))
    assert decide(viewer, held, "release").status_code == 403
    assert saved(LeadSignal)[0].cleared_at is None


def test_what_a_person_held_is_not_released_by_a_rule(as_rosa, held, saved):
    for state, note in (("approved", ""), ("held", "Wait for the invoice")):
        seen = len(saved(Reward)[0].entries)
        form = {"state": state, "note": note, "seen": seen}
        assert as_rosa.post("/staff/rewards/1/moves", data=form).status_code == 303
    decide(as_rosa, held, "release")
    assert saved(Reward)[0].state is RewardState.HELD


def test_what_stands_out_can_be_listed(as_rosa, held, come):
    come(company="Another Ltd")
    page = as_rosa.get("/staff/leads?look=1&view=list").text
    assert page.count("/staff/leads/1") == 1
    assert "/staff/leads/2" not in page


# ── The page of rules ──────────────────────────────────────────────────────────────────────


def test_owners_set_a_rule_and_the_change_is_kept(as_rosa, saved):
    page = as_rosa.get("/staff/risk").text
    for rule in signals.RULES:
        assert rule.reason in page
        assert rule.told in page
    form = {"severity": "note", "threshold": "7", "seen": "0"}  # not ticked: off
    assert as_rosa.post("/staff/risk/per-hour", data=form).status_code == 303
    row = saved(RiskRule)[0]
    assert (row.is_on, row.severity, row.threshold) == (False, Severity.NOTE, 7)
    entry = next(e for e in saved(Entry) if e.verb == "rule set")
    assert entry.data["was"] == {"on": True, "severity": "hold", "threshold": 5}
    assert entry.data["now"] == {"on": False, "severity": "note", "threshold": 7}
    late = as_rosa.post("/staff/risk/per-hour", data=form | {"threshold": "8"})
    assert late.status_code == 409
    assert "You were faster: rule set, " in late.text


@pytest.mark.parametrize("threshold", ["0", "", "lots", "1001"])
def test_a_threshold_is_a_number(as_rosa, saved, threshold):
    form = {"severity": "hold", "threshold": threshold, "seen": "0", "is_on": "y"}
    answer = as_rosa.post("/staff/risk/per-day", data=form)
    assert answer.status_code == 422
    assert saved(RiskRule) == []


def test_editors_read_the_rules_and_only_owners_set_them(save, browser_of):
    editor = browser_of(staff=save(Staff(email="e@v.example", name="Ed", role=Role.EDITOR)))
    assert editor.get("/staff/risk").status_code == 200
    assert editor.post("/staff/risk/ring", data={"severity": "note"}).status_code == 403


def test_the_known_list_takes_a_csv_and_names_what_it_leaves_out(as_rosa, saved):
    from io import BytesIO

    text = "Company;E-mail;Website\nA;buyer@big.example;\nB;nobody;gmail.com\nC;;www.deal.example\n"

    def post():
        sent = {"file": (BytesIO(text.encode()), "open.csv")}
        return as_rosa.post("/staff/leads/known", data=sent)

    first = post().text
    assert "2 added, 0 were there already, 1 lines left out" in first
    assert "Line 3: no mail address and no company’s own domain." in first
    assert "0 added, 2 were there already" in post().text
    assert as_rosa.post("/staff/leads/known/removal").status_code == 303
    assert "The list is empty." in as_rosa.get("/staff/leads/known").text
