"""Where staff see what prospects were promised, and write down that it was given or refused."""

from flask import render_template, request
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError
from wtforms.widgets import HiddenInput

from portal import auth
from portal.db import db
from portal.downloads import spreadsheet
from portal.errors import NotAllowed, Stale
from portal.fields import row_number, trimmed
from portal.incentives.models import RewardState
from portal.queue.onward import Onward
from portal.referrals import prospect_books, prospect_rewards
from portal.referrals.door import bp
from portal.referrals.prospect_ledger import MOVES, SHOWN, ProspectReward
from portal.referrals.prospect_rewards import GROUNDS, SHORT
from portal.referrals.undoing import PROMISE
from portal.spreadsheet import table
from portal.staff.models import Role
from portal.staff.queries import name_of
from portal.undo.actions import undoable
from portal.undo.telling import tell


class PromiseForm(FlaskForm):
    act = RadioField(
        "What became of it?",
        choices=[SelectChoice("give", "It was given"), SelectChoice("refuse", "It is not given")],
        validators=[InputRequired("Choose whether it was given")],
    )
    ground = SelectField(
        "Reason, if it is not given",
        choices=[SelectChoice("", "Choose one")]
        + [SelectChoice(key, said) for key, (said, _) in GROUNDS.items()],
        default="",
        invalid_choice_message="Choose a reason of the list",
    )
    note = TextAreaField(
        "Note",
        filters=[trimmed],
        validators=[Length(max=500, message="Shorten it to 500 characters or fewer")],
    )
    seen = IntegerField(widget=HiddenInput(), validators=[DataRequired("Reload the page")])

    def validate_ground(self, field) -> None:
        if self.act.data == "refuse" and not field.data:
            raise ValidationError("Choose a reason: the prospect reads it")

    def validate_note(self, field) -> None:
        if self.act.data == "give" and not field.data:
            raise ValidationError("Say how it was given, for whoever asks later")


def asked() -> RewardState | None:
    state = request.args.get("state", "")
    return RewardState(state) if state in {one.value for one in SHOWN} else None


@bp.get("/staff/leads/rewards")
@auth.staff()
def prospect_rewards_list():
    state = asked()
    found, older = prospect_books.page(state, request.args.get("before", type=row_number))
    return render_template(
        "referrals/prospect-rewards.html",
        rewards=found,
        older=older,
        state=state,
        states=SHOWN,
        short=SHORT,
        counts=prospect_books.counts(),
    )


@bp.get("/staff/leads/rewards.csv")
@auth.staff(Role.EDITOR)
def prospect_rewards_csv():
    text = table(prospect_books.HEADS, prospect_books.lines(asked()))
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
    return render_template(
        "referrals/prospect-reward.html",
        reward=found,
        lead=found.lead,
        form=form,
        refusal=refusal,
        given_from=prospect_rewards.may_be_given_from(found),
        short=SHORT,
        grounds=GROUNDS,
        open=bool(MOVES[found.state]) and found.state is not RewardState.VOID,
        name_of=name_of,
    )
