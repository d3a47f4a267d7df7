"""Reads everything, writes nothing: home pages and the queue."""
