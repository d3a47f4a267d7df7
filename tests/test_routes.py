"""Promises about every route, read from the routes themselves."""

import re

import pytest
from flask import Flask
from werkzeug.routing import BuildError

from portal.staff.models import Role, Staff

SAFE = {"GET", "HEAD", "OPTIONS"}


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def address(rule) -> str:
    """The rule's path with something that does not exist in each gap."""
    return re.sub(r"<(int:)?[^>]+>", lambda gap: "987654" if gap.group(1) else "nothing", rule.rule)


# Which door each area has. A route outside this table fails, and so the build.
AREAS = [
    (r"/(embed/.+|feeds/.+|cards/.+|api/public/.+)", {"public"}),
    (r"/staff/(sign-in(/.+)?|sign-out|forgotten|(setup|reset)/.+)", {"public", "link"}),
    (r"/staff/(account(/.*)?|confirm)", {"self"}),
    (r"/staff(/.*)?", {"staff:owner", "staff:editor", "staff:viewer"}),
    (r"/me/sign-out", {"advocate", "public"}),
    (r"/me(/.*)?", {"advocate"}),
    (r"/(i|c|p|w|stop|company|renew|mute)/<token>(/.*)?", {"link"}),
    (r"/r/.*", {"public"}),
    (r"/api/.*", {"key"}),
    (r"/(|stories.*|reviews.*|media/.*|brand/.*|code|session-over|data-erased)", {"public"}),
    (r"/(verify/.+|\.well-known/goodword-key\.(json|pem))", {"public"}),
    (r"/(healthz|readyz|brand\.css|robots\.txt|favicon\.ico)", {"public"}),
]


def test_every_route_has_the_door_of_its_area(app):
    for rule in rules(app):
        doors = next((d for path, d in AREAS if re.fullmatch(path, rule.rule)), None)
        assert doors, f"{rule.rule} is in no area of the permission table"
        assert app.view_functions[rule.endpoint].door in doors, rule.rule


# A colleague who only looks may propose a customer: it changes nothing but what editors decide on.
VIEWERS_SEND = {"nominations.propose"}


def test_staff_change_things_only_as_editors_or_owners(app):
    for rule in rules(app):
        door = app.view_functions[rule.endpoint].door
        if door == "staff:viewer" and rule.endpoint not in VIEWERS_SEND:
            assert rule.methods <= SAFE, f"a viewer may {rule.methods - SAFE} {rule.rule}"


# What would do harm in a stranger’s hands asks “confirm it is you” (once in ten minutes).
CONFIRMED = {
    # what leaves the house: people’s data, mail to many, money
    "advocates.export", "dashboard.export_people", "privacy.export_customer", "staff.export_audit",
    "proof.asset_evidence", "proof.person_evidence", "referrals.export",
    "referrals.export_prospect_rewards", "incentives.export", "incentives.export_payees",
    "campaigns.send", "campaigns.schedule", "incentives.pay_out", "incentives.give_code",
    # what cannot be taken back, or changes what others rest on
    "privacy.erase_customer", "companies.merge", "renaming.rename", "referrals.clear_known",
    # what is asked, promised and allowed
    "campaigns.write_gift_rule", "referrals.set_rule", "platforms.create", "platforms.change",
    "settings.change", "settings.put_back", "statements.save", "mails.save", "mails.put_back",
    # who comes in, and how
    "staff.invite", "staff.change_role", "staff.close", "staff.open_again", "staff.new_link",
    "staff.reset_factors", "staff.new_app", "staff.add_app", "staff.remove_app",
    "staff.add_passkey", "staff.remove_passkey", "staff.renew_recovery", "staff.confirm",
}  # fmt: skip


def test_what_would_do_harm_asks_who_it_is_and_nothing_else_does(app):
    assert {
        name for name, view in app.view_functions.items() if getattr(view, "confirmed", False)
    } == CONFIRMED


@pytest.mark.parametrize("endpoint", sorted(CONFIRMED))
def test_no_stranger_at_an_open_desk_gets_past_the_question(app, as_rosa, wait, endpoint):
    """More than ten minutes after she signed in, whatever the address."""
    wait(minutes=11)
    rule = next(one for one in rules(app) if one.endpoint == endpoint)
    method = "POST" if "POST" in rule.methods else "GET"
    answer = as_rosa.open(address(rule), method=method)
    assert answer.status_code == (422 if method == "POST" else 200)
    assert "onfirm it is you" in answer.text


@pytest.mark.parametrize("role", [None, *Role])
def test_each_role_opens_its_own_doors_only(app, save, browser_of, role):
    """role × route × method: outsiders are sent to sign in, lesser roles are refused."""
    person = role and save(Staff(email="x@acme.example", name="X", role=role))
    client = browser_of(staff=person) if person else app.test_client()
    for rule in rules(app):
        door = app.view_functions[rule.endpoint].door
        if not door.startswith("staff:"):
            continue
        needed = Role(door.partition(":")[2])
        for method in rule.methods - {"OPTIONS"}:
            status = client.open(address(rule), method=method).status_code
            if role is None:
                assert status == 302, (method, rule.rule)
            elif role.rank > needed.rank:
                assert status == 403, (method, rule.rule, role)
            else:
                assert status not in {302, 401, 403, 500}, (method, rule.rule, role)


def test_advocates_pages_turn_everyone_else_away(app, as_rosa, as_stranger):
    for rule in rules(app):
        if app.view_functions[rule.endpoint].door != "advocate":
            continue
        for client in (as_rosa, as_stranger):
            for method in rule.methods - {"OPTIONS"}:
                answer = client.open(address(rule), method=method)
                assert (answer.status_code, answer.headers.get("Location")) == (
                    303,
                    "/session-over",
                )


def test_a_door_is_demanded_when_the_app_starts(app):
    from portal import demand_doors

    app.view_functions["nobody_decided"] = lambda: ""
    with pytest.raises(RuntimeError, match="nobody_decided names no door"):
        demand_doors(app)


@pytest.fixture
def guarded(database):
    """The app with CSRF on, as it is served."""
    from portal import create_app
    from tests.conftest import settings

    return create_app(settings(database), TESTING=True, RATELIMIT_ENABLED=False)


# No session to abuse: a prospect's form (T34) and one-click unsubscribe (RFC 8058).
WITHOUT_TOKEN = {"referrals.receive", "referrals.contact", "referrals.keep_known", "campaigns.stop"}


def test_every_post_refuses_without_a_token_and_from_another_origin(guarded):
    client = guarded.test_client()
    for rule in rules(guarded):
        for method in rule.methods - SAFE:
            if rule.endpoint not in WITHOUT_TOKEN:
                answer = client.open(address(rule), method=method)
                assert answer.status_code == 400, rule.rule
                assert "no longer valid" in answer.text
            foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
            status = client.open(address(rule), method=method, headers=foreign).status_code
            if getattr(guarded.view_functions[rule.endpoint], "any_origin", False):
                continue
            assert status in {400, 403}, rule.rule


def test_every_answer_carries_the_headers(app, as_stranger):
    for rule in rules(app):
        if "GET" not in rule.methods:
            continue
        headers = as_stranger.get(address(rule)).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"], rule.rule
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert (
            "charset" in headers["Content-Type"]
            or "json" in headers["Content-Type"]
            or ("image" in headers["Content-Type"])
        )


def test_private_pages_are_never_stored_or_indexed(app, as_rosa, as_ada):
    for rule in rules(app):
        door = app.view_functions[rule.endpoint].door
        if "GET" not in rule.methods or door == "public":
            continue
        client = as_ada if door == "advocate" else as_rosa
        headers = client.get(address(rule)).headers
        assert "no-store" in headers["Cache-Control"], rule.rule
        assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_an_address_is_written_as_flask_itself_writes_it(app):
    """``Portal.url_for`` leaves out what Flask looks up for each; nothing else may differ."""
    asked = [
        ("static", {"filename": "css/ui.css"}),
        ("review.show", {"submission_id": 7}),
        ("review.show", {"submission_id": 7, "kind": "decide", "what": "a b&ü", "show": None}),
        ("events.show", {"id": 3, "speaker": 4, "_anchor": "speaker-4"}),
        ("dashboard.queue", {"_external": True}),
    ]
    with app.test_request_context("/staff/queue"):
        for endpoint, values in [*asked, (".queue", {"kind": "decide"})]:
            assert app.url_for(endpoint, **values) == Flask.url_for(app, endpoint, **values)
        with pytest.raises(BuildError):
            app.url_for("review.nothing")
