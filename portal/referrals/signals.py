"""What a person should look at before a reward is paid.

Signals hold and explain; they never refuse anyone, and nobody outside the team is told (T35).
The sentences name no address and accuse nobody. What each rule does is the owners' to say
(``risk``); as they come, they stand here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import sqlalchemy as sa

from portal.addresses import akin, folded, parents
from portal.advocates.models import Advocate
from portal.consent.companies import free_mail
from portal.db import db, only
from portal.referrals import businesses, known, rings
from portal.referrals.models import Lead, LeadSignal, Referral, ReferralLink, RiskRule, Severity
from portal.referrals.traces import disposable, domain_of
from portal.staff.models import Staff

SAME_PERSON = (
    "This looks like the mailbox of the customer who shared the link. Their own address earns "
    "no reward."
)
COLLEAGUE = "This looks like someone on our own team. A colleague earns nobody a reward."
CUSTOMER = "Someone with this address is a customer already. A reward is for new customers."
CUSTOMERS_COMPANY = (
    "The address or company looks like that of another customer. A reward is for new customers; "
    "check that it is a new one."
)
KNOWN = (
    "The address or its company is on the list of customers and open opportunities. A reward is "
    "for new business."
)
SAME_COMPANY = (
    "The address is at the same company as the customer who shared the link. Check that it is a "
    "new piece of business before the reward is paid."
)
ALIKE = "Someone at the same company came before. Check that it is not the same piece of business."
PER_HOUR = "Many people came through this customer’s links within an hour."
PER_DAY = "Many people came through this customer’s links within a day."
DISPOSABLE = "The address is at a provider of mailboxes to be thrown away."
NETWORK = "Many people came from one network within a day, through whichever links."
RING = (
    "Customers recommend each other here, two or three in a ring. Check that each of them brought "
    "new business."
)
TOO_FAST = "The form was sent faster than people usually fill it in. Check that a person wrote it."
PROGRAM = "A field that people cannot see was filled in. Check that a person wrote it."

# What the advocate reads of it: a class of reasons, about nobody (T33, T35).
WHO = "We check whether we knew this person or company before."
HOW = "We check that a person filled in the form."
PACE = "Many people came at once, so we look at each of them by hand."


@dataclass(frozen=True)
class Rule:
    """One thing that may stand out: what it looks for, what it says, and to whom."""

    key: str
    name: str
    reason: str  # to staff, on the lead
    told: str  # to the advocate
    severity: Severity
    check: Callable[["Facts", int], bool]
    threshold: int | None = None
    unit: str = ""  # what the threshold counts


@dataclass(frozen=True)
class Facts:
    """A lead beside the customer who shared the link."""

    lead: Lead
    advocate: Advocate
    suspicion: str  # what the form itself gave away

    @cached_property
    def own_domain(self) -> bool:
        """Does the address say which company it is at?"""
        return bool(self.lead.domain) and self.lead.domain not in free_mail()

    def is_at(self, address: str) -> bool:
        """Is this the lead's own mailbox, or one at their company?"""
        if self.lead.mailbox == folded(address):
            return True
        theirs = domain_of(address)
        return self.own_domain and theirs not in free_mail() and akin(self.lead.domain, theirs)

    def came_within(self, **span) -> int:
        """How many came through this customer's links in the last hour, day …, this one too."""
        return only(
            sa.select(sa.func.count())
            .select_from(Lead)
            .join(Lead.link)
            .join(ReferralLink.referral)
            .where(
                Referral.advocate_id == self.advocate.id,
                Lead.created_at > self.lead.created_at - timedelta(**span),
                Lead.created_at <= self.lead.created_at,
            )
        )


# ── What each looks for ────────────────────────────────────────────────────────────────────


def _own_address(facts: Facts, _: int) -> bool:
    return facts.lead.mailbox == facts.advocate.mailbox


def _colleague(facts: Facts, _: int) -> bool:
    ours = db.session.scalars(sa.select(Staff.email)).all()  # few enough to look at each
    return any(facts.is_at(address) for address in ours)


def _customer(facts: Facts, _: int) -> bool:
    return not _own_address(facts, 0) and _exists(Advocate.mailbox == facts.lead.mailbox)


def _known(facts: Facts, _: int) -> bool:
    return known.is_known(facts.lead.email, facts.lead.domain if facts.own_domain else "")


def _same_company(facts: Facts, _: int) -> bool:
    if _own_address(facts, 0):
        return False
    return facts.is_at(facts.advocate.email) or businesses.is_named(
        facts.advocate.company, facts.lead.company_key
    )


def _customers_company(facts: Facts, _: int) -> bool:
    if _own_address(facts, 0) or _customer(facts, 0):
        return False  # said already
    domain = facts.lead.domain if facts.own_domain else ""
    return businesses.customers(facts.lead.company_key, domain, but=facts.advocate.company)


def _alike(facts: Facts, _: int) -> bool:
    return facts.lead.alike is not None


def _per_hour(facts: Facts, most: int) -> bool:
    return facts.came_within(hours=1) > most


def _per_day(facts: Facts, most: int) -> bool:
    return facts.came_within(days=1) > most


def _network(facts: Facts, most: int) -> bool:
    """An office shares a network, and so does a program: it is for a person to tell."""
    day = facts.lead.created_at - timedelta(days=1)
    same = (Lead.network == facts.lead.network, Lead.created_at > day)
    count = sa.select(sa.func.count()).select_from(Lead).where(*same)
    return bool(facts.lead.network) and only(count) > most


def _disposable(facts: Facts, _: int) -> bool:
    found = disposable()
    return not found.isdisjoint(parents(facts.lead.domain))


def _ring(facts: Facts, _: int) -> bool:
    return bool(rings.closing(facts.lead))


RULES = [
    Rule("own-address", "Their own address, in any spelling", SAME_PERSON, WHO,
         Severity.NO_REWARD, _own_address),
    Rule("colleague", "Someone on our own team, or at our own domain", COLLEAGUE, WHO,
         Severity.NO_REWARD, _colleague),
    Rule("customer", "Someone who is a customer already", CUSTOMER, WHO,
         Severity.NO_REWARD, _customer),
    Rule("customer-company", "At the company of another customer", CUSTOMERS_COMPANY, WHO,
         Severity.HOLD, _customers_company),
    Rule("known", "On the list of customers and open opportunities", KNOWN, WHO,
         Severity.NO_REWARD, _known),
    Rule("same-company", "At the company of the customer who shared the link", SAME_COMPANY, WHO,
         Severity.NOTE, _same_company),
    Rule("alike", "At the company of an earlier lead", ALIKE, WHO, Severity.HOLD, _alike),
    Rule("ring", "Customers who recommend each other, two or three in a ring", RING, WHO,
         Severity.HOLD, _ring),
    Rule("per-hour", "Many within an hour", PER_HOUR, PACE, Severity.HOLD, _per_hour, 5,
         "people an hour"),
    Rule("per-day", "Many within a day", PER_DAY, PACE, Severity.HOLD, _per_day, 20,
         "people a day"),
    Rule("network", "Many from one network", NETWORK, PACE, Severity.HOLD, _network, 10,
         "people a day"),
    Rule("disposable", "A mailbox to be thrown away", DISPOSABLE, HOW, Severity.HOLD, _disposable),
    Rule("too-fast", "Sent faster than people type", TOO_FAST, HOW, Severity.HOLD,
         lambda facts, _: facts.suspicion == TOO_FAST),
    Rule("program", "A hidden field was filled in", PROGRAM, HOW, Severity.HOLD,
         lambda facts, _: facts.suspicion == PROGRAM),
]  # fmt: skip
BY_KEY = {rule.key: rule for rule in RULES}
# What depends on who shared the link, and is asked again when another link comes to count.
OF_THE_SENDER = {
    "own-address", "customer-company", "same-company", "ring", "per-hour", "per-day",
}  # fmt: skip
# What depends on the company that a prospect names, and may name otherwise later.
OF_THE_COMPANY = {"customer-company", "same-company", "alike", "ring"}


def told(signal: LeadSignal) -> str:
    """What the advocate reads of it, also where a rule is no longer among ours."""
    rule = BY_KEY.get(signal.rule)
    return rule.told if rule else "We look at some of them by hand before we send a reward."


@dataclass(frozen=True)
class Setting:
    """How a rule is set now."""

    is_on: bool
    severity: Severity
    threshold: int | None
    version: int = 0


def as_set() -> dict[str, Setting]:
    """How each rule is set: as an owner left it, else as it came."""
    found = {rule.key: Setting(True, rule.severity, rule.threshold) for rule in RULES}
    for row in db.session.scalars(sa.select(RiskRule)):
        if row.key in found:
            found[row.key] = Setting(row.is_on, row.severity, row.threshold, row.version)
    return found


def notice(lead: Lead, suspicion: str = "") -> None:
    """Write down what stands out about a lead, each rule once; nothing about it is refused."""
    facts = Facts(lead, lead.link.referral.advocate, suspicion)
    for key, how in as_set().items():
        if how.is_on and BY_KEY[key].check(facts, how.threshold or 0):
            _write(lead, key, how)
    db.session.flush()


def look_at_company(lead: Lead) -> None:
    """It names another company: what stood out stays, and what was cleared of the one before is
    asked again where it is so of this one too."""
    facts = Facts(lead, lead.link.referral.advocate, "")
    for key, how in as_set().items():
        if key in OF_THE_COMPANY and how.is_on and BY_KEY[key].check(facts, 0):
            lead.signals[:] = [one for one in lead.signals if one.rule != key or one.is_open]
            db.session.flush()
            _write(lead, key, how)
    db.session.flush()


def ring_noticed(lead: Lead) -> bool:
    """A later lead closes a ring with this one: write it here too. Whether that is news."""
    how = as_set()["ring"]
    news = how.is_on and _write(lead, "ring", how)
    db.session.flush()
    return news


def _write(lead: Lead, key: str, how: Setting) -> bool:
    if any(one.rule == key for one in lead.signals):
        return False
    reason = BY_KEY[key].reason
    lead.signals.append(LeadSignal(rule=key, severity=how.severity, reason=reason))
    return True


def look_again(lead: Lead) -> None:
    """Another link counts now: forget what stood out about the one before, and look afresh."""
    lead.signals[:] = [one for one in lead.signals if one.rule not in OF_THE_SENDER]
    db.session.flush()
    notice(lead)


def _exists(condition: sa.ColumnElement[bool]) -> bool:
    return only(sa.select(sa.exists().where(condition)))
