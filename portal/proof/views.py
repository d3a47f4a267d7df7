"""Where anyone checks what we published, and where legal reads and takes away the record."""

from flask import Blueprint, Response, g, jsonify, make_response, render_template, request

from portal import auth
from portal.advocates import queries as advocates
from portal.config import settings
from portal.consent.models import Purpose
from portal.downloads import attachment, spreadsheet
from portal.errors import Refusal
from portal.proof import coverage, evidence, manifest, recipe, record, signing
from portal.proof.evidence import Evidence
from portal.proof.manifest import PERMITTED, Proof
from portal.staff.models import Role

bp = Blueprint("proof", __name__)


class NoLongerPermitted(Refusal):
    """The words were taken back, ran out, or are not as they were sent."""

    status = 410


# ── For the world ──────────────────────────────────────────────────────────────────────────


@bp.get("/verify/<slug>")
@auth.public
def verify(slug):
    g._login_user = None  # or Flask-Login's context processor reads the session for every page
    proof = manifest.of(slug)
    template = "proof/verify.html" if proof.status == PERMITTED else "proof/gone.html"
    page = render_template(
        template,
        proof=proof,
        facts=proof.facts,
        key=signing.newest(),
        commands=recipe.commands(slug),
    )
    return _fresh(make_response(page, _status(proof)))


@bp.get("/verify/<slug>.json")
@auth.public
def facts(slug):
    proof = manifest.of(slug)
    return _fresh(Response(proof.data, _status(proof), mimetype="application/json"))


@bp.get("/verify/<slug>.json.sig")
@auth.public
def signature(slug):
    proof = manifest.of(slug)
    signed = signing.sign(proof.data)
    return _fresh(Response(signed, _status(proof), mimetype="application/octet-stream"))


@bp.get("/verify/<slug>.words.json")
@auth.public
def exact_words(slug):
    proof = manifest.of(slug)
    if proof.status != PERMITTED:
        raise NoLongerPermitted("These words may no longer be shown.")
    return _fresh(Response(proof.words, mimetype="application/json"))


@bp.get("/.well-known/goodword-key.json")
@auth.public
def keys():
    """A JWK set, oldest first, so that what an older key signed can still be checked."""
    return _fresh(jsonify(keys=[one.jwk for one in signing.known()]))


@bp.get("/.well-known/goodword-key.pem")
@auth.public
def key():
    return _fresh(Response(signing.newest().pem, mimetype="text/plain"))


def _status(proof: Proof) -> int:
    return 200 if proof.status == PERMITTED else 410


def _fresh(response: Response) -> Response:
    """Any cache may keep it, and must ask us before each use (T26)."""
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.add_etag()
    response.make_conditional(request)
    return response


# ── For legal ──────────────────────────────────────────────────────────────────────────────


@bp.get("/staff/assets/<int:asset_id>")
@auth.staff()
def asset(asset_id):
    found = record.asset(asset_id)
    return render_template("proof/asset.html", told=record.account(found.submission), asset=found)


@bp.get("/staff/assets/<int:asset_id>/evidence.zip")
@auth.staff(Role.EDITOR, confirmed=True)
def asset_evidence(asset_id):
    return _download(evidence.of_asset(record.asset(asset_id)))


@bp.get("/staff/customers/<int:advocate_id>/record")
@auth.staff()
def person(advocate_id):
    who = advocates.get(advocate_id)
    told = record.accounts(who)
    others = [(r, record.uses(r)) for r in record.other_receipts(who, told)]
    return render_template("proof/person.html", person=who, accounts=told, others=others)


@bp.get("/staff/customers/<int:advocate_id>/evidence.zip")
@auth.staff(Role.EDITOR, confirmed=True)
def person_evidence(advocate_id):
    return _download(evidence.of_person(advocates.get(advocate_id)))


@bp.get("/staff/coverage")
@auth.staff()
def cover():
    return render_template(
        "proof/coverage.html", report=coverage.coverage(), uses=coverage.USES, words=Purpose.WORDS
    )


@bp.get("/staff/coverage.csv")
@auth.staff()
def cover_csv():
    text = coverage.as_csv(coverage.coverage().rows, settings().base_url)
    return spreadsheet(text, "consent-coverage.csv")


def _download(found: Evidence) -> Response:
    return attachment(found.data, "application/zip", found.name)
