"""Each trust rule is somebody’s test: T1 to T39 are cited by name, and none is made up."""

import ast
import re
from functools import cache

import pytest

from portal.config import ROOT

RULES = range(1, 40)
# Kept by a person with the database in hand, or by what is not there at all: see the docstrings.


@cache
def citations() -> dict[int, set[str]]:
    """Which tests cite which rule, in their name or docstring (or their module’s heading)."""
    found: dict[int, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
                continue
            text = f"{node.name} {ast.get_docstring(node) or ''}".replace("_", " ")
            for number in re.findall(r"\bT(\d+)\b", text):
                found.setdefault(int(number), set()).add(f"{path.name}::{node.name}")
    return found


@pytest.mark.parametrize("rule", RULES)
def test_every_trust_rule_is_cited_by_a_test(rule):
    assert citations().get(rule), f"no test cites T{rule}"


def test_no_test_cites_a_rule_there_is_not():
    assert set(citations()) <= set(RULES)
