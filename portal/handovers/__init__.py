"""A reviewer’s own words, handed over to post on another site; what they say came of it."""
