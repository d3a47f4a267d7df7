"""What we take note of when someone says yes or no, and which purpose they mean."""

from flask import request
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice
from wtforms.validators import Optional

from portal import web
from portal.consent.actions import Circumstances
from portal.consent.queries import Wording

YES_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]


def circumstances(language: str = "en") -> Circumstances:
    """How this request’s choice is made, as far as proof needs it (T24)."""
    return Circumstances(web.ip_hash(), web.browser_family(), language)


def purpose_asked() -> str:
    """The purpose named in the address or the form; empty for all of them."""
    return request.values.get("purpose", "")


class ChoicesForm(FlaskForm):
    """Yes or no for each purpose, none chosen beforehand; no answer is a no (T23).

    Twin radios rather than tick boxes: a box shows only the yes as an act, while here yes and
    no look and weigh the same (ICO), and a no can be seen to have been meant.
    """


def choices_form(wordings: list[Wording], chosen: dict[str, bool]) -> ChoicesForm:
    """The form for these purposes, showing what was chosen before."""
    fields = {
        wording.purpose.value: RadioField(
            wording.label, choices=YES_NO, validators=[Optional()], validate_choice=True
        )
        for wording in wordings
    }
    before = {name: "yes" if yes else "no" for name, yes in chosen.items()}
    form = type("AskedForm", (ChoicesForm,), fields)(data=before)
    for wording in wordings:
        form[wording.purpose.value].flags.required = True  # the page says once: all optional
    return form
