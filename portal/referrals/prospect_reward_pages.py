"""Where staff see what prospects were promised, and write down that it was given or refused."""

from flask import render_template, request
from flask_login import current_user

from portal import auth
from portal.db import db
from portal.downloads import spreadsheet
from portal.errors import NotAllowed, Stale
from portal.fields import row_number
from portal.history.actions import record
from portal.incentives.models import RewardState
from portal.queue.onward import Onward
from portal.referrals import prospect_books, prospect_rewards, several
from portal.referrals.door import bp
from portal.referrals.prospect_ledger import OPEN, SHOWN, ProspectReward
from portal.referrals.prospect_reward_forms import REFUSE, PromiseForm, SeveralPromisesForm
from portal.referrals.prospect_rewards import GROUNDS, SHORT
from portal.referrals.undoing import PROMISE
from portal.spreadsheet import table
from portal.staff.models import Role
from portal.staff.queries import name_of
from portal.undo.actions import undoable
from portal.undo.telling import tell


def asked() -> RewardState | None:
    state = request.args.get("state", "")
    return RewardState(state) if state in {one.value for one in SHOWN} else None


@bp.get("/staff/leads/rewards")
@auth.staff()
def prospect_rewards_list():
    state = asked()
    found, older = prospect_books.page(state, request.args.get("before", type=row_number))
    selectable = [one for one in found if several.selectable(one)]
    bulk = SeveralPromisesForm(formdata=None)
    several.narrow(bulk, selectable)
    return render_template(
        "referrals/prospect-rewards.html",
        rewards=found,
        older=older,
        state=state,
        states=SHOWN,
        short=SHORT,
        counts=prospect_books.counts(),
        selectable=selectable,
        bulk=bulk,
        kind=several.PROMISES,
    )


@bp.post("/staff/leads/rewards/export")
@auth.staff(Role.EDITOR, confirmed=True)
def export_prospect_rewards():
    """A POST, because who took it along is written down."""
    text = table(prospect_books.HEADS, prospect_books.lines(asked()))
    record(current_user, "rewards of prospects exported", by=current_user)
    db.session.commit()
    return spreadsheet(text, "rewards-of-prospects.csv")


@bp.get("/staff/leads/rewards/<int:reward_id>")
@auth.staff()
def prospect_reward(reward_id: int):
    return promise_page(prospect_books.get(reward_id), PromiseForm(formdata=None))


@bp.post("/staff/leads/rewards/<int:reward_id>/settlement")
@auth.staff(Role.EDITOR)
def settle_prospect_reward(reward_id: int):
    found, form = prospect_books.get(reward_id), PromiseForm()
    on = Onward(("prospect-rewards", reward_id))
    if not form.validate():
        return promise_page(found, form), 422
    said = {"note": form.note.data, "seen": form.seen.data}
    by = current_user._get_current_object()
    try:
        with undoable(PROMISE, found, by=by):
            if form.act.data == "give":
                prospect_rewards.give(found, **said, by=by)
            else:
                prospect_rewards.refuse(found, form.ground.data, **said, by=by)
        db.session.commit()
    except (NotAllowed, Stale) as refusal:
        db.session.rollback()
        return promise_page(prospect_books.get(reward_id), form, str(refusal)), refusal.status
    by_mail = " and in a mail" if prospect_rewards.hears_by_mail(found.lead) else ""
    read = f"They read it on their own page{by_mail}."
    tell(f"It is {prospect_rewards.in_short(found)}. {read}", found)
    return on(".prospect_reward", reward_id=reward_id)


def promise_page(found: ProspectReward, form: PromiseForm, refusal: str = "") -> str:
    form.seen.data, form.seen.raw_data = len(found.entries), None
    if found.early_until:  # its page says from which day on
        form.act.choices = [one for one in form.act.choices if one.value == REFUSE]
    return render_template(
        "referrals/prospect-reward.html",
        reward=found,
        lead=found.lead,
        form=form,
        refusal=refusal,
        given_from=prospect_rewards.may_be_given_from(found),
        short=SHORT,
        grounds=GROUNDS,
        open=found.state in OPEN,
        name_of=name_of,
    )
