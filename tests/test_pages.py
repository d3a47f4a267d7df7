"""Promises about every page, kept by walking through a portal full of the demo's people."""

import json
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from werkzeug.serving import make_server

from portal import create_app
from portal.consent.models import Purpose, Receipt
from portal.db import Model, db
from portal.demo import story
from portal.embeds import queries as embeds
from portal.embeds.models import Block
from portal.history import queries as history
from portal.history.models import Entry
from portal.incentives.models import Reward
from portal.links import actions as links
from portal.links.models import Kind
from portal.referrals.models import Lead, ReferralLink
from portal.renewals import queries as renewals
from portal.renewals.models import Answer, Renewal
from portal.staff.models import Staff
from tests.browser.checking import VNU, WCAG
from tests.browser.conftest import browser_type_launch_args  # noqa: F401
from tests.browser.keyboard import walk_by_tab
from tests.conftest import Mailroom, settings

DARK, LIGHT = "dark", "light"


@dataclass(frozen=True)
class Page:
    """One address as one person sees it."""

    who: str
    path: str
    html: str
    endpoint: str


class Links(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if href := dict(attrs).get({"a": "href", "img": "src"}.get(tag)):
            self.found.append(href)


@pytest.fixture(scope="module")
def demo(tmp_path_factory, sqlite_template):
    """The app with the demo's whole story told."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(sqlite_template, folder / "demo.sqlite")
    room = Mailroom()
    room.controller.start()
    config = settings(
        f"sqlite:///{folder / 'demo.sqlite'}",
        media_url=f"file://{folder / 'media'}",
        smtp_port=room.port,
    )
    app = create_app(config, TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context():
        story.tell()
    assert len(room.mails) > 200  # they left as the story went on
    yield app
    room.controller.stop()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def people(demo):
    """A signed-in browser for each kind of visitor, and the addresses where they begin."""
    with demo.app_context():
        links = {name: urlsplit(link()).path for name, link in story.ways_in()}
        db.session.commit()
    beginnings = ["/", "/reviews/how", "/session-over", "/data-erased", "/nowhere"]
    beginnings += ["/staff/sign-in", *signed_paths(demo)]
    clients = {"stranger": (demo.test_client(), beginnings)}
    rosa = demo.test_client()
    signed_in = rosa.post(
        "/staff/sign-in", data={"email": "rosa@fernhill.example", "password": story.PASSWORD}
    )
    assert signed_in.status_code == 303
    with demo.app_context():
        council = story.person("Samuel").id
    beginnings = ["/staff", "/staff/imports/new", "/staff/imports/1", "/staff/campaigns/new"]
    beginnings += [f"/staff/customers/{council}/gift-exception"]
    clients["staff"] = (rosa, beginnings)
    with demo.app_context():
        asked = [urlsplit(link).path for link in (story.asked_link(), story.approver_link())]
        db.session.commit()
    clients["company"] = (demo.test_client(), asked)
    for name, path in links.items():
        client = demo.test_client()
        assert client.post(path).status_code == 303, name
        clients[name.split()[0]] = (client, [path, "/me", "/me/permissions", "/me/rewards"])
    return clients


def signed_paths(demo) -> list[str]:
    """Where the links in mails lead, one of each kind, and one referral link."""
    with demo.app_context():
        olivia, rosa = story.person("Olivia"), story.find(Staff, email="vera@fernhill.example")
        subjects = {
            Kind.STOP: olivia,
            Kind.SETUP: rosa,
            Kind.RESET: rosa,
            Kind.MUTE: olivia,
            Kind.RENEWAL: db.session.scalars(sa.select(Renewal)).first(),
            Kind.REWARD: db.session.scalars(sa.select(Reward)).first(),
            Kind.RECEIPT: db.session.scalars(sa.select(Receipt)).first(),
            Kind.PROSPECT: db.session.scalars(sa.select(Lead).order_by(Lead.id)).first(),
        }
        paths = [urlsplit(links.mint(kind, subject)).path for kind, subject in subjects.items()]
        paths.append(urlsplit(story.prospect_link()).path)
        code = db.session.scalars(sa.select(ReferralLink.code)).first()
        story_of = embeds.items_of(story.find(Block))[0]["slug"]
        db.session.commit()
    return [
        *paths,
        f"/r/{code}",
        f"/r/{code}/thanks",
        "/r/nothing",
        "/r/written",
        f"/api/public/stories/{story_of}",
    ]


@pytest.fixture(scope="module")
def walk(demo, people) -> tuple[list[Page], set[str]]:
    return walk_by_links(demo, people)


def walk_by_links(app, people) -> tuple[list[Page], set[str]]:
    """Every page those people reach by following links, at most three of a kind for each.

    Beside the pages: the endpoints reached, files and redirects included.
    """
    found, reached = [], set()
    for who, (client, beginnings) in people.items():
        waiting, seen, kinds = list(beginnings), set(), {}
        while waiting:
            path = waiting.pop(0)
            bare = path.removesuffix("?via=queue")  # the same page, with the way on beside it
            if bare in seen:
                continue
            seen.add(bare)
            endpoint = endpoint_of(app, path)
            kinds[endpoint] = kinds.get(endpoint, 0) + 1
            if kinds[endpoint] > 3:
                continue
            answer = client.get(path)
            reached.add(endpoint)
            if answer.status_code in {302, 303}:
                waiting.append(urljoin(path, answer.headers["Location"]))
                continue
            assert answer.status_code < 500, (who, path)
            if answer.mimetype != "text/html":
                continue
            found.append(Page(who, path, answer.text, endpoint))
            for href in Links(answer.text).found:
                target = urlsplit(urljoin(path, href))
                if target.scheme in {"", "http"} and target.netloc in {"", "localhost"}:
                    waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return found, reached


@pytest.fixture(scope="module")
def pages(walk) -> list[Page]:
    return walk[0]


def endpoint_of(app, path: str) -> str:
    adapter = app.url_map.bind("localhost")
    try:
        return adapter.match(urlsplit(path).path)[0]
    except Exception:
        return "nowhere"


def test_the_walk_reaches_every_page(demo, walk):
    reached = walk[1]
    missing = []
    for rule in demo.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static" and rule.endpoint not in reached:
            missing.append(rule.endpoint)
    # No page at all, or one that only a form leads to: the browser tests walk through those.
    elsewhere = {
        "submissions.consent", "submissions.sent", "referrals.deleted", "publishing.desk",
        "media.own_photo", "publishing.photo_beside", "media.own_file", "review.file",
        "system.alive", "system.ready", "system.brand_css", "system.robots",
        "proof.facts", "proof.signature", "proof.exact_words", "proof.key", "proof.keys",
        "proof.asset_evidence", "proof.person_evidence", "proof.cover_csv",
        "advocates.refused_rows", "handovers.picture", "placements.proof", "settings.logo",
        "staff.company", "staff.company_return", "staff.second_step", "renewals.mine",
        "interviews.entry", "submissions.interview_entry", "mails.preview",
        "campaigns.count_audience", "dashboard.results_again", "referrals.moved",
    }  # fmt: skip
    assert sorted(set(missing) - elsewhere) == []


def test_all_that_anything_was_done_to_is_suggested_in_the_search_of_the_history(demo):
    with demo.app_context():
        kinds = {name.partition(":")[0] for name in db.session.scalars(sa.select(Entry.about))}
    assert kinds - set(history.KINDS) == set()


def test_the_demo_tells_of_words_kept_in_a_deck_alone(demo):
    with demo.app_context():
        kept = story.find(Renewal, purpose=Purpose.SALES, answer=Answer.KEPT)
        assert renewals.question(kept).again == ["Use the same words in sales decks and ads"]


def digest(app) -> dict[str, int]:
    """What the database holds, table by table."""
    with app.app_context():
        return {
            table.name: hash(tuple(db.session.execute(sa.select(table)).all().__repr__()))
            for table in Model.metadata.sorted_tables
        }


def test_T37_no_get_or_head_changes_anything_however_often(demo, people, pages):
    before = digest(demo)
    for page in pages:
        client, _ = people[page.who]
        for _ in range(3):
            client.get(page.path)
            client.head(page.path)
    assert digest(demo) == before


def test_every_page_is_valid_html(pages, tmp_path):
    for number, page in enumerate(pages):
        (tmp_path / f"{number}.html").write_text(page.html)
    command = ["java", "-jar", str(VNU), "--format", "json", "--also-check-svg", str(tmp_path)]
    report = json.loads(subprocess.run(command, capture_output=True, text=True).stderr)
    faults = []
    for message in report["messages"]:
        page = pages[int(re.search(r"(\d+)\.html", message["url"]).group(1))]
        if message["type"] == "error" or message.get("subType") == "warning":
            faults.append(
                f"{page.who} {page.path}: {message['message']} — {message.get('extract')}"
            )
    assert not faults, "\n".join(sorted(set(faults)))


def test_no_page_names_another_origin_for_what_it_loads(pages):
    loads = re.compile(
        r"<(?:script|img|link|iframe|source)[^>]+(?:src|href)=\"(https?:)?//(?!localhost)"
    )
    for page in pages:
        assert not loads.search(page.html), (page.who, page.path)


def test_no_page_carries_inline_script_or_style(pages):
    for page in pages:
        assert not re.search(r"<script(?![^>]+src=)", page.html), page.path
        assert not re.search(r"\sstyle=\"|<style|\son[a-z]+=\"", page.html), page.path


@pytest.fixture(scope="module")
def served(demo):
    with serving(demo) as url:
        yield url


@contextmanager
def serving(app):
    """An app over a real port, for a real browser."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["TRUSTED_HOSTS"] = ["localhost", "127.0.0.1"]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.port}"
    server.shutdown()


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [(LIGHT, 1280), (DARK, 390), (LIGHT, 320)])
def test_every_page_is_clean_for_axe_and_fits_its_screen(
    browser, served, people, pages, scheme, width
):
    faults, said = [], []
    done = set()
    for who, (client, _) in people.items():
        with opened(browser, served, client, scheme, width) as page:
            page.on("console", lambda message: said.append(message.text))
            for one in [page for page in pages if page.who == who]:
                kind = (one.endpoint, who if who in {"staff", "stranger"} else "advocate")
                if kind in done:
                    continue
                done.add(kind)
                page.goto(one.path)
                faults += [f"{who} {one.path}: {fault}" for fault in seen_by_axe(page)]
    faults += [text for text in said if "Security Policy" in text]
    assert not faults, "\n".join(faults)


@contextmanager
def opened(browser, url: str, client, scheme: str = LIGHT, width: int = 1280):
    """A tab in which that person is signed in."""
    context = browser.new_context(
        base_url=url,
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
        reduced_motion="reduce",  # what is read of a page is read at rest
    )
    if cookie := client.get_cookie("goodword"):
        context.add_cookies([{"name": "goodword", "value": cookie.value, "url": url}])
    yield context.new_page()
    context.close()


def seen_by_axe(page) -> list[str]:
    """What axe finds on the page as it stands, and whether it is wider than the screen."""
    results = Axe().run(page, options={"runOnly": WCAG})
    faults = []
    for violation in results.response["violations"]:
        nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
        faults.append(f"{violation['id']} — {nodes}")
    if (wide := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        faults.append(f"{wide} px wider than {page.viewport_size['width']}")
    return faults


@pytest.mark.browser
@pytest.mark.parametrize("who", ["staff", "stranger", "customers"])
def test_every_page_can_be_walked_with_tab_to_its_end_always_seeing_where_one_is(
    browser, served, people, pages, who
):
    """Each stop of each page: past the menu by the link for it, and once through the menu too."""
    faults = []
    for name, (client, _) in people.items():
        if name != who and (who != "customers" or name in {"staff", "stranger"}):
            continue
        with opened(browser, served, client) as page:
            richest = sorted((one for one in pages if one.who == name), key=lambda it: len(it.html))
            for number, one in enumerate({one.endpoint: one for one in richest}.values()):
                page.goto(one.path)
                found = walk_by_tab(page, past_the_menu=number > 0)
                faults += [f"{name} {one.path}: {fault}" for fault in found]
                if page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count():
                    faults.append(f"{name} {one.path}: an order of its own for Tab")
    assert not faults, "\n".join(faults)
