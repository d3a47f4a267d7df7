"""Photos: checked, re-encoded without metadata, stored under random names."""
