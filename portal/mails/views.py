"""Choose the words around what an automatic mail must say, and look at it as it will leave."""

import base64
import hashlib
import re

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from markupsafe import escape

from portal import auth, web
from portal.db import db
from portal.errors import NotAllowed, NotFound, Stale
from portal.fields import row_number
from portal.mails import actions, queries, testing
from portal.mails.forms import WordsForm
from portal.outbox.catalogue import Mail
from portal.outbox.delivery import Written
from portal.outbox.models import MailWording
from portal.staff.models import Role

bp = Blueprint("mails", __name__, url_prefix="/staff/mails")
KINDS = {"page", "text"}


@bp.get("")
@auth.staff()
def index():
    return render_template("mails/index.html", groups=queries.groups())


@bp.get("/<name>")
@auth.staff()
def edit(name: str):
    mail = queries.mail(name)
    newest = queries.newest(name)
    wanted = request.args.get("from", type=row_number)
    start = next((one for one in queries.versions(name) if one.version == wanted), newest)
    form = WordsForm.of(mail, data=queries.in_use(mail, start))
    form.seen.data = newest.version if newest else 0
    if wanted:
        form.seen.was = {}  # all of it is meant
    return page(mail, form, restoring=start if wanted else None)


@bp.post("/<name>")
@auth.staff(Role.OWNER, confirmed=True)
def save(name: str):
    mail = queries.mail(name)
    form = WordsForm.of(mail)
    if not form.validate():
        return page(mail, form), 422
    try:
        made = actions.reword(mail, **form.words(), seen=form.seen.data, by=current_user)
        db.session.commit()
    except (NotAllowed, Stale) as refusal:
        db.session.rollback()
        now = queries.in_use(mail, queries.newest(name))
        form.seen.catch_up(refusal, WordsForm.of(mail, formdata=None, data=now))
        return page(mail, form, str(refusal)), refusal.status
    if made is None:
        flash("Nothing was changed.")
    else:
        ours = "Goodword’s own words are back." if made.is_ours else "Saved."
        flash(f"{ours} Every mail that leaves from now on reads so.")
    return redirect(url_for(".edit", name=name), 303)


@bp.post("/<name>/ours")
@auth.staff(Role.OWNER, confirmed=True)
def put_back(name: str):
    mail = queries.mail(name)
    seen = WordsForm.of(mail).seen.data
    actions.reword(mail, seen=seen, by=current_user)
    db.session.commit()
    flash("Goodword’s own words are back. Every mail that leaves from now on reads so.")
    return redirect(url_for(".edit", name=name), 303)


@bp.get("/<name>/versions")
@auth.staff()
def versions(name: str):
    mail = queries.mail(name)
    return render_template("mails/versions.html", mail=mail, story=queries.story(mail))


@bp.get("/<name>/preview/<kind>")
@auth.staff()
def preview(name: str, kind: str):
    return as_it_leaves(queries.preview(queries.mail(name)), kind)


@bp.post("/<name>/preview/<kind>")
@auth.staff(Role.OWNER)
def preview_typed(name: str, kind: str):
    """The same with the words in the form; nothing is stored."""
    mail = queries.mail(name)
    form = WordsForm.of(mail)
    if not form.validate():
        said = "\n".join(error for errors in form.errors.values() for error in errors)
        return framed(Response(f"Not to be sent like this.\n\n{said}\n", 422), "text/plain")
    return as_it_leaves(queries.preview(mail, form.words()), kind)


@bp.post("/<name>/test")
@auth.staff(Role.OWNER)
def send_test(name: str):
    mail = queries.mail(name)
    testing.send(mail, to=current_user)
    db.session.commit()
    flash(f"The mail is on its way to {current_user.email}. Its links open nothing.")
    return redirect(url_for(".edit", name=name), 303)


def page(
    mail: Mail, form: WordsForm, refusal: str = "", restoring: MailWording | None = None
) -> Response:
    """The form beside the mail as it leaves now, in a frame of our own."""
    newest = queries.newest(mail.name)
    if refusal:
        form.seen.data = (
            newest.version if newest else 0
        )  # whoever saves again has read what stands there now
    answer = make_response(
        render_template(
            "mails/edit.html",
            mail=mail,
            form=form,
            refusal=refusal,
            restoring=restoring,
            newest=newest,
            author=queries.author(newest) if newest else "",
            now=queries.in_use(mail, newest),
            ours={part: queries.ours(mail, part) for part in ("subject", "opening")},
            broken=queries.fault(mail, *queries.in_use(mail, newest).values()),
        )
    )
    answer.headers["Content-Security-Policy"] = f"{web.CSP}; frame-src 'self'"
    return answer


STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
STILL = "  a { pointer-events: none; }\n"  # a look at a mail is no place to follow its links


def as_it_leaves(written: Written, kind: str) -> Response:
    """A mail, alone in a frame: the page, whose one style sheet is known by its hash, or text."""
    if kind not in KINDS:
        raise NotFound("There is no such view of a mail.")
    if kind == "text":
        return framed(Response(f"{written.subject}\n\n{written.text}"), "text/plain")
    shown = written.page.replace("</style>", f"{STILL}</style>")
    subject = f'<body>\n<p class="foot"><strong>{escape(written.subject)}</strong></p>'
    shown = shown.replace("<body>", subject)
    styles = [base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
              for css in STYLE.findall(shown)]  # fmt: skip
    return framed(Response(shown), "text/html", *styles)


def framed(answer: Response, mimetype: str, *styles: str) -> Response:
    """For a frame on a page of ours and nowhere else; it can load and run nothing."""
    allowed = " ".join(f"'sha256-{style}'" for style in styles) or "'none'"
    answer.mimetype = mimetype
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {allowed}; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'"
    )
    return answer
