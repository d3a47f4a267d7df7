"""Staff read what waits, and decide."""
