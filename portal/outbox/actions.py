"""Promise mail with the act that causes it; hand it over when its job runs."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock, jobs
from portal.addresses import canonical_email
from portal.config import settings
from portal.db import Model, changed, db
from portal.errors import NotAllowed
from portal.history.actions import Actor, record
from portal.links.models import Kind
from portal.outbox import quiet
from portal.outbox.models import Attachment, MailClass, Message, State, Suppression

Way = tuple[Kind | str, Model] | tuple[Kind | str, Model, datetime]  # a link to be minted
# Seconds until the next try after a temporary failure; about three days in all.
BACKOFF = [30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600]
# Mail people ask for by pressing a button: a restriction lets it through, or they could never
# come back to lift it.
ASKED_FOR = {"invitation-link"}
# Mail that whoever asked us to stop does not get, though it advertises nothing.
UNLESS_STOPPED = {"prospect-reward"}
Bar = Callable[[Message, bool], str]
_bars: dict[str, Bar] = {}  # by template: who says whether such a mail may still leave
_held: ContextVar[tuple[datetime, list[Message]] | None] = ContextVar("held", default=None)


@contextmanager
def held_until(moment: datetime) -> Iterator[list[Message]]:
    """Every mail promised in here waits until then; they come as a list, to be called off by."""
    mails: list[Message] = []
    token = _held.set((moment, mails))
    try:
        yield mails
    finally:
        _held.reset(token)


def leaves_at() -> datetime:
    """When a mail promised now may leave, and what it tells of may be seen."""
    held = _held.get()
    return held[0] if held else clock.now()


def email(
    recipient: str,
    template: str,
    *,
    about: Actor,
    mail_class: MailClass = MailClass.SERVICE,
    links: Mapping[str, Way] | None = None,
    not_before: datetime | None = None,
    zone: str = "",
    attachment: Attachment | None = None,
    **context: Any,
) -> Message:
    """Promise a mail: it leaves once this transaction commits, and never if it does not.

    ``template`` names ``emails/<template>.{subject.txt,txt,html}``. ``links`` are minted when
    the mail leaves, so that no token ever lies in the database: name → (kind, subject, until);
    so are ``codes.KIND``.
    With ``not_before`` it waits until then, and ``call_off`` can still stop it. With ``zone`` it
    leaves in no quiet hour of a clock there.
    """
    held = _held.get()
    if held:
        not_before = max(held[0], not_before or held[0])
    message = Message(
        mail_class=mail_class,
        recipient=recipient,
        template=template,
        context=context,
        links={
            name: [str(kind), thing.subject, until[0].isoformat() if until else None]
            for name, (kind, thing, *until) in (links or {}).items()
        },
        about=about.subject,
        not_before=not_before,
        zone=zone,
        attachment=attachment,
    )
    db.session.add(message)
    db.session.flush()
    if held:
        held[1].append(message)
    wait = (not_before - clock.now()).total_seconds() if not_before else 0
    jobs.enqueue(
        "mail.deliver",
        message.id,
        queue=jobs.MAIL,
        key=f"mail-{message.id}-0",
        delay=max(wait, 0),
    )
    return message


def call_off(about: Model) -> None:
    """What was to be sent about this thing at a later time is not sent at all."""
    later = sa.update(Message).where(
        Message.about == about.subject,
        Message.state == State.QUEUED,
        Message.attempts == 0,
        Message.not_before > clock.now(),
    )
    db.session.execute(later.values(state=State.STOPPED))


def call_off_asks(address: str) -> None:
    """No ask that was promised to this address and has not gone is sent any more (T38)."""
    waiting = sa.update(Message).where(
        Message.went_to(address),
        Message.mail_class == MailClass.MARKETING,
        Message.state == State.QUEUED,
    )
    db.session.execute(waiting.values(state=State.STOPPED))


def call_off_all(ids: Iterable[int]) -> bool:
    """None of these mails is sent; False, with nothing changed, when one has left or is leaving."""
    wanted = sa.select(Message).where(Message.id.in_(ids)).order_by(Message.id).with_for_update()
    found = db.session.scalars(wanted.execution_options(populate_existing=True)).all()
    if any(mail.state is not State.QUEUED or mail.attempts for mail in found):
        return False
    for mail in found:
        mail.state = State.STOPPED
    return True


def put_off(names: Iterable[str]) -> list[int]:
    """The mails about these things, as ``company:7``, that wait for a later time."""
    later = sa.select(Message.id).where(
        Message.about.in_(list(names)),
        Message.state == State.QUEUED,
        Message.attempts == 0,
        Message.not_before > clock.now(),
    )
    return list(db.session.scalars(later.order_by(Message.id)))


def call_back(ids: Iterable[int]) -> None:
    """What was called off waits for its time again, as its job never stopped doing; or leaves now
    if that has come meanwhile."""
    stopped = sa.select(Message).where(Message.id.in_(list(ids)), Message.state == State.STOPPED)
    for mail in db.session.scalars(stopped):
        mail.state = State.QUEUED
        if mail.not_before and mail.not_before <= clock.now():
            jobs.enqueue("mail.deliver", mail.id, queue=jobs.MAIL, key=f"mail-{mail.id}-0-back")


def wait_for_morning(message: Message) -> bool:
    """Put a mail off that would arrive in someone's quiet hours; whether it was."""
    morning = message.zone and quiet.over(clock.now(), message.zone, settings().quiet_hours)
    if not morning:
        return False
    message.not_before = morning
    jobs.enqueue(
        "mail.deliver",
        message.id,
        queue=jobs.MAIL,
        key=f"mail-{message.id}-{message.attempts}-{morning:%Y%m%d%H}",
        delay=(morning - clock.now()).total_seconds(),
    )
    return True


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


def asks_first(template: str) -> Callable[[Bar], Bar]:
    """For the function that says, in a sentence, why such a mail may not leave now; empty when it
    may. It is given the mail, and whether staff send ``again`` what was given up."""

    def keep(bar: Bar) -> Bar:
        _bars[template] = bar
        return bar

    return keep


def bar(message: Message, *, again: bool = False) -> str:
    """Why a mail may not leave any more, as those who promise such mails say (T26, T38)."""
    barred = _bars.get(message.template)
    return barred(message, again) if barred else ""


def send_again(message: Message, *, by: Actor) -> None:
    """Try a mail that was given up once more. One that is not failed is left as it is; raises
    NotAllowed where its reader has said no since, or it has nothing to ask any more."""
    if message.state is not State.FAILED:
        return
    if barred := bar(message, again=True):
        raise NotAllowed(barred)
    if refuses(message):
        raise NotAllowed("No such mail may go to this address now.")
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
    _forget(Message.about == about.subject, Message.went_to(address))


def forget_person(address: str, names: Iterable[str]) -> None:
    """Empty every mail that went to this address, or was about these things (T36)."""
    _forget(sa.or_(Message.went_to(address), Message.about.in_(names)))


def _forget(*which: sa.ColumnElement[bool]) -> None:
    mails = sa.update(Message).where(*which)
    db.session.execute(mails.where(Message.state == State.QUEUED).values(state=State.STOPPED))
    db.session.execute(
        mails.values(
            recipient="", recipient_key="", context={}, links={}, attachment=sa.null(), error=""
        )
    )


def purge(before: datetime) -> int:
    """Empty mails that went out, or were given up, before this moment; how many (T36)."""
    given_up = sa.and_(
        Message.state.in_([State.FAILED, State.STOPPED]), Message.created_at < before
    )
    db.session.execute(  # what is empty cannot be tried again
        sa.update(Message)
        .where(Message.state == State.FAILED, Message.created_at < before)
        .values(state=State.STOPPED)
    )
    full = sa.or_(
        *(sa.cast(part, sa.Text) != "{}" for part in (Message.context, Message.links)),
        Message.attachment.is_not(None),
    )
    mails = sa.update(Message).where(sa.or_(Message.sent_at < before, given_up), full)
    return changed(mails.values(context={}, links={}, attachment=sa.null(), error=""))


# ── Addresses that want no mail ────────────────────────────────────────────────────────────

RESTRICTED, ERASED, BOUNCED = "restricted", "erased", "bounced"
# Which reason is kept where there are two; that somebody asked for it stands between.
RANK, ASKED = {RESTRICTED: 0, BOUNCED: 1, ERASED: 3}, 2
BATCH = 5_000  # hashes in one query


def suppress(address: str, *, reason: str) -> None:
    """Send no marketing mail to this address any more (T38). Twice is harmless."""
    found = db.session.get(Suppression, hash_of(address))
    if found is None:
        db.session.add(Suppression(address_hash=hash_of(address), reason=reason))
    elif RANK.get(reason, ASKED) > RANK.get(found.reason, ASKED):
        found.reason = reason
    if reason == ERASED and found:
        found.hint = found.note = ""
    db.session.flush()


def unsuppress(address: str) -> None:
    """They asked to hear from us again. A restriction stays until it is lifted."""
    found = db.session.get(Suppression, hash_of(address))
    if found and found.all_mail:
        found.reason = RESTRICTED
    elif found:
        db.session.delete(found)
    db.session.flush()


def works_again(found: Suppression, *, by: Model) -> None:
    """A mailbox that did not exist does so now. What its owner asked for is not staff’s to undo."""
    if found.reason != BOUNCED:
        raise NotAllowed("They asked for this themselves. Only they can change it.")
    record(by, "said a mailbox works again", by=by, note=found.hint)
    if found.all_mail:  # its owner wants no mail at all, whether it works or not
        found.reason, found.hint, found.note = RESTRICTED, "", ""
    else:
        db.session.delete(found)


def restrict(address: str) -> None:
    """Send no mail at all to this address, but what its owner asks for themselves (T36)."""
    suppress(address, reason=RESTRICTED)
    db.session.get_one(Suppression, hash_of(address)).all_mail = True


def lift_restriction(address: str) -> None:
    """Mail may go to this address again; marketing mail only if they had not stopped it."""
    found = db.session.get(Suppression, hash_of(address))
    if found and found.reason == RESTRICTED:
        db.session.delete(found)
    elif found:
        found.all_mail = False
    db.session.flush()


def refuses(message: Message) -> bool:
    """Whether this mail may not go to its address any more; asked when it is about to leave."""
    found = db.session.get(Suppression, hash_of(message.recipient))
    if found is None:
        return bool(bar(message))
    restricted = found.all_mail and message.template not in ASKED_FOR
    stopped = message.template in UNLESS_STOPPED
    return restricted or stopped or message.mail_class is MailClass.MARKETING


def wants_none(address: str) -> bool:
    """Whether whoever has it asked us to stop, or hears nothing from us for another reason."""
    return db.session.get(Suppression, hash_of(address)) is not None


def erased_among(addresses: Iterable[str]) -> set[str]:
    """Which of these addresses belonged to someone who was erased at their own wish (T36)."""
    hashes = {hash_of(address): address for address in addresses}
    found = db.session.scalars(
        sa.select(Suppression.address_hash).where(
            Suppression.reason == ERASED, Suppression.address_hash.in_(hashes)
        )
    )
    return {hashes[found_hash] for found_hash in found}


def reasons_among(addresses: Iterable[str]) -> dict[str, str]:
    """Why no marketing mail goes to which of these addresses, in a sentence."""
    hashes = {hash_of(address): address for address in addresses if address}
    wanted = sorted(hashes)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), BATCH):
        rows = sa.select(Suppression).where(
            Suppression.address_hash.in_(wanted[start : start + BATCH])
        )
        found |= {hashes[row.address_hash]: row.sentence for row in db.session.scalars(rows)}
    return found


def hash_of(address: str) -> str:
    """Under which an address is kept when it must not be read."""
    return hashlib.sha256(canonical_email(address).encode()).hexdigest()
