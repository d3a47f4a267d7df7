"""The migrations and the models must tell the same story, on both databases."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from portal.addresses import folded
from portal.config import ROOT
from portal.db import Model, db
from portal.outbox.models import key_of
from portal.tables import load_models

DBOS = {"dbos_migrations", "queues", "streams", "notifications"}


INDEXES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname FROM pg_indexes",
}


def indexes() -> list[sa.Index]:
    return [index for table in Model.metadata.tables.values() for index in table.indexes]


def config(url: str) -> Config:
    found = Config()
    found.set_main_option("script_location", str(ROOT / "migrations"))
    found.attributes["url"] = url
    return found


@pytest.fixture
def bare(request, tmp_path):
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.sqlite'}"
    admin = request.getfixturevalue("postgresql")
    with admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS bare")
        connection.exec_driver_sql("CREATE DATABASE bare")
    return admin.url.set(database="bare").render_as_string(hide_password=False)


@pytest.mark.filterwarnings("ignore:.*expression-based index")
@pytest.mark.parametrize("bare", ["sqlite", "postgresql"], indirect=True)
def test_migrations_build_the_models_and_take_them_down(bare):
    load_models()
    command.upgrade(config(bare), "head")
    engine = sa.create_engine(bare, poolclass=sa.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []
        built = connection.scalars(sa.text(INDEXES[engine.dialect.name])).all()
        missing = {one.name for one in indexes()} - set(built)
        assert not missing, "a table that is rebuilt loses its indexes of expressions"
    command.downgrade(config(bare), "base")
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]
    command.upgrade(config(bare), "head")


@pytest.mark.parametrize(
    "table",
    [
        "history", "consent_event", "statement", "version", "reward_entry", "stage_move", "setting",
        "platform_rule", "moment_weights", "mail_wording",
    ],
)  # fmt: skip
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_T24_the_database_itself_refuses_to_change_what_is_append_only(app, table, change, ledgers):
    with app.app_context(), pytest.raises(sa.exc.DatabaseError, match="append-only"):
        db.session.execute(sa.text(change.format(table)))


@pytest.fixture
def ledgers(app, act, ada, rosa, campaign, invitation):
    """One row in each append-only table (a SQLite trigger fires per row)."""
    from portal.advocates.models import Advocate
    from portal.campaigns.models import Action, Invitation, MomentWeights
    from portal.consent.actions import Circumstances, issue_receipt
    from portal.consent.models import Purpose
    from portal.incentives import actions as incentives
    from portal.outbox.models import MailWording
    from portal.referrals.models import Lead, Referral, ReferralLink, Stage, StageMove
    from portal.settings.models import Setting
    from portal.submissions import queries
    from portal.submissions.models import Submission, Version

    def write():
        person = db.session.get(Advocate, ada)
        receipt = issue_receipt(
            person, "quote", {Purpose.WORDS: True}, circumstances=Circumstances()
        )
        incentives.accrue(person, reason="x:1", explanation="x", promise={}, by=person)
        submission = Submission(
            invitation=db.session.get(Invitation, invitation),
            advocate=person,
            action=Action.QUOTE,
            prompt_set=queries.prompt_set(Action.QUOTE),
        )
        version = Version(submission=submission, number=1, answers=[], sha256="")
        referral = Referral(
            invitation_id=invitation, advocate=person, rewarding_stage="won", receipt=receipt
        )
        link = ReferralLink(referral=referral, code="c")
        lead = Lead(link=link, name="P", email="p@q.example", company="Q")
        move = StageMove(lead=lead, stage=Stage.RECEIVED, by="system")
        setting = Setting(name="brand_name", value="A", by="system")
        weights = MomentWeights(weights={}, staff_id=rosa)
        words = MailWording(name="approved", version=1)
        db.session.add_all([version, move, setting, weights, words])

    act(write)


@pytest.mark.parametrize("bare", ["sqlite", "postgresql"], indirect=True)
def test_mail_from_before_is_found_by_its_mailbox(bare):
    command.upgrade(config(bare), "1795770030")
    engine = sa.create_engine(bare, poolclass=sa.NullPool)
    wrote = ["Ada@ÄRGER.example", "ada@x.example", "Ada@X.example", "", "a@b..c", "Ada@X.example"]
    with engine.begin() as connection:
        table = sa.Table("message", sa.MetaData(), autoload_with=connection)
        empty = {"template": "t", "context": "{}", "links": "{}", "subject": "x:1", "error": ""}
        given = {"mail_class": "service", "state": "queued", "attempts": 0, "zone": ""}
        at = {"created_at": datetime(2026, 11, 1, tzinfo=UTC)}
        rows = [empty | given | at | {"recipient": one} for one in wrote]
        connection.execute(table.insert(), rows)
    command.upgrade(config(bare), "1795773100")
    with engine.connect() as connection:
        keys = connection.scalars(sa.text("SELECT recipient_key FROM message ORDER BY id")).all()
    assert keys == [key_of(one) if one else "" for one in wrote]


@pytest.mark.filterwarnings("ignore:.*expression-based index")
@pytest.mark.parametrize("bare", ["sqlite", "postgresql"], indirect=True)
def test_T35_customers_from_before_are_noticed_in_any_spelling(bare):
    command.upgrade(config(bare), "1795773110")
    engine = sa.create_engine(bare, poolclass=sa.NullPool)
    wrote = ["a.d.a+x@googlemail.com", "bo+1@x.example", "c.d@xn--rger-koa.example", "erased:4"]
    with engine.begin() as connection:
        tables = sa.MetaData()
        company = sa.Table("company", tables, autoload_with=connection)
        now = {"created_at": datetime(2026, 11, 1, tzinfo=UTC)}
        acme = {"id": 1, "name": "A", "name_key": "a", "sector": "private", "website": ""} | now
        connection.execute(company.insert(), [acme])
        table = sa.Table("advocate", tables, autoload_with=connection)
        texts = "first_name last_name email job_title phone city country language time_zone"
        empty = dict.fromkeys(texts.split(), "") | {"asks_for": [], "asked_by": []}
        given = empty | now | {"company_id": 1, "wants_updates": True}
        connection.execute(table.insert(), [given | {"email_key": one} for one in wrote])
    command.upgrade(config(bare), "1795775000")
    with engine.connect() as connection:
        found = connection.scalars(sa.text("SELECT mailbox FROM advocate ORDER BY id")).all()
    assert found == [folded(one) for one in wrote]
    assert found == ["ada@gmail.com", "bo@x.example", "c.d@xn--rger-koa.example", ""]


@pytest.mark.parametrize("bare", ["sqlite", "postgresql"], indirect=True)
def test_a_platform_whose_rule_an_owner_rewrote_keeps_their_words(bare):
    command.upgrade(config(bare), "1795736400")
    engine = sa.create_engine(bare, poolclass=sa.NullPool)
    with engine.begin() as connection:
        table = sa.Table("platform_rule", sa.MetaData(), autoload_with=connection)
        shipped = connection.execute(sa.select(table).where(table.c.platform == "yelp")).mappings()
        ours = dict(shipped.one()) | {
            "version": 2,
            "by": "staff:1",
            "source": "https://ours.example",
        }
        del ours["id"]
        connection.execute(table.insert().values(**ours))
    command.upgrade(config(bare), "1795736405")
    newest = sa.select(table.c.source, table.c.version).order_by(table.c.version.desc()).limit(1)
    with engine.connect() as connection:
        found = {
            one: tuple(connection.execute(newest.where(table.c.platform == one)).one())
            for one in ("yelp", "google", "g2")
        }
    assert found["yelp"] == ("https://ours.example", 2)
    assert found["google"] == ("https://support.google.com/business/answer/14114287", 2)
    assert found["g2"][1] == 1, "what needed no other page has no other version"
