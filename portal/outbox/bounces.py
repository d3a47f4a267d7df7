"""Mail that came back: by the relay's own answer, or as a report (RFC 3464) read from a pipe."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from portal.addresses import masked
from portal.db import db
from portal.errors import Unreadable
from portal.history.actions import SYSTEM, record
from portal.outbox import actions
from portal.outbox.models import Message, State, Suppression

# There is no such mailbox, domain or account, or not any more (RFC 3463, 7505). Not 5.1.7 and
# 5.1.8, which are about the sender, nor 5.7.13, an account that may not sign in.
NO_SUCH_MAILBOX = re.compile(r"(?<![\d.])5\.(1\.([12346]|10)|2\.1)(?!\.?\d)")
NO_CODE = re.compile(r"^55[013]\b(?!.*\b[245]\.\d)")
# What servers that give no such code refuse otherwise: us, or one mail.
OTHERWISE = re.compile(
    r"sender|relay|rcpthosts|auth|polic|prohibit|spam|block|listed|reputation|denied"
    r"|\bspf\b|dkim|dmarc|\bfull\b|quota",
    re.I,
)


@dataclass(frozen=True)
class Report:
    """What a delivery report says of one recipient."""

    message_id: int | None
    recipient: str
    failed: bool  # for good; a delay is none
    status: str
    reason: str


def is_dead(error: str) -> bool:
    """Whether a refusal says that nobody has this mailbox, so that writing again is no use."""
    bare = NO_CODE.match(error) and not OTHERWISE.search(without_addresses(error))
    return bool(NO_SUCH_MAILBOX.search(error) or bare)


def without_addresses(error: str) -> str:
    """The words of a reply; somebody’s name may well be Relay or Block."""
    return re.sub(r"\S+@\S+", "", error)


def suppress(address: str, error: str) -> None:
    """Write to a mailbox that does not exist no more, until someone says it does again."""
    actions.suppress(address, reason=actions.BOUNCED)
    found = db.session.get_one(Suppression, actions.hash_of(address))
    if found.reason == actions.BOUNCED:
        found.hint, found.note = masked(address), error[:300]


def read(data: bytes) -> list[Report]:
    """What a report of RFC 3464 says; raises Unreadable where this is none."""
    mail = message_from_bytes(data, policy=policy.default)
    if mail.get_content_type() != "multipart/report":
        raise Unreadable("This mail is no delivery report (multipart/report).")
    parts = {part.get_content_type(): part for part in mail.walk()}
    status = parts.get("message/delivery-status")
    if status is None:
        raise Unreadable("This report has no part that says what became of the mail.")
    number = _our_number(mail)
    blocks = cast(list[EmailMessage], status.get_payload())  # of a multipart, parsed by our policy
    return [_report(block, number) for block in blocks if block.get("Final-Recipient")]


def _our_number(mail: EmailMessage) -> int | None:
    """The number of the mail it is about, from the Message-ID that came back with it."""
    for part in mail.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            text = part.as_string()
            if found := re.search(r"^Message-ID:\s*<(\d+)\.mail@", text, re.I | re.M):
                return int(found[1])
    return None


def _report(block: EmailMessage, number: int | None) -> Report:
    named = str(block.get("Original-Recipient") or block["Final-Recipient"])
    code = str(block.get("Diagnostic-Code", "")).partition(";")[2].strip()
    return Report(
        number,
        named.partition(";")[2].strip().strip("<>"),
        str(block.get("Action", "")).strip().lower() == "failed",
        str(block.get("Status", "")).strip(),
        " ".join(code.split())[:250],
    )


def take_in(data: bytes) -> list[str]:
    """Act on a report; a sentence for each recipient. The same report twice changes nothing more.

    Only a report about a mail of ours, to the address we sent it to, counts: anyone can write one.
    """
    return [_take(report) for report in read(data)]


def _take(report: Report) -> str:
    message = report.message_id and db.session.get(Message, report.message_id, with_for_update=True)
    if not message or message.recipient.lower() != report.recipient.lower():
        return "Not about a mail of ours: nothing changed."
    if not report.failed:
        return f"Mail {message.id} is late; the relay goes on trying."
    error = f"{report.status} {report.reason}".strip()
    if message.state is State.SENT:
        message.state, message.sent_at = State.FAILED, None
        message.error = f"Came back: {error}"[:300]
        record(message, "came back", by=SYSTEM)
    if is_dead(error):
        suppress(message.recipient, error)
        return f"Mail {message.id} came back; no more is sent to {masked(message.recipient)}."
    return f"Mail {message.id} came back."
