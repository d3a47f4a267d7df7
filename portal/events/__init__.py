"""Sessions customers speak at: planned, offered for, confirmed with a calendar file."""
