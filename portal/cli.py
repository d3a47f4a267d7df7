"""Commands: ``python3 dev.py flask --help`` lists them."""

from collections import Counter
from pathlib import Path
from typing import Any, cast

import click
from alembic import command as alembic
from alembic.config import Config
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from portal import jobs
from portal.advocates import actions as advocates
from portal.advocates import importing
from portal.advocates.planning import Outcome
from portal.campaigns import inviting
from portal.campaigns import queries as campaigns
from portal.clicks import actions as click_actions
from portal.clicks import loading
from portal.config import ROOT, settings
from portal.consent import actions as consent
from portal.consent import checking
from portal.db import db, lock
from portal.errors import Refusal
from portal.history.actions import SYSTEM
from portal.outbox import bounces
from portal.privacy import retention
from portal.referrals import earlier
from portal.staff import actions as staff_actions
from portal.staff import factors, team
from portal.staff import queries as staff_queries
from portal.staff.models import Role
from portal.submissions import prompting
from portal.system import queries as system


def init_app(app: Flask) -> None:
    for command in (
        migrate,
        staff,
        invite,
        mail,
        worker,
        purge,
        doctor,
        import_customers,
        consents,
        clicks,
    ):
        app.cli.add_command(command)


def upgrade() -> None:
    """Bring the database to this code's schema and load what is built in. Safe to repeat."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = settings().database_url
    alembic.upgrade(config, "head")
    jobs.create_tables()
    consent.load_statements()
    prompting.load()
    db.session.commit()
    earlier.catch_up()


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the database up to date, with the built-in prompts and statements."""
    upgrade()
    click.echo("The database is up to date.")


staff = AppGroup("staff", help="The people who run the program.")


@staff.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="editor")
@click.option("--name", default="", help="How customers see them; from the address if left out.")
def staff_add(email: str, role: str, name: str) -> None:
    """Add EMAIL and print the link with which they choose a password (works once, 7 days)."""
    try:
        url = staff_actions.invite(email, name=name, role=Role(role), by=SYSTEM)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    db.session.commit()
    click.echo(url)


@staff.command("reset")
@click.argument("email")
def staff_reset(email: str) -> None:
    """Let EMAIL begin again after losing everything: no second factor, a new set-up link."""
    person = staff_queries.known(email)
    if person is None:
        raise click.ClickException("There is no account with this address.")
    factors.reset(person, by=SYSTEM)
    team.open_again(person, by=SYSTEM)
    url = staff_actions.invite(email, name="", role=person.role, by=SYSTEM)
    db.session.commit()
    click.echo(url)


@click.command("import-customers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Import without asking.")
@with_appcontext
def import_customers(file: Path, yes: bool) -> None:
    """Say what the CSV or XLSX FILE of customers would change, and import it on your word."""
    try:
        customers = importing.read(file.read_bytes(), file.name)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    plan = advocates.plan_import(customers)
    counts = Counter(row.outcome for row in plan)
    for outcome in Outcome:
        click.echo(f"{counts[outcome]:>6} {outcome.words}")
    for row in plan:
        if row.outcome is Outcome.REFUSED:
            click.echo(row.sentence)
        elif row.note:
            click.echo(f"Line {row.line}: {row.note}")
    db.session.rollback()  # nobody waits for us while we wait for an answer
    if not yes:
        click.confirm("Import?", abort=True)
    lock("advocates.import")
    advocates.apply_import(advocates.plan_import(customers), by=SYSTEM)
    db.session.commit()
    click.echo("Imported.")


@click.command("invite")
@click.argument("email")
@click.option("--campaign", "slug", required=True, help="The campaign's short name.")
@with_appcontext
def invite(email: str, slug: str) -> None:
    """Print a fresh invitation link for EMAIL; invites them first if need be. Sends no mail."""
    try:
        person = campaigns.customer(email)
        invitation = inviting.invite(campaigns.by_slug(slug), person, by=SYSTEM)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    url = inviting.link(invitation)
    db.session.commit()
    click.echo(url)


mail = AppGroup("mail", help="Mail that came back.")


@mail.command("bounce")
@click.argument("report", type=click.File("rb"), default="-")
def mail_bounce(report) -> None:
    """Read a delivery report (RFC 3464) from a file or a pipe, and note what it says."""
    try:
        sentences = bounces.take_in(report.read(5_000_000))
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    db.session.commit()
    for sentence in sentences:
        click.echo(sentence)


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Deliver mail and do other promised work, until stopped."""
    from portal import worker as process  # DBOS takes half a second to import

    process.run(cast(Any, current_app)._get_current_object())


@click.command("purge")
@with_appcontext
def purge() -> None:
    """Let go of what is past its time (docs/privacy.md); the worker does this every night."""
    for name, count in retention.purge():
        db.session.commit()
        click.echo(f"{count:>6} {name}")


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Check this installation; exit 1 when a promise does not hold."""
    checks = system.checkup()
    for check in checks:
        click.echo(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.found}")
    if not all(check.ok for check in checks):
        raise SystemExit(1)


consents = AppGroup("consent", help="What customers allowed, and the proof of it.")


@consents.command("verify")
@with_appcontext
def consent_verify() -> None:
    """Walk the whole chain of consent events; exit 1 and name what was changed or is missing."""
    if broken := list(checking.faults()):
        raise click.ClickException(f"The chain breaks. {'; '.join(broken)}.")
    click.echo("Every consent event is as it was written.")


clicks = AppGroup("clicks", help="Visits to referral links.")


@clicks.command("load")
@with_appcontext
def clicks_load() -> None:
    """Load what the web processes of this machine noted; the worker does it every two seconds."""
    click.echo(f"{loading.load(settings().click_log)} hits loaded.")


@clicks.command("rebuild")
@with_appcontext
def clicks_rebuild() -> None:
    """Count the visits of each day again from the single ones."""
    click_actions.rebuild()
    db.session.commit()
    click.echo("Counted again.")
