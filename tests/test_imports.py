"""Who may import whom: the import rule of the README, kept by reading the code."""

import ast
from pathlib import Path

import pytest

PORTAL = Path(__file__).parent.parent / "portal"
ORDER = [
    [
        "clock",
        "errors",
        "addresses",
        "seeds",
        "tables",
        "plainwords",
        "colours",
        "spreadsheet",
        "comparing",
    ],
    ["fields", "downloads"],
    ["cells"],
    ["zones"],
    ["config", "db"],
    ["jobs", "sealing", "calls"],
    ["history"],
    ["links"],
    ["sessions"],
    ["outbox"],
    ["clicks"],
    ["staff"],
    ["queue"],
    ["undo"],
    ["media"],
    ["settings"],
    ["advocates"],
    ["nominations"],
    ["consent"],
    ["incentives"],
    ["companies"],
    ["platforms"],
    ["campaigns"],
    ["events"],
    ["interviews"],
    ["submissions"],
    ["publishing"],
    ["embeds"],
    ["placements"],
    ["renewals"],
    ["impact"],
    ["handovers"],
    ["prompts"],
    ["statements"],
    ["mails"],
    ["approvals"],
    ["proof"],
    ["review"],
    ["renaming"],
    ["referrals"],
    ["privacy"],
    ["home"],
    ["dashboard"],
    ["system"],
]
RANK = {name: place for place, names in enumerate(ORDER) for name in names}
EDGE = {"auth", "web", "cli", "serve", "worker", "demo", "__init__"}  # where all of it meets
RULES = {"models", "actions", "queries"}
PATHS = sorted(PORTAL.rglob("*.py"))


def modules(path: Path):
    """Every module a file imports, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def room(path: Path) -> str:
    """The package or top-level module a file belongs to."""
    return path.relative_to(PORTAL).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(PORTAL)))
def test_a_room_imports_only_itself_and_what_stands_to_its_left(path):
    here = room(path)
    if here in EDGE:
        return
    assert here in RANK, f"{here} has no place in ORDER"
    for module in modules(path):
        parts = module.split(".")
        if parts[0] != "portal" or parts[1] == here:
            continue
        if parts[1] in EDGE:
            assert path.stem not in RULES, f"{path} imports the edge: {module}"
            continue
        assert RANK[parts[1]] < RANK[here], f"{path} imports to its right: {module}"


@pytest.mark.parametrize(
    "path", [p for p in PATHS if p.stem in RULES], ids=lambda path: str(path.relative_to(PORTAL))
)
def test_rules_know_nothing_of_the_web(path):
    assert not [
        m for m in modules(path) if m.split(".")[0] in {"flask", "flask_login", "flask_wtf"}
    ]


def test_only_the_factory_imports_views():
    for path in PATHS:
        if path != PORTAL / "__init__.py":
            assert not [m for m in modules(path) if m.endswith(".views") or ".views." in m], path


def test_T8_the_reward_ledger_cannot_see_words_ratings_or_decisions():
    blind_to = {"submissions", "review", "publishing", "feedback"}
    for path in (PORTAL / "incentives").glob("*.py"):
        for module in modules(path):
            assert module.split(".")[1:2] == [] or module.split(".")[1] not in blind_to, path


def test_imports_stand_at_the_top_unless_they_cost_half_a_second():
    for path in PATHS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                late = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                for statement in late:
                    assert "dbos" in ast.unparse(statement) or "worker" in ast.unparse(statement), (
                        f"{path}: {ast.unparse(statement)}"
                    )
