"""Visits to a link's page: counted without slowing it, and without knowing who came."""
