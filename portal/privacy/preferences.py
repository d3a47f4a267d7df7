"""How often we may ask: pages of the same blueprint."""

from flask import flash, g, redirect, render_template, url_for

from portal import auth
from portal.advocates import wishes
from portal.campaigns.eligibility import last_asked
from portal.db import db
from portal.privacy.forms import PreferencesForm
from portal.privacy.pages import bp


@bp.get("/me/preferences")
@auth.advocate
def preferences():
    return preferences_page(PreferencesForm.of(g.advocate))


def preferences_page(form: PreferencesForm) -> str:
    return render_template(
        "privacy/preferences.html",
        form=form,
        person=g.advocate,
        last_asked=last_asked([g.advocate.id]).get(g.advocate.id),
    )


@bp.post("/me/preferences")
@auth.advocate
def prefer():
    form = PreferencesForm.of(g.advocate)
    if not form.validate():
        return preferences_page(form), 422
    wishes.prefer(g.advocate, **form.values(g.advocate), by=g.advocate)
    db.session.commit()
    flash("Saved. We ask you no more often than that.")
    return redirect(url_for("privacy.preferences"), 303)
