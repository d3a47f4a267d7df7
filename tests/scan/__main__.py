"""Let a scanner loose on the portal as it is served, and fail when it finds anything.

It runs over HTTPS on sample data of its own, so cookies and headers are those of an operator's
portal. Three visitors attack, one after the other: a stranger, who also holds signed links, a
customer who came by one, and an owner. Each ends by asking for a page of their own: a visit that
ended on the way would have shown the scanner nothing but the way in.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
import sqlalchemy as sa

from portal import cli, create_app
from portal.config import Settings
from portal.db import db
from portal.demo import mailbox, story
from portal.referrals.models import ReferralLink
from tests import processes
from tests.scan.certificate import write_certificate

# Of wapiti's modules those that fit: there is no LDAP, no Java, no shell and no file served from
# where the code is.
ATTACKS = (
    "cookieflags,crlf,csp,csrf,exec,file,http_headers,methods,permanentxss,redirect,sql,"
    "upload,xss,xxe"
)
# What it names and is meant so, with the reason.
EXCUSED = {
    r"Lack of anti CSRF token .* POST /r/": "a prospect’s form: there is no session to abuse (T34)",
}
# What would end the visit of whoever is in. Coming in anew does so too.
ENDS = [
    "/staff/sign-*",
    "/me/sign-out*",
    "/me/data/erasure*",
    "/me/data/departure*",
    "/i/*",
    "/code*",
]
STUMBLES = ["Traceback", "Fatal Python error", "Unexpected exit"]  # in what the server writes
COOKIE = "__Host-goodword"


@dataclass
class Visitor:
    """Whom the scanner pretends to be, where they begin, and a page that only they are shown."""

    name: str
    begin: list[str]
    own: str
    cookie: str


def main() -> None:
    options = arguments()
    began, findings = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="goodword-scan-") as folder, portal(folder) as at:
        for visitor in visitors(at):
            if visitor.name in options.who:
                findings += scan(at, visitor, Path(folder), options)
    print(f"{len(findings)} findings in {(time.monotonic() - began) / 60:.0f} minutes")
    sys.exit(1 if findings else 0)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py scan", description=__doc__)
    parser.add_argument("wapiti", type=Path, help="where the scanner is; dev.py fills this in")
    names = ["stranger", "customer", "owner"]
    parser.add_argument("--who", nargs="+", choices=names, default=names)
    parser.add_argument("--crawl", type=int, default=240, help="seconds to look for pages, at most")
    parser.add_argument("--attack", type=int, default=120, help="seconds for one attack, at most")
    parser.add_argument("--attacks", default=ATTACKS, help="wapiti's modules, with commas")
    return parser.parse_args()


# ── What is attacked ───────────────────────────────────────────────────────────────────────


@dataclass
class Portal:
    url: str
    certificate: Path
    app: object


@contextmanager
def portal(folder: str) -> Iterator[Portal]:
    """The demo's story told, and served as in earnest; only the limits per address are off."""
    home, port, smtp = Path(folder), processes.free_port(), processes.free_port()
    certificate, key = write_certificate(home)
    env = processes.environment(f"sqlite:///{home / 'portal.sqlite'}", smtp, port, home)
    env |= {"GOODWORD_BASE_URL": f"https://localhost:{port}", "PYTHONFAULTHANDLER": "1"}
    values = {name: env.get(f"GOODWORD_{name.upper()}") for name in Settings.model_fields}
    app = create_app(Settings(**{name: value for name, value in values.items() if value}))
    with app.app_context():
        cli.upgrade()
        story.tell()
    mailbox.start(home / "mails", smtp, processes.free_port())
    serve = ["granian", "--interface", "wsgi", "tests.scan.app:app", "--port", str(port)]
    serve += ["--ssl-certificate", str(certificate), "--ssl-keyfile", str(key), "--no-ws"]
    serve += ["--workers", str(os.cpu_count()), "--blocking-threads", "4"]
    serve += ["--respawn-failed-workers"]
    log = home / "serve.log"
    process = processes.start(*serve, env=env, log=log)
    at = Portal(f"https://localhost:{port}", certificate, app)
    try:
        processes.eventually(lambda: answers(at), 180, f"the start of the portal ({log})")
        yield at
        stumbled = [word for word in STUMBLES if word in log.read_text()]
        if stumbled:
            raise SystemExit(f"The portal stumbled:\n{log.read_text()[-9000:]}")
    finally:
        processes.stop(process)


def answers(at: Portal) -> bool:
    try:
        return browser(at).get(f"{at.url}/readyz", timeout=5).ok
    except requests.RequestException:
        return False


# ── Who attacks ────────────────────────────────────────────────────────────────────────────


def visitors(at: Portal) -> Iterator[Visitor]:
    """The three of them, signed in where they can be; one when the other is done."""
    with at.app.app_context():
        links = {name.split()[0]: link() for name, link in story.ways_in()}
        passed_on = f"/r/{db.session.scalars(sa.select(ReferralLink.code)).first()}"
        prospect = story.prospect_link()
        db.session.commit()
        db.engine.dispose()
    public = ["/", "/stories", "/reviews", "/code", "/staff/sign-in", "/staff/forgotten", passed_on]
    begin = [*(at.url + path for path in public), prospect, links["Yuki"]]
    with browser(at) as visit:
        visit.get(f"{at.url}/code")  # a form, and so a cookie
        yield Visitor("stranger", begin, "/", f"{COOKIE}={visit.cookies[COOKIE]}")
    invited = links["Olivia"]
    yield Visitor("customer", [f"{at.url}/me"], "/me", come_in(at, invited, "/me"))
    rosa = {"email": "rosa@fernhill.example", "password": story.PASSWORD}
    cookie = come_in(at, f"{at.url}/staff/sign-in", "/staff/account", **rosa)
    yield Visitor("owner", [f"{at.url}/staff"], "/staff/account", cookie)


def come_in(at: Portal, address: str, own: str, **typed: str) -> str:
    """Send the form at this address; gives the cookie, with which ``own`` was seen."""
    with browser(at) as visit:
        page = visit.get(address).text
        visit.post(address, {"csrf_token": token(page)} | typed).raise_for_status()
        visit.get(at.url + own, allow_redirects=False).raise_for_status()
        return f"{COOKIE}={visit.cookies[COOKIE]}"


def browser(at: Portal) -> requests.Session:
    """One that knows the certificate, whatever this machine's settings are for others."""
    session = requests.Session()
    session.trust_env, session.verify = False, str(at.certificate)
    return session


def token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if not found:
        raise SystemExit("There is no form to come in by.")
    return found[1]


# ── The attack ─────────────────────────────────────────────────────────────────────────────


def scan(at: Portal, visitor: Visitor, folder: Path, options: argparse.Namespace) -> list[str]:
    """What the scanner finds as this visitor; says what it did."""
    report, began = folder / f"{visitor.name}.json", time.monotonic()
    command = [options.wapiti, "--url", f"{at.url}/", "--scope", "domain", "--scan-force", "polite"]
    command += [part for address in visitor.begin for part in ("--start", address)]
    left_alone = ENDS if visitor.own != "/" else []
    command += [part for path in left_alone for part in ("--exclude", at.url + path)]
    command += ["--max-scan-time", options.crawl, "--max-attack-time", options.attack]
    command += ["--module", options.attacks, "--tasks", os.cpu_count(), "--timeout", 60]
    command += ["--format", "json", "--output", report, "--verbose", 0, "--no-bugreport"]
    command += ["--flush-session", "--store-session", folder / visitor.name]
    command += ["--cookie-value", visitor.cookie]  # the same for all of it, whatever is answered
    subprocess.run([str(part) for part in command], check=True, env=os.environ)
    still_there(at, visitor)
    told = json.loads(report.read_text())
    named = {
        f"{kind}: {one['info']} — {one['method']} {one['path']}"
        for part in ("vulnerabilities", "anomalies")
        for kind, found in told[part].items()
        for one in found
    }
    findings = [one for one in sorted(named) if not any(re.search(it, one) for it in EXCUSED)]
    seen, minutes = told["infos"]["crawled_pages_nbr"], (time.monotonic() - began) / 60
    print(f"{visitor.name}: {seen} pages, {len(findings)} findings, {minutes:.1f} minutes")
    print(*(f"  {one}" for one in findings), sep="\n", flush=True)
    return findings


def still_there(at: Portal, visitor: Visitor) -> None:
    """A scanner that was thrown out on the way found nothing because it saw nothing."""
    answer = browser(at).get(
        at.url + visitor.own, headers={"Cookie": visitor.cookie}, allow_redirects=False
    )
    if answer.status_code != 200:
        raise SystemExit(f"The visit of the {visitor.name} ended on the way.")


if __name__ == "__main__":
    main()
