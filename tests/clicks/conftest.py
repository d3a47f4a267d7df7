"""Ada has joined, and her link is open."""

from tests.referrals.conftest import choice, code, come, joined, referral

__all__ = ["choice", "code", "come", "joined", "referral"]
