"""Every move anyone can ask for: from each stage to each, by each role, and its reward."""

import itertools

import pytest
import sqlalchemy as sa

from portal.db import db
from portal.incentives.models import Reward, RewardState
from portal.referrals import actions, prospect_ledger
from portal.referrals.models import FINAL, PROGRESS, Lead, RiskRule, Severity, Stage
from portal.staff.models import Role, Staff

DUE = Stage.QUALIFIED  # the campaign's rewarding stage
ROLES = [None, *Role]


def allowed(role: Role | None, start: Stage, end: Stage) -> bool:
    """Editors and owners move along the way and to any end; an end is final, and only the
    person themself withdraws."""
    return role in {Role.EDITOR, Role.OWNER} and not (
        start in FINAL or end in {start, Stage.WITHDRAWN}
    )


def owed(*way: Stage) -> RewardState | None:
    """What the ledger says once a lead went this way: due at the stage or past it, once."""
    due = [stage in PROGRESS and PROGRESS.index(stage) >= PROGRESS.index(DUE) for stage in way]
    return RewardState.ACCRUED if due[-1] else RewardState.VOID if any(due) else None


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "nobody")
def test_each_move_by_each_role_is_allowed_or_not_and_the_reward_follows(
    role, app, browser_of, save, come, rosa, under
):
    """9 stages × 9 stages × 4 roles; each on a lead of its own. The prospect’s own reward too."""
    under(prospect_promise="your first month free")
    for rule in ("per-hour", "per-day"):  # so many at once would wait for a person
        save(RiskRule(key=rule, is_on=False, severity=Severity.HOLD))
    person = role and save(Staff(email="x@team.example", name="X", role=role, password_hash="x"))
    client = browser_of(staff=person) if person else app.test_client()
    moves = list(itertools.product(Stage, Stage))
    for number, (start, end) in enumerate(moves):
        lead_id = come(email=f"p{number}@k{number}.example", company=f"K{number}", message="x")
        put(app, lead_id, start, rosa)
        with app.app_context():
            lead = db.session.get(Lead, lead_id)
            seen, before = lead.version, reward_of(lead)
            assert theirs_of(lead) == before, (start, end)
        answer = client.post(
            f"/staff/leads/{lead_id}/moves", data={"stage": end.value, "seen": seen}
        )
        may = allowed(role, start, end)
        case = (role, start, end, answer.status_code)
        expected = {302} if role is None else {403} if role is Role.VIEWER else {422, 409}
        assert answer.status_code in ({303} if may else expected), case
        with app.app_context():
            lead = db.session.get(Lead, lead_id)
            assert lead.stage is (end if may else start), case
            assert reward_of(lead) == (owed(start, end) if may else before), case
            assert theirs_of(lead) == reward_of(lead), case


def put(app, lead_id: int, stage: Stage, rosa: int) -> None:
    """Let a lead stand at a stage, by the way it would have come there."""
    with app.app_context():
        lead = db.session.get(Lead, lead_id)
        if stage is Stage.WITHDRAWN:
            actions.erase(lead)
        else:
            actions.move(lead, stage, seen=lead.version, by=db.session.get(Staff, rosa))
        db.session.commit()


def reward_of(lead: Lead) -> RewardState | None:
    reward = db.session.scalar(sa.select(Reward).where(Reward.reason == lead.reason))
    return reward.state if reward else None


def theirs_of(lead: Lead) -> RewardState | None:
    """How what the prospect was promised stands."""
    theirs = prospect_ledger.of(lead)
    return theirs.state if theirs else None
