"""Signed links: mint, open, revoke; each kind opens one door only."""
