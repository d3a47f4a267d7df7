"""python3 dev.py demo [--port N] [--fresh]"""

import argparse
import os
import shutil
import socket
import threading
import time
from pathlib import Path

from portal import cli, create_app, serve
from portal.config import ROOT
from portal.db import db
from portal.demo import mailbox, story

HOME = ROOT / "var" / "demo"


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev.py demo", description="Look around in sample data.")
    parser.add_argument("--port", type=int, default=8000, help="mails are read on the next one")
    parser.add_argument("--fresh", action="store_true", help="begin again with new sample data")
    options = parser.parse_args()
    serve.demand_free("127.0.0.1", options.port, options.port + 1, options.port + 2)
    if options.fresh:
        shutil.rmtree(HOME, ignore_errors=True)
    settle(HOME, options.port)
    mailbox.start(HOME / "mails", options.port + 2, options.port + 1)
    app = create_app()
    with app.app_context():
        if not (HOME / "told").exists():
            print("Telling the story of Fernhill and its customers …", flush=True)
            cli.upgrade()
            story.tell()
            (HOME / "told").touch()
        else:
            cli.upgrade()
        ways = [(name, link()) for name, link in story.ways_in()]
        ways += [("Oakline’s director is asked to let the company be named", story.asked_link())]
        ways += [("Elif was recommended, and got what she was promised", story.prospect_link())]
        db.session.commit()
        db.engine.dispose()
    said = welcome(options.port, ways)
    threading.Thread(target=say_when_up, args=(options.port, said), daemon=True).start()
    serve.supervise(serve.processes("127.0.0.1", options.port, workers=2))


def settle(home: Path, port: int) -> None:
    """Settings of the demo's own: its database, its mailbox, its secrets."""
    file = home / "env"
    kept = {}
    if file.exists():
        kept = dict(line.split("=", 1) for line in file.read_text().splitlines())
        secrets = ("SECRET_KEY", "LINK_KEYS", "SIGNING_KEYS")
        kept = {name: kept[f"GOODWORD_{name}"] for name in secrets if f"GOODWORD_{name}" in kept}
    serve.write_settings(
        file,
        kept
        | {
            "BASE_URL": f"http://localhost:{port}",
            "ALLOWED_HOSTS": f"127.0.0.1:{port}",
            "DATABASE_URL": f"sqlite:///{home / 'goodword.sqlite'}",
            "MEDIA_URL": f"file://{home / 'media'}",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(port + 2),
            "SMTP_SECURITY": "none",
            "MAIL_FROM": "hello@fernhill.example",
            "NODE_NAME": "demo",
            "SECOND_FACTOR_REQUIRED": "false",
            "QUIET_HOURS": "0-0",
            "BRAND_NAME": "Fernhill",
            "BRAND_COLOUR": "#7a3b5d",
            "BRAND_LEGAL_NAME": "Fernhill Software GmbH",
            "BRAND_ADDRESS": "Lindenstraße 12, 10969 Berlin",
            "BRAND_CONTACT_EMAIL": "hello@fernhill.example",
            "BRAND_PRIVACY_URL": "https://fernhill.example/privacy",
            "BRAND_TIME_ZONE": "Europe/Berlin",
        },
    )
    for name in [name for name in os.environ if name.startswith("GOODWORD_")]:
        del os.environ[name]
    os.environ["GOODWORD_ENV_FILE"] = str(file)


def say_when_up(port: int, said: str) -> None:
    """Print this once the first page can be asked for, and not before: whoever reads it clicks."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            print(said, flush=True)
            return


def welcome(port: int, ways: list[tuple[str, str]]) -> str:
    here = f"http://localhost:{port}"
    lines = [
        "",
        "Goodword is up, with a fictional program of Fernhill, who plan routes for field service.",
        "",
        "The public pages",
        f"  {here}/   {here}/stories   {here}/reviews",
        "",
        "The staff side: rosa@fernhill.example (owner), theo@ (editor), vera@ (viewer)",
        f"  {here}/staff/sign-in   password: {story.PASSWORD}",
        "",
        "Customers come by the link in their mail:",
    ]
    for name, link in ways:
        lines += [f"  {name}", f"    {link}"]
    lines += [
        "",
        "Every mail the demo sends stops here and can be read",
        f"  http://localhost:{port + 1}/",
        "",
        "Commands work on the demo’s data with this in front:",
        f"  GOODWORD_ENV_FILE={HOME / 'env'} python3 dev.py flask doctor",
        "",
        "Ctrl-C stops it all. --fresh begins again.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
