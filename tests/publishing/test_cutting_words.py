"""Words stay exact; a cut that turns the meaning is seen, and figures are asked about."""

import pytest

from portal.errors import Unreadable
from portal.publishing import words
from portal.submissions.models import Version


def version(*texts: str, results=()) -> Version:
    answers = [
        {"key": f"k{n}", "kind": "long", "label": f"L{n}", "public": True, "value": text}
        for n, text in enumerate(texts)
    ]
    if results:
        answers.append(
            {"key": "r", "kind": "results", "label": "R", "public": True, "value": list(results)}
        )
    return Version(answers=answers)


TEXT = "We cut planning to one hour. It was not easy, but nobody wants the old way back."


def test_T3_a_verbatim_piece_is_taken_as_it_stands():
    assert words.piece("It was not easy", version(TEXT)) == "It was not easy"


def test_all_of_the_words_are_no_cut():
    assert words.piece(f"  {TEXT}\r\n", version(TEXT)) == ""


@pytest.mark.parametrize(
    ("excerpt", "named"),
    [
        ("We cut planning to two hours", "After “We cut planning to” the excerpt says “two”"),
        ("It was easy", "the customer wrote “not”"),
        ("Fantastic product", "did not write “Fantastic”"),
        ("one hour. but nobody", "the customer wrote “It”"),
        (TEXT + " Great!", "says “Great!”; the customer wrote “nothing more”"),
    ],
)
def test_T3_the_first_word_that_differs_is_named(excerpt, named):
    with pytest.raises(Unreadable) as refusal:
        words.piece(excerpt, version(TEXT))
    assert named in str(refusal.value)


@pytest.mark.parametrize(
    ("excerpt", "drawn"),
    [
        ("We cut planning to one hour.", "We cut planning to one hour. …"),
        ("nobody wants the old way back.", "… nobody wants the old way back."),
        ("It was not easy", "… It was not easy …"),
    ],
)
def test_T3_what_is_left_out_shows_as_an_ellipsis(excerpt, drawn):
    assert words.cut(excerpt, TEXT) == drawn


@pytest.mark.parametrize(
    ("left_out", "seen"),
    [
        ("It was not easy.", True),
        ("But it took a year.", True),
        ("Everyone except the night shift.", True),
        ("We don’t use the reports.", True),
        ("We didn't expect that.", True),
        ("Das war nicht leicht.", True),
        ("Es gibt keine Berichte.", True),
        ("We noticed it in spring.", False),
        ("The knot is tied.", False),
    ],
)
def test_T4_a_cut_that_drops_a_word_that_turns_the_meaning_is_seen(left_out, seen):
    kept = "Planning is fast."
    dropped = words.dropped_turns(kept, f"{kept} {left_out}")
    assert dropped == ([left_out] if seen else [])


def test_T4_nothing_is_dropped_when_nothing_is_cut():
    assert words.dropped_turns("", TEXT) == []


@pytest.mark.parametrize(
    "text",
    ["30% faster", "saved 30 percent", "€4,000 a month", "3x faster", "10 hours", "twice as fast"],
)
def test_T5_figures_are_flagged(text):
    assert words.claims(version(f"It is {text} now."))


def test_T5_measured_results_are_flagged():
    row = {"metric": "Calls", "before": "60", "after": "14", "period": "", "how": ""}
    assert words.claims(version("We plan.", results=[row])) == ["Calls: 60 → 14"]


def test_plain_words_are_not_flagged():
    assert words.claims(version("We plan ahead, and so can you.")) == []


@pytest.mark.parametrize(
    "text",
    [
        "the best planner",
        "the most reliable one",
        "market-leading",
        "guaranteed",
        "die beste Lösung",
    ],
)
def test_T5_superlatives_are_flagged(text):
    assert words.claims(version(f"It is {text} for us."))


def test_T5_a_plain_comparison_with_ourselves_is_not():
    assert words.claims(version("It suits us best in winter; most days it simply runs.")) == []
