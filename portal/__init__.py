"""Goodword: words customers gave, under permissions still in force."""

from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask, Request, has_request_context
from flask.globals import request_ctx
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map, MapAdapter, UnicodeConverter
from werkzeug.sansio.utils import get_host
from whitenoise import WhiteNoise

from portal import auth, cli, web
from portal.config import ROOT, Chosen, Settings, load
from portal.db import db, tune
from portal.fields import LARGEST
from portal.settings.queries import chosen
from portal.undo import repeating

# Each domain that has pages. Only here are views imported.
SLICES = [
    "system",
    "staff",
    "advocates",
    "nominations",
    "media",
    "settings",
    "consent",
    "incentives",
    "companies",
    "platforms",
    "campaigns",
    "events",
    "interviews",
    "submissions",
    "publishing",
    "embeds",
    "placements",
    "renewals",
    "impact",
    "handovers",
    "prompts",
    "statements",
    "mails",
    "approvals",
    "proof",
    "review",
    "renaming",
    "referrals",
    "outbox",
    "privacy",
    "home",
    "dashboard",
]


class Typed(ImmutableMultiDict):
    """What was typed or asked, without NUL bytes: nobody means one, and PostgreSQL takes none."""

    def __init__(self, mapping=None):
        super().__init__(
            (name, value.replace("\0", "") if isinstance(value, str) else value)
            for name, value in iter_multi_items(mapping or ())
        )


class Asked(Request):
    parameter_storage_class = Typed


class Segment(UnicodeConverter):
    """A piece of an address; with a NUL byte it leads nowhere."""

    def __init__(self, *args, **limits):
        super().__init__(*args, **limits)
        self.regex = self.regex.replace("[^/]", "[^/\\0]")


class Number(IntegerConverter):
    """A row’s number in an address; a larger one than any leads nowhere."""

    def __init__(self, map: Map, **limits: Any):
        super().__init__(map, **limits | {"max": LARGEST})


class Portal(Flask):
    """Flask, sparing requests what they do not need.

    None of our functions is asynchronous. And a page marked ``web.plain`` has no session, no form
    token and no counted limit: of all the hooks around a request it needs the headers only.
    """

    request_class = Asked

    def ensure_sync(self, func):
        return func

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """The address of a page. A list names a hundred: those of other blueprints, and of files
        of ours, need nothing of what Flask looks up for each (a fifth of the time)."""
        if endpoint == "static":
            return f"{self.static_url_path}/{values['filename']}"
        special = endpoint[0] == "." or any(name[0] == "_" for name in values)
        adapter = request_ctx.url_adapter if has_request_context() else None
        if special or adapter is None:
            return super().url_for(endpoint, **values)
        return adapter.build(endpoint, values)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        if request is None or "HTTP_HOST" not in request.environ:
            return super().create_url_adapter(request)
        request.trusted_hosts = self.config["TRUSTED_HOSTS"]
        host = trusted(request.scheme, request.environ["HTTP_HOST"], *request.trusted_hosts)
        request.host = host
        return MapAdapter(
            self.url_map,
            host.lower(),
            request.root_path,
            self.url_map.default_subdomain,
            request.scheme,
            request.path,
            request.method,
            request.query_string.decode("latin1"),
        )

    def full_dispatch_request(self):
        view = web.request_view()
        if not web.is_plain(view):
            return super().full_dispatch_request()
        try:
            answer = self.dispatch_request()
        except Exception as error:
            answer = self.handle_user_exception(error)
        if isinstance(answer, web.Plain):
            return answer
        return web.headers(self.make_response(answer), view)

    def do_teardown_request(self, *error):
        view = web.request_view()
        if not web.is_plain(view):  # the limiter’s, which has counted nothing
            super().do_teardown_request(*error)


@lru_cache(maxsize=100)
def trusted(scheme: str, host: str, *hosts: str) -> str:
    """The Host header, if it names one of ours; else ``SecurityError``, which is not kept.

    Werkzeug asks twice for every request, and writes each name in IDNA for it.
    """
    return get_host(scheme, host, trusted_hosts=hosts)


def create_app(settings: Settings | None = None, **flask_config) -> Flask:
    """The whole application; settings come from ``GOODWORD_*`` unless given."""
    config = settings or load()
    app = Portal(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.url_map.converters |= {"default": Segment, "string": Segment, "int": Number}
    app.config |= {
        "SECRET_KEY": config.secret_key.get_secret_value(),
        "SQLALCHEMY_ENGINES": {"default": engine_options(config)},
        "TRUSTED_HOSTS": [host.partition(":")[0] for host in config.hosts],
        "MAX_CONTENT_LENGTH": 11 * 1024 * 1024,  # two files of 5 MB and the words beside them
        "SESSION_COOKIE_NAME": "__Host-goodword" if config.https else "goodword",
        "SESSION_COOKIE_SECURE": config.https,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: nothing typed is lost to a clock
        "WTF_CSRF_SSL_STRICT": False,  # we send no referrer; web.refuse_other_origins checks
        "RATELIMIT_STORAGE_URI": config.rate_limit_storage,
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": config.rate_limit_storage != "memory://",
    } | flask_config
    app.extensions["goodword"] = config
    app.extensions["goodword chosen"] = Chosen(chosen)
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)
    app.wsgi_app = WhiteNoise(
        app.wsgi_app, root=ROOT / "static", prefix="static/", max_age=3600, autorefresh=app.debug
    )
    db.init_app(app)
    # No async sessions here, and their teardown costs every request half a millisecond.
    app.teardown_appcontext_funcs = [
        hook for hook in app.teardown_appcontext_funcs if hook.__name__ != "_close_async_sessions"
    ]
    with app.app_context():
        tune(db.engine)
    auth.login.init_app(app)
    # Nobody is remembered by cookie here, and asking would open the session of every page.
    app.after_request_funcs[None].remove(auth.login._update_remember_cookie)
    web.init_app(app, config)
    repeating.init_app(app)
    cli.init_app(app)
    for name in SLICES:
        if not (Path(__file__).parent / name / "views.py").exists():
            continue
        views = import_module(f"portal.{name}.views")
        app.register_blueprint(views.bp)
    demand_doors(app)
    return app


def engine_options(config: Settings) -> dict:
    url = config.database_url
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        return {"url": url}
    return {"url": url, "pool_pre_ping": True, "pool_size": 5, "max_overflow": 10}


def demand_doors(app: Flask) -> None:
    """Refuse to start with a route nobody decided who may open."""
    open_routes = {"static"}
    for endpoint, view in app.view_functions.items():
        if endpoint not in open_routes and not hasattr(view, "door"):
            raise RuntimeError(f"the route {endpoint} names no door: see portal/auth.py")
