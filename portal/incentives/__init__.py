"""Offers, their disclosure wording, and the reward ledger. Knows a reason, never whose words."""
