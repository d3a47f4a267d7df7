"""What a person allowed: to read, to print, to change, signed in or by the receipt’s link."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    url_for,
)

from portal import auth
from portal.consent import actions, queries
from portal.consent.forms import circumstances, purpose_asked
from portal.consent.models import Purpose, Receipt
from portal.consent.printing import as_pdf
from portal.consent.receipts import as_data
from portal.db import db
from portal.downloads import attachment
from portal.errors import NotAllowed, NotFound
from portal.links import actions as links
from portal.links.models import Kind, Link

bp = Blueprint("consent", __name__)


def page(name: str, receipt: Receipt, **more) -> str:
    return render_template(
        f"consent/{name}.html",
        receipt=receipt,
        standing=queries.state(receipt),
        as_read=queries.as_read,
        **{"token": None} | more,
    )


def mine(reference: str) -> Receipt:
    return queries.receipt_of(g.advocate.id, reference)


@bp.get("/me/permissions")
@auth.advocate
def permissions():
    receipts = queries.receipts_of(g.advocate.id)
    folded = [(receipt, queries.state(receipt)) for receipt in receipts]
    return render_template("consent/permissions.html", receipts=folded, as_read=queries.as_read)


@bp.get("/me/receipts/<reference>")
@auth.advocate
def receipt(reference: str):
    return page("receipt", mine(reference))


@bp.get("/me/receipts/<reference>.json")
@auth.advocate
def receipt_json(reference: str):
    found = mine(reference)
    here = url_for("consent.permissions", _external=False)
    return jsonify(as_data(found, here, given_for(found)))


@bp.get("/me/receipts/<reference>.pdf")
@auth.advocate
def receipt_pdf(reference: str):
    return pdf(mine(reference), None)  # what opens only while signed in is no way back from paper


def given_for(found: Receipt) -> Any:
    """What it was given for, told by submissions, which stand to the right."""
    told: Any = current_app.jinja_env.globals["given_for"]
    return told(found)


def pdf(found: Receipt, withdraw_at: str | None) -> Response:
    return attachment(
        as_pdf(found, withdraw_at, given_for(found)),
        "application/pdf",
        f"receipt-{found.reference}.pdf",
    )


# ── Changing one’s mind: a page, then a button (T26) ───────────────────────────────────────


@bp.get("/me/permissions/<reference>/<purpose>/withdrawal")
@auth.advocate
def think_again(reference: str, purpose: str):
    found = mine(reference)
    return page("withdrawal", found, permission=queries.permission(found, purpose))


@bp.post("/me/permissions/<reference>/<purpose>/withdrawal")
@auth.advocate
def withdraw(reference: str, purpose: str):
    found = mine(reference)
    standing = queries.permission(found, purpose)
    actions.withdraw(
        found, standing.purpose, by=g.advocate, circumstances=circumstances(g.advocate.language)
    )
    db.session.commit()
    flash(f"Withdrawn: {queries.as_read(standing.statement.label, found)}.")
    return redirect(url_for("consent.permissions", _anchor=reference), 303)


def demand_shown(found: Receipt, purpose: Purpose) -> None:
    """Nobody says yes to what their credit does not show (T23)."""
    said = given_for(found)
    why = said.without_effect(purpose, in_force=True) if said else ""
    if why:
        raise NotAllowed(f"This is shown nowhere: {why}. Change how you are credited first.")


@bp.get("/me/permissions/<reference>/<purpose>/grant")
@auth.advocate
def consider(reference: str, purpose: str):
    found = mine(reference)
    standing = queries.permission(found, purpose)
    demand_shown(found, standing.purpose)
    [newest] = queries.wordings(
        [standing.purpose],
        g.advocate,
        g.advocate.language,
        credit=found.credit,
        company=found.under_name,
    )
    return page("grant", found, permission=standing, wording=newest)


@bp.post("/me/permissions/<reference>/<purpose>/grant")
@auth.advocate
def give(reference: str, purpose: str):
    found = mine(reference)
    standing = queries.permission(found, purpose)
    demand_shown(found, standing.purpose)
    actions.give(
        found, standing.purpose, by=g.advocate, circumstances=circumstances(g.advocate.language)
    )
    db.session.commit()
    flash(f"Agreed: {queries.as_read(standing.statement.label, found)}.")
    return redirect(url_for("consent.permissions", _anchor=reference), 303)


@bp.get("/me/permissions/<reference>/withdrawal")
@auth.advocate
def think_again_of_all(reference: str):
    return page("withdrawal", mine(reference), permission=None)


@bp.post("/me/permissions/<reference>/withdrawal")
@auth.advocate
def withdraw_all(reference: str):
    found = mine(reference)
    actions.withdraw_all(found, by=g.advocate, circumstances=circumstances(g.advocate.language))
    db.session.commit()
    flash(f"All permissions of receipt {reference} are withdrawn.")
    return redirect(url_for("consent.permissions", _anchor=reference), 303)


# ── The same by the link in the mail, without signing in ───────────────────────────────────


def behind(token: str) -> tuple[Link, Receipt]:
    link = links.open(Kind.RECEIPT, token)
    found = db.session.get(Receipt, link.subject_id)
    if found is None:
        raise NotFound("The receipt behind this link is gone.")
    return link, found


@bp.get("/c/<token>")
@auth.by_link
def by_link(token: str):
    return page("receipt", behind(token)[1], token=token)


@bp.get("/c/<token>/receipt.json")
@auth.by_link
def json_by_link(token: str):
    found, here = behind(token)[1], url_for("consent.by_link", token=token)
    return jsonify(as_data(found, here, given_for(found)))


@bp.get("/c/<token>/receipt.pdf")
@auth.by_link
def pdf_by_link(token: str):
    return pdf(behind(token)[1], url_for("consent.by_link", token=token))


@bp.get("/c/<token>/withdrawal")
@auth.by_link
def think_again_by_link(token: str):
    _, found = behind(token)
    purpose = purpose_asked()
    standing = queries.permission(found, purpose) if purpose else None
    return page("withdrawal", found, permission=standing, token=token)


@bp.post("/c/<token>/withdrawal")
@auth.by_link
def withdraw_by_link(token: str):
    link, found = behind(token)
    how = circumstances(found.advocate.language)
    if purpose := purpose_asked():
        chosen = queries.permission(found, purpose).purpose
        actions.withdraw(found, chosen, by=found.advocate, circumstances=how)
    else:
        actions.withdraw_all(found, by=found.advocate, circumstances=how)
    links.use(link)
    db.session.commit()
    flash("Withdrawn. It is no longer in force.")
    return redirect(url_for("consent.by_link", token=token), 303)
