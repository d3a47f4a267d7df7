"""Reword a mail. What it must say stands elsewhere, and stays."""

from portal.db import db, lock
from portal.errors import NotAllowed, Stale
from portal.history.actions import Actor, record
from portal.incentives import copylint
from portal.mails import queries
from portal.outbox.catalogue import Mail
from portal.outbox.models import MailWording
from portal.staff.overtaking import overtaken

NONE_YET = "This form was not one of ours. Look at it once more, then save."


def reword(
    mail: Mail, *, subject: str = "", opening: str = "", seen: int, by: Actor
) -> MailWording | None:
    """Let a mail say this from now on, as a new version; our own words are kept as none.

    The same again makes no version. Raises NotAllowed, and Stale when somebody else made a version
    since ``seen``.
    """
    lock("mail wording")
    last = queries.newest(mail.name)
    if (last.version if last else 0) != seen:
        raise overtaken(last, newest=last.version) if last else Stale(NONE_YET, 0)
    _check(mail, subject, opening)
    typed = {"subject": subject, "opening": opening}
    said = {part: "" if text == queries.ours(mail, part) else text for part, text in typed.items()}
    before = {part: last.words[part] if last else "" for part in said}
    if said == before:
        return None
    made = MailWording(
        name=mail.name, version=seen + 1, line=said["subject"], opening=said["opening"]
    )
    db.session.add(made)
    verb = "put back" if made.is_ours else "reworded"
    record(made, verb, by=by, note=mail.title, mail=mail.name, before=before, after=said)
    return made


def _check(mail: Mail, *texts: str) -> None:
    """A placeholder must stand for something, and nothing may buy praise (T9)."""
    if sentence := queries.fault(mail, *texts):
        raise NotAllowed(sentence)
    for text in texts:
        if phrase := copylint.objection(text):
            raise NotAllowed(f"Take out “{phrase}”: no mail may ask for praise or pay for it.")
