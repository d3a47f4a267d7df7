"""One place for everything that waits for a person.

A package adds its kind of thing with one ``Kind`` in its ``waiting.py`` (what waits, since when,
and one function that says it in words), one line in ``dashboard/kinds.py``, and one line on the
page of the thing: ``{{ queue_bar(("its key", its.id)) }}`` draws the way on, claims and keys. Its
forms carry ``**queue_asked()`` in their address, and their views answer with an ``Onward``, so that
whoever works through a filter of the queue comes to its next thing.
"""
