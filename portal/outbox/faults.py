"""What a refusal means: is it about whoever was written to, about this one mail, or about us?

Only what is said of the recipient may stop an address. A fault of our own (the password, the
name we send under, the certificate) meets every mail alike, so every mail waits until it is mended.
"""

import re
import smtplib
import ssl
from dataclasses import dataclass

from portal.outbox import bounces

OURS = "Our mail server"  # how a sentence about our own fault begins, and by what it is found
# Many servers answer what they hold against the sender only once they are told a recipient.
_ABOUT_US = re.compile(r"^53\d|\b5\.(1\.[78]|7\.8)\b|sender|relay|rcpthosts|authenticat", re.I)


@dataclass(frozen=True)
class Fault:
    """Why a mail did not go: in words, whether for good, and whether nobody has that mailbox."""

    words: str
    final: bool = False
    dead: bool = False


def of(error: OSError | smtplib.SMTPException) -> Fault:
    """What went wrong, by how far the conversation had come."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            return _of_recipient(*next(iter(refused.values())))
        case smtplib.SMTPDataError():
            return Fault(_reply(error.smtp_code, error.smtp_error), error.smtp_code >= 500)
        case smtplib.SMTPSenderRefused():
            return _ours(f" takes no mail from {error.sender}", error)
        case smtplib.SMTPAuthenticationError():
            return _ours(" does not take our user name and password", error)
        case ssl.SSLCertVerificationError():
            return _ours("’s certificate cannot be trusted", error)
    return _ours(" cannot be used just now", error)


def _of_recipient(code: int, said: bytes | str) -> Fault:
    reply = _reply(code, said)
    dead = bounces.is_dead(reply)
    if not dead and code >= 500 and _ABOUT_US.search(bounces.without_addresses(reply)):
        return Fault(f"{OURS} does not send for us: {reply}"[:300])
    return Fault(reply, code >= 500, dead)


def _ours(what: str, error: OSError | smtplib.SMTPException) -> Fault:
    return Fault(f"{OURS}{what}: {_said(error)}"[:300])


def _said(error: OSError | smtplib.SMTPException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return f"{type(error).__name__}: {error}"


def _reply(code: int, said: bytes | str) -> str:
    """A reply of several lines as one."""
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join(f"{code} {words}".split())[:300]
