"""For granian, which wants a name to import."""

from tests.bench.apps import make_open

app = make_open()
