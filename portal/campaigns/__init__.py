"""Whom we ask for what, until when, with which offer; invitations and asks."""
