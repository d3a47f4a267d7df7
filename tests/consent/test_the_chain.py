"""The proof: events that cannot be changed unseen (T24)."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from portal.advocates.models import Advocate
from portal.consent import actions
from portal.consent.models import ConsentEvent, Receipt, Verdict
from portal.db import db
from portal.privacy import actions as privacy
from tests.submissions.way import Way


@pytest.fixture(autouse=True)
def _events(as_ada, invitation):
    Way(as_ada, invitation, "quote").prepare("words", "name").send()


@pytest.fixture
def verify(app):
    return lambda: app.test_cli_runner().invoke(args=["consent", "verify"])


def tamper(app, *statements: str) -> None:
    """Change events behind the triggers’ back, as someone with the database’s password could."""
    with app.app_context():
        for table in ("consent_event", "statement"):
            place = f" ON {table}" if db.engine.dialect.name == "postgresql" else ""
            for event in ("update", "delete"):
                db.session.execute(sa.text(f"DROP TRIGGER {table}_no_{event}{place}"))
        for statement in statements:
            db.session.execute(sa.text(statement))
        db.session.commit()


def test_an_untouched_chain_is_whole(verify):
    result = verify()
    assert result.exit_code == 0
    assert "as it was written" in result.output


@pytest.mark.parametrize(
    "change", [sa.update(ConsentEvent).values(by="x"), sa.delete(ConsentEvent)]
)
def test_the_database_refuses_to_change_an_event(app, change):
    with app.app_context(), pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(change)


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("UPDATE consent_event SET verdict = 'given' WHERE id = 3", 3),
        ("UPDATE consent_event SET text_sha256 = 'ff' WHERE id = 1", 1),
        ("UPDATE consent_event SET until = NULL WHERE id = 2", 2),
        ("UPDATE consent_event SET offer = '{}' WHERE id = 4", 4),
        ("DELETE FROM consent_event WHERE id = 2", 3),
        ("UPDATE statement SET sha256 = 'ff' WHERE purpose = 'name'", 2),
        ("UPDATE statement SET label = 'Anything' WHERE purpose = 'name'", 2),
    ],
)
def test_a_change_behind_its_back_is_named(app, verify, statement, first):
    tamper(app, statement)
    result = verify()
    assert result.exit_code == 1
    assert f"consent event {first}:" in result.output


def test_T24_a_withdrawal_cut_off_the_end_of_the_chain_is_missed(app, as_ada, verify, saved):
    """What is gone from the end leaves whole links behind; the history still knows of it."""
    reference = saved(Receipt)[0].reference
    as_ada.post(f"/me/permissions/{reference}/words/withdrawal")
    assert verify().exit_code == 0
    last = saved(ConsentEvent)[-1].id
    tamper(app, f"DELETE FROM consent_event WHERE id = {last}")
    found = verify()
    assert found.exit_code == 1
    assert f"receipt {reference}: a withdrawal is missing" in found.output
    doctor = app.test_cli_runner().invoke(args=["doctor"])
    assert f"receipt {reference}: a withdrawal is missing" in doctor.output


def test_T24_a_withdrawal_of_someone_erased_is_not_missed(app, act, ada, verify, saved, as_ada):
    as_ada.post(f"/me/permissions/{saved(Receipt)[0].reference}/words/withdrawal")

    def erase():
        person = db.session.get(Advocate, ada)
        privacy.erase(person, by=person, circumstances=actions.Circumstances())

    act(erase)
    assert verify().exit_code == 0


def test_many_at_once_still_make_one_chain(app, as_ada, browser_of, ada, saved, verify):
    from concurrent.futures import ThreadPoolExecutor

    reference = saved(Receipt)[0].reference
    browsers = [browser_of(advocate=ada) for _ in range(8)]
    purposes = ["company", "photo", "sales", "words", "name", "company", "photo", "sales"]

    def press(browser, purpose):
        act = "withdrawal" if purpose in {"words", "name"} else "grant"
        return browser.post(f"/me/permissions/{reference}/{purpose}/{act}").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(press, browsers, purposes)) == {303}
    assert verify().exit_code == 0
    assert len(saved(ConsentEvent)) == 5 + 5


def test_new_wording_leaves_what_was_said_under_the_old_one(app, act, saved):
    with app.app_context():
        old = db.session.get(ConsentEvent, 1).statement
        new = type(old)(
            purpose=old.purpose,
            language="en",
            version=2,
            label="Show my words anywhere",
            detail="Everywhere.",
            channels=["web", "print"],
            months=6,
            sha256="0" * 64,
        )
        db.session.add(new)
        db.session.commit()
        receipt = db.session.get(Receipt, 1)
        for act_ in (actions.withdraw, actions.give):
            act_(
                receipt,
                old.purpose,
                by=receipt.advocate,
                circumstances=actions.Circumstances(),
            )
        db.session.commit()
        first, *_, last = [e for e in receipt.events if e.purpose is old.purpose]
        assert (first.statement.version, last.statement.version) == (1, 2)
        assert last.verdict is Verdict.GIVEN
        assert last.channels == ["web", "print"]
