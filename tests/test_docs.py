"""What the documents say is so: commands, settings, addresses."""

import re
import subprocess
import sys

from portal.config import PREFIX, ROOT, Settings

README = (ROOT / "README.md").read_text()


def settings_reference() -> str:
    """docs/settings.md, written from the code."""
    lines = [
        "# Settings",
        "",
        "Environment variables, or lines in `.env`. `…_FILE` names a file that holds the value.",
        "",
        "| setting | default | what it is for |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.default
        if field.is_required():
            shown = "required"
        elif field.default_factory:
            shown = "this machine’s name"
        else:
            value = default.get_secret_value() if hasattr(default, "get_secret_value") else default
            if isinstance(value, dict):
                value = ",".join(f"{name}:{figure}" for name, figure in value.items())
            value = str(value).replace(f"{ROOT}", "…") if value not in ([], "") else ""
            shown = f"`{value}`" if value != "" else "empty"
        lines.append(f"| `{PREFIX}{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(lines) + "\n"


def test_the_settings_reference_is_what_the_code_reads():
    assert (ROOT / "docs" / "settings.md").read_text() == settings_reference()


def help_of(*command: str) -> str:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True
    ).stdout


def test_every_dev_command_in_the_readme_exists():
    listed = help_of("dev.py", "--help")
    for command in set(re.findall(r"python3 dev\.py (\w+)", README)):
        assert f"dev.py {command}" in listed, command


def test_every_flask_command_in_the_readme_exists_and_explains_itself(app):
    runner = app.test_cli_runner()
    for line in set(re.findall(r"dev\.py flask ([a-z -]+[a-z])", README)):
        words = [word for word in line.split() if not word.startswith("-")]
        result = runner.invoke(args=[*words[:2], "--help"])
        if result.exit_code:
            result = runner.invoke(args=[words[0], "--help"])
        assert result.exit_code == 0, line
        assert len(result.output.splitlines()) > 3, line


def test_the_readmes_pictures_and_documents_are_there():
    for path in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / path).exists(), path


def test_the_import_order_in_the_readme_is_the_one_the_test_keeps():
    from tests.test_imports import RANK

    told = re.search(r"`(history links [a-z\s]+)`", README).group(1).split()
    assert told == sorted(told, key=RANK.get)
    assert set(RANK) - set(told) <= {
        "clock", "errors", "addresses", "seeds", "tables", "zones", "plainwords", "colours",
        "comparing", "downloads", "cells", "fields", "spreadsheet", "config", "db", "jobs", "calls",
        "sealing", "system",
    }  # fmt: skip


def test_no_committed_file_names_a_package_registry_or_a_path_of_one_machine():
    files = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    hosts = re.compile(r"//(files|registry|deb|pypi)[a-z.]*\.(org|net)|/home/[a-z]+/")
    for name in files:
        path = ROOT / name
        if path.is_file() and path.suffix in {".py", ".toml", ".txt", ".json", ".md", ".html"}:
            assert not hosts.search(path.read_text(errors="ignore")), name
