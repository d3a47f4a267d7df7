"""For granian, which wants a name to import."""

from tests.bench.apps import make_quiet

app = make_quiet()
