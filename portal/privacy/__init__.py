"""One person's data: what we hold, put right, handed over, let go of; and what is let go by age."""
