"""What the servers run, beside ``wsgi:app`` itself."""

from flask import Flask


def make_hello() -> Flask:
    """Flask with nothing in it: what everything is compared with."""
    app = Flask("hello")
    app.get("/")(lambda: "Hello, World!")
    return app


def make_quiet() -> Flask:
    """The portal, not recording visits."""
    from portal import create_app
    from portal.clicks import actions

    actions.record = lambda *_, **__: None
    return create_app()


def make_open() -> Flask:
    """The portal, taking any number of forms from one address."""
    from portal import create_app

    return create_app(RATELIMIT_ENABLED=False)
