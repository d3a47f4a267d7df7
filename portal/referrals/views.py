"""Every page of referrals, gathered: each registers itself on ``bp``."""

from portal.referrals import advocate_pages as advocate_pages
from portal.referrals import desk as desk
from portal.referrals import known_api as known_api
from portal.referrals import landing_pages as landing_pages
from portal.referrals import limit_pages as limit_pages
from portal.referrals import many as many
from portal.referrals import precautions as precautions
from portal.referrals import printed as printed
from portal.referrals import prospect_pages as prospect_pages
from portal.referrals import prospect_reward_pages as prospect_reward_pages
from portal.referrals import report_pages as report_pages
from portal.referrals.door import bp as bp
