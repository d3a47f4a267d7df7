"""Every page of a portal in which nothing has happened yet: whoever sets it up sees these first."""

import shutil

import pytest

from portal import create_app
from portal.db import db
from portal.sessions import actions as sessions
from portal.sessions.models import Who
from portal.staff.models import Role, Staff
from tests.browser.checking import html_faults
from tests.browser.conftest import browser_type_launch_args  # noqa: F401
from tests.conftest import settings
from tests.test_pages import DARK, LIGHT, opened, seen_by_axe, serving, walk_by_links


@pytest.fixture(scope="module")
def empty(tmp_path_factory, sqlite_template):
    folder = tmp_path_factory.mktemp("empty")
    shutil.copyfile(sqlite_template, folder / "empty.sqlite")
    config = settings(
        f"sqlite:///{folder / 'empty.sqlite'}", media_url=f"file://{folder / 'media'}"
    )
    app = create_app(config, TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def people(empty):
    """The first colleague of each role, and whoever comes by."""
    found = {"stranger": (empty.test_client(), own_addresses(empty, "public"))}
    for role in Role:
        client, seen = empty.test_client(), {}
        with empty.app_context():
            person = Staff(email=f"{role}@acme.example", name="Rosa", role=role, password_hash="x")
            db.session.add(person)
            db.session.flush()
            seen["_user_id"] = sessions.begin(Who.STAFF, person.id)
            db.session.commit()
        with client.session_transaction() as session:
            session |= seen | {"staff_seen": 2**40}
        found[role.value] = (client, own_addresses(empty, "staff"))
    return found


def own_addresses(app, door: str) -> list[str]:
    """Every page with nothing to fill in, also those no link leads to yet."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    pages = [rule for rule in rules if "GET" in rule.methods and not rule.arguments]
    return [page.rule for page in pages if app.view_functions[page.endpoint].door.startswith(door)]


@pytest.fixture(scope="module")
def pages(empty, people):
    return walk_by_links(empty, people)[0]


def test_an_owner_finds_every_page_there_and_none_of_them_broken(empty, people):
    owner, addresses = people[Role.OWNER]
    assert len(addresses) > 40
    for address in addresses:
        assert owner.get(address).status_code in {200, 302, 303}, address


def test_every_page_is_valid_html(pages, tmp_path):
    faults = html_faults({f"{page.who} {page.path}": page.html for page in pages}, tmp_path)
    assert not faults, "\n".join(sorted(faults))


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [(LIGHT, 1280), (DARK, 390)])
def test_every_page_is_clean_for_axe_and_fits_its_screen(
    browser, empty, people, pages, scheme, width
):
    faults, done = [], set()
    with serving(empty) as url:
        for who, (client, _) in people.items():
            with opened(browser, url, client, scheme, width) as tab:
                for one in [page for page in pages if page.who == who]:
                    if (kind := (one.endpoint, who == "stranger")) in done:
                        continue
                    done.add(kind)
                    tab.goto(one.path)
                    faults += [f"{who} {one.path}: {fault}" for fault in seen_by_axe(tab)]
    assert not faults, "\n".join(faults)
