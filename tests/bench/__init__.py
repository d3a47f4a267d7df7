"""What the portal does in a second on this machine, beside what others do."""
