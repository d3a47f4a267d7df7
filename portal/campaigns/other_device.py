"""Going on with an invitation on another device: the mail’s address and the code in it."""

from flask import redirect, render_template, url_for

from portal import auth
from portal.campaigns.entering import let_in_by_code
from portal.campaigns.forms import CodeForm
from portal.campaigns.way_in import bp
from portal.db import db
from portal.web import limiter, network

NO_MATCH = "This address and this code do not open anything together"


def office() -> str:
    """Where someone asks from, as wide as one household or office has addresses."""
    return network({4: 24, 6: 64})


@bp.get("/code")
@auth.public
def code():
    return render_template("campaigns/code.html", form=CodeForm())


@bp.post("/code")
@auth.public
@limiter.limit("20 per hour", key_func=office)
def enter_by_code():
    """One answer for whatever is wrong, so that it tells nobody who was invited."""
    form = CodeForm()
    if not form.validate():
        return render_template("campaigns/code.html", form=form), 422
    invitation = let_in_by_code(form.address.data, form.digits)
    db.session.commit()
    if invitation is None:
        form.code.errors = [NO_MATCH]
        return render_template("campaigns/code.html", form=form), 422
    if invitation.campaign.is_open:
        return redirect(url_for("home.choose", id=invitation.id), 303)
    return redirect(url_for("home.show"), 303)
