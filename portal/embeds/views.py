"""Blocks for other sites, feeds, cards, and the same as data. All of it for the world to read.

None of these sets a cookie. A copy may be kept for thirty seconds, so that with a reader's own
copy behind a cache, words taken back are gone everywhere within a minute (T26).
"""

from flask import Response, g, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from portal import auth
from portal.campaigns.models import Action
from portal.consent.models import Channel
from portal.embeds import cards, data, desk, queries  # noqa: F401
from portal.embeds.door import bp
from portal.errors import Refusal
from portal.publishing import queries as publishing
from portal.publishing import tallying
from portal.web import error_page, framed

FEEDS = (queries.STORIES, queries.REVIEWS)
EVERY_KIND = (*publishing.PICKED, Action.REVIEW)


@bp.get("/embed/<slug>")
@framed
@auth.public
def embed(slug):
    g._login_user = None  # or Flask-Login's context processor reads the session for every page
    block = queries.shown(slug)
    tally = tallying.tally() if slug == queries.REVIEWS else None
    return served(make_response(render_template("embeds/embed.html", block=block, tally=tally)))


@bp.get("/api/public/stories")
@auth.public
def stories():
    return served(jsonify(data.block(queries.shown(queries.STORIES))))


@bp.get("/api/public/stories/<slug>")
@auth.public
def story(slug):
    return served(jsonify(data.item(queries.item(slug))))


@bp.get("/api/public/reviews")
@auth.public
def reviews():
    found = publishing.reviews(before=request.args.get("before", ""), channel=Channel.EMBED)
    tally = tallying.tally()
    more = f"/api/public/reviews?before={found.older}" if found.older else None
    return served(
        jsonify(
            items=[data.item(one) for one in found.items],
            older_url=more and data.absolute(more),
            count=tally.count,
            average=tally.average,
            spread=tally.spread,
            all_reviews_url=data.absolute("/reviews"),
            how_url=data.absolute("/reviews/how"),
        )
    )


@bp.get("/api/public/blocks/<slug>")
@auth.public
def block_as_data(slug):
    return served(jsonify(data.block(queries.shown(slug))))


@bp.get("/feeds/<any(stories, reviews):what>.atom")
@auth.public
def atom(what):
    feed = data.atom(queries.shown(what), request.path)
    return served(Response(feed, mimetype="application/atom+xml"))


@bp.get("/feeds/<any(stories, reviews):what>.json")
@auth.public
def json_feed(what):
    response = jsonify(data.json_feed(queries.shown(what), request.path))
    response.mimetype = "application/feed+json"
    return served(response)


@bp.get("/cards/<slug>.png")
@auth.public
def card(slug):
    return served(Response(cards.draw(queries.item(slug, EVERY_KIND)), mimetype="image/png"))


@bp.errorhandler(Refusal)
def refused(error: Refusal):
    """Programs get the sentence as data."""
    if request.path.startswith("/api/"):
        return served(make_response(jsonify(error=str(error)), error.status))
    return error_page(str(error), error.status)


def served(response: Response) -> BaseResponse:
    """For any site and any cache, for half a minute at most."""
    response.headers["Cache-Control"] = "public, max-age=30"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if response.status_code == 200:
        response.add_etag()
        return response.make_conditional(request)
    return response
