"""Words taken back are gone from all we serve, whoever fetches and whatever dies (T26)."""

import re
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from http.cookiejar import CookieJar
from threading import Event
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest
import sqlalchemy as sa

from portal import create_app
from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose, Receipt, Verdict
from portal.db import db
from portal.links import actions as links
from portal.links.models import Kind
from portal.publishing.models import Asset
from portal.serve import processes as commands
from portal.submissions.models import Submission
from tests import processes
from tests.contributing import ANSWERS, invited
from tests.publishing.conftest import approved, published  # noqa: F401

PROMISED = 60  # seconds, and half of it for copies others may keep
CLIENTS = 8
MANY = 16


@contextmanager
def served(database, tmp_path):
    """The web server as an operator runs it, two processes; gives its process and address."""
    port = processes.free_port()
    env = processes.environment(database, 1, port, tmp_path)
    web, _ = commands("127.0.0.1", port, 2)
    server = processes.start(*web[2:], env=env, log=tmp_path / "web.log")
    base = f"http://localhost:{port}"
    try:
        processes.eventually(lambda: processes.answers(f"{base}/healthz"), 60, "a start")
        yield server, base
    finally:
        processes.kill(server)


def fetch(url: str):
    """The text, for how many seconds anyone may keep a copy, and the status."""
    try:
        answer = urlopen(url, timeout=10)
    except HTTPError as error:
        answer = error
    with answer:
        kept = re.search(r"max-age=(\d+)", answer.headers.get("Cache-Control", ""))
        text = answer.read().decode(errors="ignore")
        return text, int(kept[1]) if kept else 0, answer.status


def everywhere(kind: Action, slug: str) -> list[str]:
    """Each address that serves the words of something published, or a picture or proof of them."""
    proofs = [f"/verify/{slug}{ending}" for ending in ("", ".json", ".json.sig", ".words.json")]
    if kind is Action.REVIEW:
        lists = ["/reviews", "/embed/reviews", "/feeds/reviews.atom", "/feeds/reviews.json"]
        return [*lists, "/api/public/reviews", f"/cards/{slug}.png", *proofs]
    lists = ["/", "/stories", "/embed/stories", "/feeds/stories.atom", "/feeds/stories.json"]
    own = [f"/stories/{slug}", f"/api/public/stories/{slug}", f"/cards/{slug}.png"]
    return [*lists, "/api/public/stories", *own, *proofs]


def shows(address: str, status: int, text: str, words: str) -> bool:
    """Whether an answer still gives the words away: by saying them, or, where it is about nothing
    else, by not being gone."""
    return words in text or (status == 200 and address.startswith(("/cards/", "/verify/")))


SAID = {Action.QUOTE: "words", Action.REVIEW: "worked", Action.CASE_STUDY: "situation"}


@pytest.mark.faults
@pytest.mark.parametrize("kind", SAID)
def test_T26_while_eight_fetch_it_everywhere_words_taken_back_are_gone_within_a_minute(
    app,
    database,
    published,  # noqa: F811
    act,
    ada,
    tmp_path,
    saved,
    kind,
):
    published(kind)
    addresses = everywhere(kind, saved(Asset)[0].slug)
    words = ANSWERS[SAID[kind]]
    withdrawn, given_up, shown, kept = Event(), Event(), [], []

    def client(base: str) -> float:
        """Fetch everything round and round; gives when the words were last seen."""
        last, clean = 0.0, 0
        while clean < 2 and not given_up.is_set():
            after = withdrawn.is_set()  # asked before the round: all of it began later
            seen = False
            for address in addresses:
                text, may_be_kept, status = fetch(base + address)
                kept.append(may_be_kept)
                if shows(address, status, text, words):
                    seen, last = True, time.monotonic()
                    shown.append(address)
            clean = clean + 1 if after and not seen else 0
        return last

    def withdraw():
        receipt = db.session.scalars(sa.select(Submission)).one().receipt
        who = db.session.get(Advocate, ada)
        consent.withdraw(receipt, Purpose.WORDS, by=who, circumstances=Circumstances())

    with served(database, tmp_path) as (_, base), ThreadPoolExecutor(CLIENTS) as clients:
        running = [clients.submit(client, base) for _ in range(CLIENTS)]
        processes.eventually(lambda: set(shown) == set(addresses), 60, "all of them shown")
        act(withdraw)
        at = time.monotonic()
        withdrawn.set()
        wait(running, timeout=PROMISED)
        given_up.set()
        last = max(one.result() for one in running)
    assert last - at + max(kept) < PROMISED, f"last shown: {shown[-1]}"
    assert max(kept) <= 30


def withdraw_by_link(link: str) -> bool:
    """What a person does with the link in their receipt; whether they saw that it was done."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    try:
        page = browser.open(f"{link}/withdrawal", timeout=10).read().decode()
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        form = urlencode({"csrf_token": token}).encode()
        return browser.open(f"{link}/withdrawal", form, timeout=10).status == 200
    except (URLError, OSError):
        return False  # killed while we asked: nobody was promised anything


@pytest.mark.faults
def test_T26_killed_in_the_middle_of_withdrawals_each_is_whole_or_was_never_begun(
    app,
    database,
    published,  # noqa: F811
    act,
    campaign,
    tmp_path,
):
    from tests.conftest import settings

    for number in range(MANY):
        guest = act(lambda number=number: invited(campaign, number))
        published(invitation_id=guest, company=False)
    done = []
    with served(database, tmp_path) as (server, base), ThreadPoolExecutor(4) as people:
        keys = ["a key only the tests know long enough to sign"]
        theirs = create_app(settings(database, base_url=base, link_keys=keys))
        with theirs.app_context():
            receipts = db.session.scalars(sa.select(Receipt).order_by(Receipt.id)).all()
            waiting = {one.id: links.mint(Kind.RECEIPT, one) for one in receipts}
            db.session.commit()
            db.engine.dispose()

        def person(receipt_id: int) -> None:
            if withdraw_by_link(waiting[receipt_id]):
                done.append(receipt_id)

        asked = [people.submit(person, receipt_id) for receipt_id in waiting]
        processes.eventually(lambda: len(done) >= 3, 60, "three withdrawals")
        processes.kill(server)
        for one in asked:
            one.cancel()

    def standing() -> dict[int, set[Verdict]]:
        found = db.session.scalars(sa.select(Receipt)).all()
        newest = [{event.purpose: event.verdict for event in one.events} for one in found]
        return {one.id: set(said.values()) for one, said in zip(found, newest, strict=True)}

    with app.app_context():
        after = standing()
        assert consent.first_broken_link() is None
    assert all(verdicts in ({Verdict.GIVEN}, {Verdict.WITHDRAWN}) for verdicts in after.values())
    assert all(after[receipt_id] == {Verdict.WITHDRAWN} for receipt_id in done)
