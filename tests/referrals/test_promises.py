"""Whatever happens in whatever order, the ledger keeps its promises and nobody’s address leaks."""

import re
from html import unescape
from io import BytesIO
from urllib.parse import urlsplit
from zipfile import ZipFile

import sqlalchemy as sa
from hypothesis import HealthCheck, example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from portal import clock
from portal.campaigns.models import Touch
from portal.db import db
from portal.errors import NotAllowed
from portal.incentives import actions as incentives
from portal.incentives.limits import LIVE
from portal.incentives.models import Reward, RewardState
from portal.outbox.models import Message
from portal.privacy.forms import EVERY
from portal.referrals import (
    actions,
    attribution,
    prospect_ledger,
    prospect_rewards,
    rewarding,
    risk,
)
from portal.referrals.models import Lead, LeadSignal, ReferralLink, Severity, Stage
from portal.referrals.prospect_ledger import ProspectReward
from portal.staff.models import Staff
from tests.referrals.conftest import SINA

STEPS = [
    *Stage, "approve", "issue", "hold", "signal", "no reward", "release", "refuse", "other link",
    "give", "give back", "erase",
    "theirs given", "theirs refused",
]  # fmt: skip
SENT = ["qualified", "approve", "issue"]


@how(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(way=st.lists(st.sampled_from(STEPS), max_size=14))
@example(way=[*SENT, "contacted", "other link", *SENT])
@example(
    way=[
        "qualified",
        "contacted",
        "qualified",
        "theirs given",
        "contacted",
        "qualified",
        "theirs given",
    ]
)
@example(way=["qualified", "theirs refused", "other link", "give", "contacted", "qualified"])
@example(way=["signal", "qualified", "no reward", "release", "theirs given", "erase"])
def test_T35_any_moves_signals_and_decisions_keep_the_ledgers_promises(
    app, ada, charlie, sent_by, under, rosa, way
):
    promise = {"prospect_promise": "your first month free", "prospect_cents": 5000}
    under(touch=Touch.LAST, rewarding_stage="qualified", **promise)
    count = getattr(sent_by, "count", 0) + 1
    sent_by.__dict__["count"] = count
    sent_by(charlie, f"x{count}@other{count}.example", company=f"Other {count}")
    lead_id = sent_by(ada, f"p{count}@kestrel{count}.example", company=f"Kestrel {count}")
    for step in way:
        with app.app_context():
            try:
                take(step, db.session.get(Lead, lead_id), db.session.get(Staff, rosa))
                db.session.commit()
            except NotAllowed:
                db.session.rollback()
        with app.app_context():
            check(db.session.get(Lead, lead_id))
            db.session.rollback()


def take(step, lead: Lead, by: Staff) -> None:
    links = db.session.scalars(sa.select(ReferralLink).order_by(ReferralLink.id)).all()
    reward = db.session.scalar(sa.select(Reward).where(Reward.reason == lead.reason))
    states = {
        "approve": RewardState.APPROVED, "issue": RewardState.ISSUED, "hold": RewardState.HELD,
    }  # fmt: skip
    if step in states:
        if reward:
            incentives.move(reward, states[step], note="Wait", by=by)
    elif step in {"signal", "no reward"}:
        severity = Severity.HOLD if step == "signal" else Severity.NO_REWARD
        if step not in {one.rule for one in lead.signals}:
            lead.signals.append(LeadSignal(rule=step, severity=severity, reason=f"A {step}."))
            rewarding.settle(lead)
    elif step in {"release", "refuse"}:
        getattr(risk, step)(lead, note="Looked at it", by=by)
    elif step == "other link":
        for link in links:
            attribution.touch(lead, link, clock.now())
    elif step in {"give", "give back"}:
        link = links[0] if step == "give" else links[-1]
        attribution.give(lead, link, note="Said so", by=by, at=clock.now())
    elif step == "erase":
        actions.erase(lead)
    elif step.startswith("theirs"):
        if theirs := prospect_ledger.of(lead):
            said = {"note": "Done", "seen": len(theirs.entries), "by": by}
            if step == "theirs given":
                prospect_rewards.give(theirs, **said)
            else:
                prospect_rewards.refuse(theirs, "terms", **said)
    else:
        actions.move(lead, step, seen=lead.version, by=by)


def check(lead: Lead) -> None:
    """One live reward at most, for the right person; one sent at most; each step a legal one."""
    its = Reward.reason.in_([lead.subject, *(f"{lead.subject}/{n}" for n in range(1, 20))])
    rewards = db.session.scalars(sa.select(Reward).where(its)).all()
    live = [reward for reward in rewards if reward.state in LIVE]
    assert len(live) <= 1
    for reward in live:
        if reward.state is not RewardState.ISSUED:
            assert reward.advocate_id == lead.link.referral.advocate_id
            assert reward.reason == lead.reason
    sent = [e for reward in rewards for e in reward.entries if e.state is RewardState.ISSUED]
    assert len(sent) <= 1
    for reward in rewards:
        states = [entry.state for entry in reward.entries]
        for before, after in zip([None, *states], states, strict=False):
            assert after in incentives.MOVES[before]
    check_theirs(lead)


def check_theirs(lead: Lead) -> None:
    """What the prospect was promised: one, given at most once, due only where it may be."""
    found = db.session.scalars(
        sa.select(ProspectReward).where(ProspectReward.lead_id == lead.id)
    ).all()
    assert len(found) <= 1
    due = not rewarding.not_due_because(lead)
    for theirs in found:
        states = [entry.state for entry in theirs.entries]
        final = {RewardState.ISSUED, RewardState.DECLINED}
        assert not final & set(states[:-1])  # nothing follows, so it is given once
        for before, after in zip([None, *states], states, strict=False):
            assert after in prospect_ledger.MOVES[before]
        if theirs.state in prospect_ledger.OPEN:
            assert due
            assert (theirs.state is RewardState.HELD) == bool(lead.hold)
        elif theirs.state is RewardState.VOID:
            assert not due
    assert bool(found) or not due
    told = db.session.scalars(sa.select(Message).where(Message.template == "prospect-reward")).all()
    due_mails = [one for one in told if one.about == lead.subject and one.context.get("state")]
    assert [one.context["state"] for one in due_mails].count("due") <= 1


# ── What the referrer can fetch ────────────────────────────────────────────────────────────


def test_T33_the_address_of_a_prospect_is_nowhere_the_referrer_can_look(
    as_ada, come, move, as_rosa, post_mail, mailroom, referral
):
    """Every page reachable from hers, the file of her data, every mail to her."""
    leads = [
        come(tells_referrer=True),
        come(label="Maya", email="maya@fischer.example", company="Fischer Gardens"),
        come(email="x@mailinator.com", name="Ola Held", company="Held Ltd"),
        come(email="ada+2@analytical.example", name="Ada Again", company="Mine"),
    ]
    for lead in leads:
        move(lead, Stage.CONTACTED, Stage.QUALIFIED)
        note = {"text": f"Rang {SINA['email']}"}
        assert as_rosa.post(f"/staff/leads/{lead}/notes", data=note).status_code == 303
    ruling = {"ruling": "refuse", "note": "maya@fischer.example is odd"}
    as_rosa.post(f"/staff/leads/{leads[2]}/ruling", data=ruling)
    post_mail()
    seen = dict(crawl(as_ada, ["/me", f"/me/referrals/{referral}"]))
    assert len(seen) > 8
    exports = {"/me/data/everything.json", "/me/data/everything.zip"}
    assert {f"/me/referrals/{referral}", *exports} <= set(seen)
    mails = [str(mail) for mail in mailroom.to("ada@analytical.example")]
    secrets = [SINA["email"], "maya@fischer.example", "x@mailinator.com", "ada+2@", "Kestrel",
               "Fischer Gardens", "Ola Held", "How long does the switch take"]  # fmt: skip
    for text in (*seen.values(), *mails):
        for secret in secrets:
            assert secret not in text, secret


def inside(data: bytes):
    """The text of an answer; of a ZIP, that of each file in it."""
    if not data.startswith(b"PK"):
        yield data.decode("utf-8", "replace")
        return
    with ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            yield from inside(archive.read(name))


def crawl(client, beginnings):
    """Every page of our own reached by links from these, each once."""
    waiting, seen = list(beginnings), set()
    while waiting:
        path = waiting.pop()
        if path in seen or "/sign-out" in path:
            continue
        seen.add(path)
        answer = client.get(path)
        if answer.status_code in {302, 303}:
            waiting.append(urlsplit(answer.location).path)
            continue
        text = "".join(inside(answer.data)).replace("\0", "")
        yield path, text
        for found in re.findall(r'(?:href|src)="([^"]+)"', text):
            target = urlsplit(unescape(found))
            ours = target.path.startswith("/") and target.netloc in {"", "localhost"}
            if ours and not target.path.startswith("/static"):
                waiting.append(target.path)


def test_she_is_told_of_each_step_until_she_asks_not_to_be(as_ada, come, move, saved):
    lead = come()
    move(lead, Stage.CONTACTED)

    def told():
        return [m for m in saved(Message) if m.template == "lead-moved"]

    assert len(told()) == 2
    form = {"pause": "none", "kinds": ["referral"], "ways": ["mail"], "every": str(EVERY[0])}
    form["updates"] = "needed"
    assert as_ada.post("/me/preferences", data=form).status_code == 303
    move(lead, Stage.QUALIFIED)
    assert len(told()) == 2
    assert "It could be a good fit" in as_ada.get("/me/referrals/1").text  # to be read there
