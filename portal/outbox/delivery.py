"""The wire: one message rendered, its links minted, handed to the relay."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import css_inline
from flask import render_template
from jinja2 import TemplateError, TemplateNotFound

from portal import clock
from portal.config import SmtpSecurity, settings
from portal.db import db
from portal.links import actions as links
from portal.links import codes
from portal.links.models import Kind
from portal.outbox import actions, bounces, faults, wording
from portal.outbox.models import Attachment, MailClass, Message, State

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)


def deliver(message_id: int) -> None:
    """Send one message, once; a second call finds it sent and does nothing.

    A crash between the relay's 250 and our commit repeats the mail with the same Message-ID.
    """
    message = db.session.get(Message, message_id, with_for_update=True)
    if message is None or message.state is not State.QUEUED:
        return
    if actions.refuses(message):
        message.state = State.STOPPED
        db.session.commit()
        return
    if actions.wait_for_morning(message):
        db.session.commit()
        return
    try:
        mail = render(message)
    except (ValueError, LookupError, TemplateError) as error:  # trying again cannot help
        db.session.rollback()
        message.attempts += 1  # so that “Send again” is a job of its own
        message.state, message.error = State.FAILED, f"{type(error).__name__}: {error}"[:300]
        db.session.commit()
        return
    message.attempts += 1
    db.session.commit()  # the links in the mail must open before it arrives
    fault = hand_over(mail)
    message = db.session.get_one(Message, message_id, with_for_update=True)
    if not fault:
        message.state, message.sent_at, message.error = State.SENT, clock.now(), ""
    elif fault.final:
        message.state, message.error = State.FAILED, fault.words
        if fault.dead:
            bounces.suppress(message.recipient, fault.words)
    else:
        actions.retry_later(message, fault.words)
    db.session.commit()


def render(message: Message) -> EmailMessage:
    """The message as it will travel: text and HTML, headers per RFC 5322, 3834 and 8058."""
    context = message.context | {
        name: _mint(kind, subject, until and datetime.fromisoformat(until), message.recipient)
        for name, (kind, subject, until) in message.links.items()
    }
    config = settings()
    mail = EmailMessage()
    written = write(message.template, context)
    mail["Subject"] = written.subject
    mail["From"] = Address(config.brand_name, addr_spec=config.mail_from)
    mail["To"] = message.recipient
    mail["Date"] = format_datetime(message.not_before or message.created_at)
    mail["Message-ID"] = f"<{message.id}.mail@{config.mail_from.rpartition('@')[2]}>"
    mail["Reply-To"] = config.brand_contact_email
    if message.mail_class is MailClass.MARKETING:
        mail["List-Unsubscribe"] = f"<{context['stop_url']}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    else:
        mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(written.text)
    if written.page:
        mail.add_alternative(_inliner.inline(written.page), subtype="html")
    if message.attachment:
        attach(mail, message.attachment)
    return mail


@dataclass(frozen=True)
class Written:
    """A mail in words, without its headers."""

    subject: str
    text: str
    page: str = ""


def write(template: str, context: dict[str, Any], own: wording.Own | None = None) -> Written:
    """A mail as it reads; ``own`` words in place of what the owners have stored."""
    words, page = wording.of(template, context, own), ""
    text = render_template(f"emails/{template}.txt", words=words, **context).strip() + "\n"
    with suppress(TemplateNotFound):
        page = render_template(f"emails/{template}.html", words=words, **context)
    return Written(words.subject, text, page)


def _mint(kind: str, subject: str, until: datetime | None, recipient: str) -> str:
    """A link, or the digits that do the same on another device."""
    if kind == codes.KIND:
        return codes.mint(subject, recipient, until=until)
    return links.mint(Kind(kind), subject, until=until, sent_to=recipient)


def attach(mail: EmailMessage, part: Attachment) -> None:
    """Put a text beside the words, under its own type, e.g. ``text/calendar; method=REQUEST``."""
    mail.add_attachment(
        part["text"],
        subtype=part["type"].removeprefix("text/"),
        params=part["params"],
        filename=part["name"],
    )


def subject(message: Message) -> str:
    """Its subject line; once its words were let go, only what kind of mail it was."""
    if not message.context:
        return message.template.replace("-", " ").capitalize()
    own = wording.stored(message.template, at=message.sent_at)
    return wording.of(message.template, message.context, own).subject


def hand_over(mail: EmailMessage) -> faults.Fault | None:
    """Give the mail to the relay; what went wrong, or None when it took it."""
    config, taken = settings(), False
    try:
        with _connect() as relay:
            if config.smtp_security is SmtpSecurity.STARTTLS:
                relay.starttls(context=ssl.create_default_context())  # verified; the default is not
            if config.smtp_username:
                relay.login(config.smtp_username, config.smtp_password.get_secret_value())
            relay.send_message(mail)
            taken = True
    except (OSError, smtplib.SMTPException) as error:
        return None if taken else faults.of(error)  # how it says goodbye matters no more
    return None


def _connect() -> smtplib.SMTP:
    config = settings()
    host, port = config.smtp_host, config.smtp_port
    if config.smtp_security is SmtpSecurity.TLS:
        return smtplib.SMTP_SSL(host, port, timeout=30, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=30)
