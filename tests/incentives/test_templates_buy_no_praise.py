"""T9: the one lint, over every word that comes with the program: pages, mails, questions."""

import json
import re

import pytest

from portal.config import ROOT
from portal.incentives.copylint import gag, objection

TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
SEEDS = sorted((ROOT / "portal").rglob("*.json"))


def prose(source: str) -> str:
    """What a reader may see of a template: comments, tags, attributes and logic left out."""
    text = re.sub(r"\{#.*?#\}|<!--.*?-->", " ", source, flags=re.S)
    text = re.sub(r"\{%.*?%\}", lambda tag: " . ".join(quoted(tag[0])), text, flags=re.S)
    text = re.sub(r"\{\{.*?\}\}", lambda tag: " . ".join(quoted(tag[0])), text, flags=re.S)
    return re.sub(r"<[^>]+>", " ", text)


def quoted(tag: str) -> list[str]:
    """The sentences given to macros; single words are names."""
    return [s for s in re.findall(r'"([^"]*)"', tag) if " " in s]


def strings(thing) -> list[str]:
    if isinstance(thing, str):
        return [thing]
    inner = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else []
    return [text for one in inner for text in strings(one)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_T9_no_template_buys_praise(path):
    assert objection(prose(path.read_text())) == ""


@pytest.mark.parametrize("path", SEEDS, ids=lambda p: str(p.relative_to(ROOT / "portal")))
def test_T9_no_built_in_question_or_wording_buys_praise(path):
    for text in strings(json.loads(path.read_text())):
        assert objection(text) == "", text


def test_T9_the_walk_would_see_it():
    assert objection(prose('<p class="x">Leave a {% if a %}glowing review{% endif %}</p>'))
    assert objection(prose('{{ ui.empty("Hello", "Give us five stars") }}'))
    assert TEMPLATES
    assert SEEDS


def test_T9_the_actions_that_carry_an_ask_or_offer_use_the_one_lint():
    """Forms are walked in test_every_text_of_ours_is_linted.py; these refuse without one, too."""
    for path in (
        "campaigns/mail.py", "campaigns/actions.py", "incentives/actions.py",
        "platforms/actions.py", "submissions/prompting.py",
    ):  # fmt: skip
        source = (ROOT / "portal" / path).read_text()
        assert "copylint" in source or "buys_no_praise" in source, path


def test_T22_nothing_we_ship_takes_words_for_good_or_forbids_criticism():
    for path in TEMPLATES:
        assert gag(prose(path.read_text())) == "", path
    for path in SEEDS:
        for text in strings(json.loads(path.read_text())):
            assert gag(text) == "", text
