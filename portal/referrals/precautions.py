"""What owners set against mistaken rewards: the rules, and the list of contacts we know."""

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange

from portal import auth
from portal.db import db
from portal.errors import NotFound, Stale, Unreadable
from portal.fields import Seen, Whole
from portal.referrals import known, risk, signals, traces
from portal.referrals.door import bp
from portal.referrals.models import Severity
from portal.staff.models import Role
from portal.staff.queries import name_of

SEVERITIES = {
    Severity.NOTE: "It goes on; only tell us",
    Severity.HOLD: "Hold it until someone has looked",
    Severity.NO_REWARD: "None, unless someone releases it",
}
A_NUMBER = "Enter a number from 1 to 1,000"


class RuleForm(FlaskForm):
    is_on = BooleanField("On")
    severity = SelectField(
        "The reward",
        choices=[SelectChoice(severity.value, words) for severity, words in SEVERITIES.items()],
        validators=[InputRequired("Choose what happens to the reward")],
        invalid_choice_message="Choose what happens to the reward",
    )
    threshold = Whole(
        "More than",
        asks=A_NUMBER,
        validators=[InputRequired(A_NUMBER), NumberRange(1, 1000, A_NUMBER)],
    )
    seen = Seen(validators=[InputRequired("Reload the page")])

    @classmethod
    def of(cls, rule: signals.Rule, how: signals.Setting, *, sent: bool = False) -> "RuleForm":
        """One rule's own little form; ``sent``: with what was typed into it."""
        form = cls(
            **({} if sent else {"formdata": None}),
            data={
                "is_on": how.is_on,
                "severity": how.severity.value,
                "threshold": how.threshold,
                "seen": how.version,
            },
        )
        for field in form:
            field.id = f"{rule.key}-{field.id}"  # all rules stand on one page
        if rule.threshold is None:
            del form.threshold
        return form


@bp.get("/staff/risk")
@auth.staff()
def rules():
    return rules_page()


@bp.post("/staff/risk/<key>")
@auth.staff(Role.OWNER, confirmed=True)
def set_rule(key: str):
    rule = signals.BY_KEY.get(key)
    if rule is None:
        raise NotFound("There is no such rule.")
    form = RuleForm.of(rule, signals.as_set()[key], sent=True)
    if not form.validate():
        return rules_page({key: form}), 422
    try:
        risk.change(
            key,
            is_on=form.is_on.data,
            severity=Severity(form.severity.data),
            threshold=form.threshold.data if "threshold" in form else None,
            seen=form.seen.data,
            by=current_user._get_current_object(),
        )
        db.session.commit()
    except Stale as refusal:
        db.session.rollback()
        form.seen.catch_up(refusal, RuleForm.of(rule, signals.as_set()[key]))
        return rules_page({key: form}, str(refusal)), refusal.status
    flash(f"Saved: {rule.name.lower()}.")
    return redirect(url_for(".rules", _anchor=key), 303)


def rules_page(sent: dict[str, RuleForm] | None = None, refusal: str = "") -> str:
    now = signals.as_set()
    forms = {rule.key: RuleForm.of(rule, now[rule.key]) for rule in signals.RULES} | (sent or {})
    return render_template(
        "referrals/risk.html",
        rules=[(rule, now[rule.key], forms[rule.key]) for rule in signals.RULES],
        severities=SEVERITIES,
        wrong=next(iter((sent or {}).values()), None),
        refusal=refusal,
        changes=risk.changes()[:50],
        throwaway=len(traces.disposable()),
        known=known.count(),
        name_of=name_of,
    )


# ── Customers and open opportunities known from elsewhere ──────────────────────────────────


class KnownForm(FlaskForm):
    file = FileField("CSV file", validators=[FileRequired("Choose a CSV file")])


@bp.get("/staff/leads/known")
@auth.staff(Role.EDITOR)
def known_contacts():
    return known_page(KnownForm(formdata=None))


@bp.post("/staff/leads/known")
@auth.staff(Role.EDITOR)
def add_known():
    form = KnownForm()
    if not form.validate():
        return known_page(form), 422
    try:
        listed = known.add(form.file.data.read(), by=current_user._get_current_object())
    except Unreadable as refusal:
        db.session.rollback()
        form.file.errors = [str(refusal)]
        return known_page(form), 422
    db.session.commit()
    return known_page(KnownForm(formdata=None), listed)


@bp.post("/staff/leads/known/removal")
@auth.staff(Role.EDITOR, confirmed=True)
def clear_known():
    known.clear(by=current_user._get_current_object())
    db.session.commit()
    flash("The list is empty.")
    return redirect(url_for(".known_contacts"), 303)


def known_page(form: KnownForm, listed: known.Listed | None = None) -> str:
    return render_template(
        "referrals/known.html", form=form, listed=listed, count=known.count(), most=known.MOST
    )
