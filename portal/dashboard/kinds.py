"""Every kind of thing that waits for a person, in the order of the tabs. A new one: one line."""

from portal.approvals.waiting import COMPANIES
from portal.events.waiting import EVENTS
from portal.incentives.waiting import REWARDS
from portal.interviews.waiting import INTERVIEWS, TALKS
from portal.nominations.waiting import NOMINATIONS
from portal.placements.waiting import TAKEDOWNS
from portal.privacy.waiting import REQUESTS
from portal.referrals.waiting import LEADS, PROMISES, RISKS
from portal.renewals.waiting import RENEWALS
from portal.review.waiting import DECIDE, PUBLISH
from portal.submissions.waiting import SPEAKERS

KINDS = [
    DECIDE,
    PUBLISH,
    COMPANIES,
    REWARDS,
    PROMISES,
    LEADS,
    RISKS,
    SPEAKERS,
    EVENTS,
    TAKEDOWNS,
    INTERVIEWS,
    TALKS,
    NOMINATIONS,
    RENEWALS,
    REQUESTS,
]
