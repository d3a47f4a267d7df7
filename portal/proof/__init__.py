"""Proof for anyone who asks: the public verify pages, and the record legal takes away."""
