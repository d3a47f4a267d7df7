"""Attacks the running portal: `python3 dev.py scan`."""
