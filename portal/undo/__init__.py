"""Ten seconds to think again, for every decision that staff make on a waiting thing.

A package whose decisions can be undone says how in one ``Way`` (what to hold, what it was, how to
put that back) in its ``undoing.py``, wraps the act in ``undoable`` in its view, and adds the way to
``dashboard/thinking_again.py``. Which decisions can be made on several at once it says in one
``Several``.
"""
