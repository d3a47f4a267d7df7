"""Every text that says no, read from the code: what to do, in plain words, no apology (U16)."""

import ast
import json
import re
from pathlib import Path

import pytest

from portal import plainwords

PORTAL = Path(__file__).parent.parent / "portal"
PATHS = sorted(PORTAL.rglob("*.py"))
TREES = {path: ast.parse(path.read_text()) for path in PATHS}
# Ours to raise, and what WTForms takes: where the text stands among the arguments.
VALIDATORS = {
    "DataRequired": 0, "InputRequired": 0, "Email": 0, "Length": None, "NumberRange": 2,
    "Regexp": None, "ValidationError": 0, "StopValidation": 0, "AnyOf": None, "FileRequired": 0,
    "FileAllowed": 1,
}  # fmt: skip
KEYWORDS = {"message", "invalid_choice_message"}
SAYING = re.compile(r"complaint|wrong_\w+|objection_to\w*")  # functions that answer with one
FRAGMENTS = {"LinkGone"}  # takes a word for the middle of a sentence


def refusals() -> set[str]:
    """The names of Refusal and of everything made of it."""
    found, before = {"Refusal"}, 0
    while len(found) > before:
        before = len(found)
        for tree in TREES.values():
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    bases = {getattr(b, "id", getattr(b, "attr", "")) for b in node.bases}
                    found |= {node.name} if bases & found else set()
    return found


REFUSALS = refusals()


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def constants(tree: ast.Module) -> dict[str, ast.expr]:
    """What a module says once and uses by name."""
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def words(node: ast.expr | None, named: dict[str, ast.expr]) -> list[str]:
    """The texts an expression can be; what is filled in reads as 7 or, in front, as A."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        parts = [p.value if isinstance(p, ast.Constant) else "7" for p in node.values]
        return ["".join("A" if i == 0 and part == "7" else part for i, part in enumerate(parts))]
    if isinstance(node, ast.BinOp):
        return [a + b for a in words(node.left, named) for b in words(node.right, named) or [""]]
    if isinstance(node, ast.IfExp):
        return words(node.body, named) + words(node.orelse, named)
    if isinstance(node, ast.Dict):
        return [text for value in node.values for text in words(value, named)]
    if isinstance(node, ast.Name) and node.id in named:
        return words(named[node.id], {})
    return []


def texts() -> list[tuple[str, str]]:
    """(where, text) of everything that refuses something."""
    found = []
    for path, tree in TREES.items():
        named = constants(tree)
        for node in ast.walk(tree):
            told: list[ast.expr | None] = []
            if isinstance(node, ast.Call):
                name = name_of(node)
                ours = name in REFUSALS - FRAGMENTS or (name, path.name) == (
                    "ValueError",
                    "forms.py",
                )
                place = VALIDATORS.get(name, 0 if ours else None)
                if place is not None and len(node.args) > place:
                    told.append(node.args[place])
                told += [k.value for k in node.keywords if k.arg in KEYWORDS]
            elif isinstance(node, ast.FunctionDef) and SAYING.fullmatch(node.name):
                said = (ast.Return, ast.Assign)
                told += [n.value for n in ast.walk(node) if isinstance(n, said)]
            line = getattr(node, "lineno", 0)
            where = f"{path.relative_to(PORTAL)}:{line}"
            found += [(where, text) for one in told for text in words(one, named) if " " in text]
    for path in PORTAL.glob("submissions/prompts.*.json"):
        for item in json.loads(path.read_text()):
            found += [(path.name, p["error"]) for p in item["prompts"] if p.get("error")]
    return found


def test_the_catalogue_finds_texts_of_every_kind():
    found = {text for _, text in texts()}
    assert len(found) > 100
    for known in (
        "Choose what ties you to the company",  # a validator
        "Enter how many minutes it takes, between 5 and 1440",  # a constant of a module
        "Something is still unanswered.",  # a refusal
        "Link 7 must be the address of a web page, like https://example.com/story",  # a complaint
        "Choose how many stars you give",  # a prompt
    ):
        assert known in found, known


def test_U16_no_text_apologises_blames_or_begins_small():
    checked = [(where, text, plainwords.objection(text)) for where, text in texts()]
    assert [one for one in checked if one[2]] == []


def test_no_validator_speaks_the_words_of_the_library():
    """DataRequired() alone would say "This field is required."."""
    speechless = []
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or (name := name_of(node)) not in VALIDATORS:
                continue
            place = VALIDATORS[name]
            by_place = place is not None and len(node.args) > place
            if not by_place and not KEYWORDS & {k.arg for k in node.keywords}:
                speechless.append(f"{path.relative_to(PORTAL)}:{node.lineno}: {name}")
    assert speechless == []


@pytest.mark.parametrize(
    "text",
    [
        "Please enter your name", "Sorry, that did not work", "Invalid date", "Oops", "Forbidden",
        "This field is required", "It was saved successfully", "enter your name", "“enter it”",
    ],
)  # fmt: skip
def test_the_lint_sees_each_of_these(text):
    assert plainwords.objection(text)


@pytest.mark.parametrize("text", ["Enter your job title", "“Copy” is a fine word", "7 is too many"])
def test_the_lint_lets_plain_words_pass(text):
    assert plainwords.objection(text) == ""
