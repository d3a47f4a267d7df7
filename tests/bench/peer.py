"""pinax-referrals, in an environment of its own: what a first visit costs there.

It is the one open-source peer in Python that redirects and records. It is fetched from wherever
pip fetches here, into the bench's own folder, and is no dependency of the portal.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.bench.servers import CORES, Server
from tests.processes import free_port

PACKAGES = ["Django", "pinax-referrals", "gunicorn", "setuptools<81"]  # it asks pkg_resources

SETTINGS = """
SECRET_KEY = "only for the benchmark"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.sites", "pinax.referrals",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pinax.referrals.middleware.SessionJumpingMiddleware",
]
ROOT_URLCONF = "urls"
WSGI_APPLICATION = "application.application"
SITE_ID = 1
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
PINAX_REFERRALS_SECURE_URLS = False
DATABASES = {"default": {
    "ENGINE": "django.db.backends.sqlite3", "NAME": "peer.sqlite",
    "OPTIONS": {
        "timeout": 30, "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    },
}}
"""
URLS = """
from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("referrals/", include("pinax.referrals.urls", namespace="pinax_referrals")),
    path("", lambda request: HttpResponse("landed")),
]
"""
APPLICATION = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"""
FILL = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth.models import User
from pinax.referrals.models import Referral
user, _ = User.objects.get_or_create(username="ada")
referral = Referral.objects.filter(user=user).first() or Referral.create("/", user=user)
print(referral.code)
"""


def prepare(folder: Path) -> str:
    """Install it once and make one referral; gives its code."""
    folder.mkdir(parents=True, exist_ok=True)
    python = folder / "env" / "bin" / "python"
    if not (folder / "env" / "done").exists():
        print("· fetching pinax-referrals into an environment of its own", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder / "env"], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
        (folder / "env" / "done").touch()
    for name, text in (("settings", SETTINGS), ("urls", URLS), ("application", APPLICATION)):
        (folder / f"{name}.py").write_text(text)
    (folder / "peer.sqlite").unlink(missing_ok=True)
    done = subprocess.run(
        [python, "-W", "ignore", "-c", FILL],
        cwd=folder,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "settings"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"pinax-referrals could not be set up:\n{done.stderr}")
    return done.stdout.split()[-1]


def serve(folder: Path, log: Path) -> Server:
    """Django on gunicorn, as its makers run it: threads, one worker a core."""
    port = free_port()
    command = [str(folder / "env" / "bin" / "python"), "-m", "gunicorn", "application"]
    command += ["--chdir", str(folder), "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    command += ["--workers", str(len(CORES)), "--worker-class", "gthread", "--threads", "4"]
    return Server(command, port, {"PYTHONPATH": str(folder)}, log)
