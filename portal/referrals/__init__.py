"""Referral links, leads and their stages."""
