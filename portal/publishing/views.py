"""What the world reads, and the desk where staff publish it.

No public page touches a session or sets a cookie. Any cache may keep one, and must ask us before
each use, so that a permission taken back is gone with the next request (T26).
"""

from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user

from portal import auth, clock
from portal.clicks import actions as clicks
from portal.clicks.models import What
from portal.consent.models import Channel
from portal.db import db
from portal.errors import NotFound, Refusal, Unreadable
from portal.fields import row_number
from portal.incentives import disclosure
from portal.media import storage
from portal.publishing import (
    actions,
    logos,
    markup,
    placing,
    plain,
    planning,
    queries,
    signoff,
    tallying,
    words,
)
from portal.publishing import desk as desks
from portal.publishing import how as rules
from portal.publishing.forms import PublishForm
from portal.publishing.items import appearance, verified
from portal.publishing.models import Asset
from portal.publishing.undoing import CONTRIBUTION
from portal.queue.onward import Onward
from portal.staff.models import Role
from portal.undo.actions import undoable
from portal.undo.telling import tell
from portal.web import brand, typed

bp = Blueprint("publishing", __name__)

# Pages of submissions, which stand to the left, show a customer their words as they will appear,
# and where they do.
bp.add_app_template_global(appearance)
bp.add_app_template_global(queries.address_of)
bp.add_app_template_global(planning.appears_at)


# ── For the world ──────────────────────────────────────────────────────────────────────────


@bp.get("/")
@auth.public
def home():
    return _page(
        "publishing/home.html",
        picks=queries.picks(placing.FIRST, page=placing.Page.HOME),
        picked=disclosure.picked(brand().name),
        tally=tallying.tally(),
        latest=queries.reviews(size=2).items,
    )


@bp.get("/stories")
@auth.public
def stories():
    return _page(
        "publishing/stories.html",
        picks=queries.picks(page=placing.Page.STORIES),
        picked=disclosure.picked(brand().name),
    )


@bp.get("/stories/<slug>")
@auth.public
def story(slug):
    found = queries.story(slug)
    if found is None:
        return _page("publishing/gone.html", status=410)
    asset, item = found
    clicks.record(asset.id, source="page", environ=request.environ, what=What.STORY)
    return _page(
        "publishing/story.html",
        item=item,
        sections=words.sections(asset.words),
        logo=logos.beside(asset),
        verified=verified(),
        picked=disclosure.picked(brand().name),
        **_shared(asset),
    )


def _shared(asset: Asset) -> dict[str, Any]:
    """What networks draw a preview of a link from, disclosure first and signed as other sites may
    sign it; nothing where these words may not leave our pages."""
    away = queries.one(asset.slug, queries.PICKED, Channel.EMBED)
    if away is None:
        return {}
    return {
        "away": away,
        "preview": plain.preview(away),
        "here": plain.absolute(away["url"]),
        "card": plain.absolute(f"/cards/{asset.slug}.png"),
    }


@bp.get("/reviews")
@auth.public
def reviews():
    found = queries.reviews(
        before=request.args.get("before", ""), after=request.args.get("after", "")
    )
    tally = tallying.tally()
    told = markup.of(found.items, tally)
    return _page("publishing/reviews.html", found=found, tally=tally, markup=told)


@bp.get("/reviews/how")
@auth.public
def how():
    return _page("publishing/how.html", facts=rules.facts())


@bp.get("/media/<key>.webp")
@auth.public
def photo(key):
    if not queries.photo_is_public(key):
        raise NotFound("There is no picture at this address.")
    response = Response(storage.read(key), mimetype="image/webp")
    return _fresh(response)


@bp.get("/media/logos/<key>.webp")
@auth.public
def logo(key):
    if not logos.is_public(key):
        raise NotFound("There is no picture at this address.")
    return _fresh(Response(storage.read(key), mimetype="image/webp"))


def _page(template: str, status: int = 200, **context) -> Response:
    g._login_user = None  # or Flask-Login's context processor reads the session for every page
    return _fresh(make_response(render_template(template, **context), status))


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.add_etag()
    response.make_conditional(request)
    return response


# ── For staff ──────────────────────────────────────────────────────────────────────────────


@bp.get("/staff/submissions/<int:submission_id>/publication")
@auth.staff()
def desk(submission_id):
    form = PublishForm(formdata=None, checked_by=current_user.id, checked_on=clock.now().date())
    return _desk(desks.submission(submission_id), form)


@bp.post("/staff/submissions/<int:submission_id>/publication")
@auth.staff(Role.EDITOR)
def publish(submission_id):
    submission, on = desks.submission(submission_id), Onward(("publish", submission_id))
    form = PublishForm()
    if not form.validate():
        return _desk(submission, form), 422
    try:
        with undoable(CONTRIBUTION, submission, by=current_user):
            done = signoff.publish_or_propose(
                submission,
                headline=form.headline.data,
                excerpt=form.excerpt.data,
                basis=form.basis(),
                fair_cut=form.fair_cut.data,
                at=form.moment(),
                pages=form.chosen,
                by=current_user,
            )
        db.session.commit()
    except Unreadable as clash:
        form.at.errors = [str(clash)]
        return _desk(submission, form), 422
    except Refusal as refusal:
        return _refused(submission_id, form, refusal), refusal.status
    first_name = submission.advocate.first_name
    if isinstance(done, Asset) and done.announce_at:
        tell(f"Planned. It appears by itself, and {first_name} gets a mail then.", submission)
        return on("publishing.published", show="planned", _anchor=done.slug)
    if isinstance(done, Asset):
        tell(f"Published. {first_name} gets a mail with the link.", submission)
        return on("publishing.published", show=None, _anchor=done.slug)
    tell(f"Sent to {first_name}. It is published as soon as they say yes to this cut.", submission)
    return on("review.show", submission_id=submission_id)


@bp.get("/staff/submissions/<int:submission_id>/photo.webp")
@auth.staff()
def photo_beside(submission_id):
    """The photo as the card of an unpublished contribution shows it."""
    key = desks.photo_of(desks.submission(submission_id))
    return Response(storage.read(key), mimetype="image/webp")


@bp.get("/staff/published")
@auth.staff()
def published():
    show = request.args.get("show", "")
    public = {"public": True, "off": False}.get(show)
    return render_template(
        "publishing/published.html",
        shelf=desks.shelf(public=public, planned=show == "planned"),
        show=show,
    )


@bp.post("/staff/assets/<int:asset_id>/retirement")
@auth.staff(Role.EDITOR)
def retire(asset_id):
    asset = _asset(asset_id)
    with undoable(CONTRIBUTION, asset.submission, by=current_user):
        actions.retire(asset, by=current_user, note=request.form.get("note", "")[:300])
    db.session.commit()
    tell("Taken down. It is off every page now.", asset.submission)
    return redirect(url_for("publishing.published"), 303)


@bp.get("/staff/front-page")
@auth.staff()
def front_page():
    """What stands on the front page, in its order."""
    return render_template(
        "publishing/front_page.html",
        order=desks.front_page(),
        first=placing.FIRST,
        moved=request.args.get("moved", type=row_number),
    )


@bp.post("/staff/front-page/<int:asset_id>/place")
@auth.staff(Role.EDITOR)
def move_up(asset_id):
    asset = _asset(asset_id)
    seen = request.form.get("seen", type=row_number)
    placing.move_up(asset, queries.on_front_page, seen=seen, by=current_user)
    db.session.commit()
    flash(f"Moved up: {desks.called(asset)}.")
    return redirect(url_for(".front_page", moved=asset_id), 303)


@bp.post("/staff/front-page/newest-first")
@auth.staff(Role.EDITOR)
def newest_first():
    placing.newest_first(by=current_user)
    db.session.commit()
    flash("The newest stands first again.")
    return redirect(url_for(".front_page"), 303)


def _asset(asset_id: int) -> Asset:
    if found := db.session.get(Asset, asset_id):
        return found
    raise NotFound("There is nothing published under this number.")


def _refused(submission_id: int, form: PublishForm, refusal: Refusal) -> str:
    """The desk again, with what was typed and the sentence at the field it is about."""
    db.session.rollback()
    field = getattr(refusal, "field", "excerpt" if refusal.status == 422 else None)
    if field:
        form[field].errors = [str(refusal)]
    return _desk(desks.submission(submission_id), form, refusal="" if field else str(refusal))


def _desk(submission, form: PublishForm, refusal: str = "") -> str:
    excerpt = form.excerpt.data.replace("\r\n", "\n").strip()
    desk = desks.desk(submission, excerpt)
    return render_template(
        "publishing/desk.html",
        submission=submission,
        form=form.suit(desk),
        desk=desk,
        refusal=refusal,
        typed=typed() if refusal else [],
    )
