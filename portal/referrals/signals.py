"""What a person should look at before a reward is paid.

Signals hold and explain; they never refuse anyone, and nobody outside the team is told (T35).
The sentences name no address and accuse nobody.
"""

import sqlalchemy as sa

from portal.addresses import canonical_email
from portal.advocates.models import Advocate
from portal.db import db
from portal.staff.models import Staff

# Domains anyone can have an address at: sharing one says nothing.
FREE_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.de",
        "hotmail.com",
        "hotmail.co.uk",
        "hotmail.fr",
        "live.com",
        "msn.com",
        "yahoo.com",
        "yahoo.co.uk",
        "yahoo.de",
        "yahoo.fr",
        "ymail.com",
        "aol.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "tutanota.com",
        "tuta.com",
        "gmx.de",
        "gmx.net",
        "gmx.com",
        "gmx.at",
        "gmx.ch",
        "web.de",
        "t-online.de",
        "freenet.de",
        "mail.com",
        "mail.de",
        "posteo.de",
        "mailbox.org",
        "fastmail.com",
        "zoho.com",
        "yandex.ru",
        "yandex.com",
        "mail.ru",
        "qq.com",
        "163.com",
        "126.com",
        "orange.fr",
        "free.fr",
        "laposte.net",
        "wanadoo.fr",
        "sfr.fr",
        "libero.it",
        "virgilio.it",
        "wp.pl",
        "o2.pl",
        "onet.pl",
        "seznam.cz",
        "naver.com",
        "bigpond.com",
        "comcast.net",
    ]
)
GMAIL = {"gmail.com", "googlemail.com"}

SAME_PERSON = (
    "This looks like the mailbox of the customer who shared the link. Their own address earns "
    "no reward."
)
COLLEAGUE = "This looks like someone on our own team. A colleague earns nobody a reward."
CUSTOMER = "Someone with this address is a customer already. A reward is for new customers."
SAME_COMPANY = (
    "The address is at the same company as the customer who shared the link. Check that it is a "
    "new piece of business before the reward is paid."
)
TOO_FAST = "The form was sent faster than people usually fill it in. Check that a person wrote it."
PROGRAM = "A field that people cannot see was filled in. Check that a person wrote it."


def folded(address: str) -> str:
    """One mailbox behind its many spellings: capitals, plus tags, Gmail's dots."""
    local, _, domain = canonical_email(address).rpartition("@")
    local = local.partition("+")[0]
    if domain in GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def domain_of(address: str) -> str:
    return canonical_email(address).rpartition("@")[2]


def hold(address: str, advocate: Advocate) -> str:
    """Why a reward for this address should wait for a person; empty when nothing stands out."""
    if folded(address) == folded(advocate.email):
        return SAME_PERSON
    key = canonical_email(address)
    if _known(Staff.email, key):
        return COLLEAGUE
    if _known(Advocate.email_key, key):
        return CUSTOMER
    domain = domain_of(address)
    if domain == domain_of(advocate.email) and domain not in FREE_MAIL:
        return SAME_COMPANY
    return ""


def _known(column, key: str) -> bool:
    return db.session.scalar(sa.select(sa.exists().where(sa.func.lower(column) == key)))
