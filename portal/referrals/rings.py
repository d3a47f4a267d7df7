"""Customers who recommend each other, in twos or threes: through which leads (T35)."""

from collections.abc import Callable, Sequence
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.advocates.models import Advocate, Company
from portal.consent import companies
from portal.consent.companies import free_mail
from portal.db import db
from portal.referrals import businesses
from portal.referrals.models import Lead, Referral, ReferralLink

LONGEST = 3
MOST = 100  # leads looked at in each step, the newest first
AT_ONCE = 40  # companies one statement asks about; SQLite reads no deeper expression than 1,000

Trail = list[Lead]
Domains = Callable[[Company], list[str]]


def closing(lead: Lead) -> Trail:
    """The earlier leads with which this one closes the shortest ring; empty for none.

    Someone sent this lead; whoever is at the lead's company sent another; and so on, until one of
    those leads is at the company of the first, or is the first.
    """
    first, trails = sender(lead), [[lead]]
    domains = cache(companies.domains)  # asked once for each company
    for _ in range(LONGEST - 1):
        trails = list(_further(trails, domains))
        for trail in trails:
            if _is_at(trail[-1], first, domains):
                return trail[1:]
    return []


def sender(lead: Lead) -> Advocate:
    return lead.link.referral.advocate


def _further(trails: Sequence[Trail], domains: Domains):
    """Each trail with every lead that someone at its last one's company sent."""
    sent = _sent_from([trail[-1] for trail in trails]) if trails else []
    for trail in trails:
        here = {sender(one).id for one in trail}
        for one in sent:
            if sender(one).id not in here and _is_at(trail[-1], sender(one), domains):
                yield [*trail, one]


def _sent_from(leads: Sequence[Lead]) -> Sequence[Lead]:
    """What was sent, roughly, by people at the companies of these leads."""
    there: list[sa.ColumnElement[bool]] = [Advocate.mailbox.in_({one.mailbox for one in leads})]
    firms = dict.fromkeys((one.company_key, own_domain(one)) for one in leads)
    for key, domain in list(firms)[:AT_ONCE]:
        there += businesses.roughly(key, domain)
    sent = (
        sa.select(Lead)
        .join(Lead.link)
        .join(ReferralLink.referral)
        .join(Referral.advocate)
        .join(Company, Company.id == Advocate.company_id)
        .where(Lead.email != "", sa.or_(*there))
        .options(joinedload(Lead.link).joinedload(ReferralLink.referral))
    )
    return db.session.scalars(sent.order_by(Lead.id.desc()).limit(MOST)).all()


def _is_at(lead: Lead, person: Advocate, domains: Domains) -> bool:
    """Is this their own mailbox, or one at their company, or their company by its name?"""
    if lead.mailbox == person.mailbox:
        return True
    return businesses.is_this(person.company, lead.company_key, own_domain(lead), domains)


def own_domain(lead: Lead) -> str:
    """The domain of a lead's address, where that says which company it is at."""
    return "" if lead.domain in free_mail() else lead.domain
