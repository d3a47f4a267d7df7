"""Promise mail with the act that causes it; hand it over when its job runs."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal import clock, jobs
from portal.addresses import canonical_email
from portal.db import Model, db
from portal.history.actions import Actor, record
from portal.links.models import Kind
from portal.outbox.models import MailClass, Message, State, Suppression

# Seconds until the next try after a temporary failure; about three days in all.
BACKOFF = [30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600]


def email(
    recipient: str,
    template: str,
    *,
    about: Model,
    mail_class: MailClass = MailClass.SERVICE,
    links: dict[str, tuple[Kind, Model] | tuple[Kind, Model, datetime]] | None = None,
    **context,
) -> Message:
    """Promise a mail: it leaves once this transaction commits, and never if it does not.

    ``template`` names ``emails/<template>.{subject.txt,txt,html}``. ``links`` are minted when
    the mail leaves, so that no token ever lies in the database: name → (kind, subject, until).
    """
    message = Message(
        mail_class=mail_class,
        recipient=recipient,
        template=template,
        context=context,
        links={
            name: [kind.value, thing.subject, until[0].isoformat() if until else None]
            for name, (kind, thing, *until) in (links or {}).items()
        },
        about=about.subject,
    )
    db.session.add(message)
    db.session.flush()
    jobs.enqueue("mail.deliver", message.id, queue=jobs.MAIL, key=f"mail-{message.id}-0")
    return message


def retry_later(message: Message, error: str) -> None:
    """The relay said "not now": try again after a growing pause, then give up visibly."""
    message.error = error
    if message.attempts > len(BACKOFF):
        message.state = State.FAILED
        return
    delay = BACKOFF[message.attempts - 1]
    message.not_before = clock.now() + timedelta(seconds=delay)
    jobs.enqueue(
        "mail.deliver",
        message.id,
        queue=jobs.MAIL,
        key=f"mail-{message.id}-{message.attempts}",
        delay=delay,
    )


def send_again(message: Message, *, by: Actor) -> None:
    """Try a mail that was given up once more. One that is not failed is left as it is."""
    if message.state is not State.FAILED:
        return
    message.state, message.not_before = State.QUEUED, None
    jobs.enqueue(
        "mail.deliver",
        message.id,
        queue=jobs.MAIL,
        key=f"mail-{message.id}-{message.attempts}",
    )
    record(message, "sent again", by=by)


def forget(about: Model, address: str) -> None:
    """Empty every mail about something that went to this address; what waits does not leave."""
    mails = sa.update(Message).where(Message.about == about.subject, Message.recipient == address)
    db.session.execute(mails.where(Message.state == State.QUEUED).values(state=State.STOPPED))
    db.session.execute(mails.values(recipient="", context={}, links={}))


def suppress(address: str, *, reason: str) -> None:
    """Send no marketing mail to this address any more (T38). Twice is harmless."""
    if not suppressed(address):
        db.session.add(Suppression(address_hash=_hash(address), reason=reason))
        db.session.flush()


def unsuppress(address: str) -> None:
    """They asked to hear from us again."""
    db.session.execute(sa.delete(Suppression).where(Suppression.address_hash == _hash(address)))


def suppressed(address: str) -> bool:
    return db.session.get(Suppression, _hash(address)) is not None


def suppressed_among(addresses: Iterable[str]) -> set[str]:
    """Which of these addresses want no marketing mail; one query however many they are."""
    hashes = {_hash(address): address for address in addresses}
    found = db.session.scalars(
        sa.select(Suppression.address_hash).where(Suppression.address_hash.in_(hashes))
    )
    return {hashes[found_hash] for found_hash in found}


def _hash(address: str) -> str:
    return hashlib.sha256(canonical_email(address).encode()).hexdigest()
