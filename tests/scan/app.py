"""For granian: the portal, taking any number of requests from one address."""

from portal import create_app

app = create_app(RATELIMIT_ENABLED=False)
