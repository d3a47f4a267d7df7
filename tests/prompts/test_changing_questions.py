"""Staff change what is asked: a new version each time, and nobody loses what they began."""

import re

import pytest

from portal.db import db
from portal.prompts import queries as prompts
from portal.staff.models import Role, Staff
from portal.submissions import prompting
from portal.submissions.models import Action, Origin, PromptKind, PromptSet
from portal.submissions.queries import prompt_set
from tests.submissions.way import Way

QUOTE = "/staff/prompts/en/quote"


@pytest.fixture
def typed(app):
    """The quote’s questions as the form would send them, with changes: ``typed(title="…")``."""

    def typed(**changes) -> dict[str, str]:
        with app.app_context():
            current = prompt_set(Action.QUOTE)
            item = prompting.as_item(current)
        data = {name: str(value) for name, value in item.items() if name != "prompts"}
        data["seen"] = str(current.version)
        for place, prompt in enumerate(item["prompts"]):
            for name, value in prompt.items():
                if isinstance(value, bool):
                    data |= {f"prompts-{place}-{name}": "y"} if value else {}
                elif isinstance(value, list):
                    data[f"prompts-{place}-{name}"] = "\n".join(value)
                elif value is not None:
                    data[f"prompts-{place}-{name}"] = str(value)
        return data | changes

    return typed


def versions(saved) -> list[PromptSet]:
    return [one for one in saved(PromptSet) if one.action is Action.QUOTE]


def test_a_change_is_a_new_version_and_a_draft_keeps_the_one_it_began_with(
    as_rosa, as_ada, invitation, typed, saved, charlie, browser_of, save, campaign
):
    from portal.campaigns.models import Invitation

    draft = Way(as_ada, invitation, "quote")
    draft.take("declined")
    new = typed(**{"prompts-0-question": "Where do you use us?", "prompts-0-hint": ""})
    answer = as_rosa.post(QUOTE, data=new)
    assert answer.location == "/staff/prompts"
    assert "Saved as version 2" in as_rosa.get("/staff/prompts").text
    assert [(one.version, one.origin) for one in versions(saved)] == [
        (1, Origin.BUILTIN),
        (2, Origin.EDITED),
    ]
    assert "What do you use us for most?" in draft.text("questions/1")
    later = save(Invitation(campaign_id=campaign, advocate_id=charlie))
    fresh = Way(browser_of(advocate=charlie), later, "quote")
    fresh.take("declined")
    assert "Where do you use us?" in fresh.text("questions/1")


def test_saving_without_a_change_makes_no_version(as_rosa, typed, saved):
    assert as_rosa.post(QUOTE, data=typed()).status_code == 303
    assert "Nothing was changed" in as_rosa.get("/staff/prompts").text
    assert len(versions(saved)) == 1


def test_someone_else_who_was_faster_is_not_overwritten(as_rosa, typed, saved):
    stale = typed(title="One title")
    as_rosa.post(QUOTE, data=stale)
    answer = as_rosa.post(QUOTE, data=stale | {"title": "Another title"})
    assert answer.status_code == 409
    assert "Another title" in answer.text
    assert [one.title for one in versions(saved)] == ["Give a quote", "One title"]


def test_questions_are_moved_added_and_taken_out_without_script_and_stored_only_on_save(
    as_rosa, typed, saved
):
    down = as_rosa.post(QUOTE, data=typed(down="0", title="Kept while moving"))
    assert down.status_code == 200
    assert "Kept while moving" in down.text
    assert down.text.index("What changed for your team") < down.text.index("What do you use us for")
    added = as_rosa.post(QUOTE, data=typed(add="1"))
    assert 'name="prompts-2-question"' in added.text
    gone = as_rosa.post(QUOTE, data=typed(remove="0"))
    assert 'name="prompts-1-question"' not in gone.text
    assert len(versions(saved)) == 1
    new = typed(**{
        "prompts-2-key": "", "prompts-2-kind": "number", "prompts-2-question": "For how long?",
        "prompts-2-label": "Years with us", "prompts-2-unit": "years", "prompts-2-lowest": "0",
        "prompts-2-highest": "99",
    })  # fmt: skip
    assert as_rosa.post(QUOTE, data=new).status_code == 303
    made = versions(saved)[-1].prompts[-1]
    assert (made.key, made.kind, made.unit, made.highest, made.position) == (
        "years-with-us", PromptKind.NUMBER, "years", 99, 3,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"prompts-1-question": ""}, "Question 2: Enter the question"),
        ({"prompts-0-error": ""}, "Enter what we say when the answer is empty"),
        ({"prompts-0-error": "Please enter it"}, "Take out “Please”"),
        ({"prompts-0-error": "enter it"}, "Begin with a capital letter"),
        ({"prompts-1-words_min": "200"}, "Most words must not be below fewest words"),
        ({"prompts-1-words_max": "many"}, "Most words must be a whole number"),
        ({"prompts-0-kind": "choice"}, "Enter at least two choices"),
        ({"prompts-0-kind": "riddle"}, "Choose what they answer with"),
        ({"minutes": ""}, "Enter how many minutes it takes"),
    ],
)
def test_what_is_wrong_is_said_with_a_link_to_it(as_rosa, typed, saved, changes, says):
    answer = as_rosa.post(QUOTE, data=typed(**changes))
    assert answer.status_code == 422
    assert says in answer.text
    assert "<title>Error: " in answer.text
    assert len(versions(saved)) == 1


TEXTS = ["question", "label", "section", "hint", "example", "error", "choices", "unit"]


@pytest.mark.parametrize("field", ["title", "summary", "next_step", *TEXTS])
def test_T9_no_text_of_a_question_may_buy_praise(as_rosa, typed, saved, field):
    name = f"prompts-0-{field}" if field in TEXTS else field
    answer = as_rosa.post(QUOTE, data=typed(**{name: "If you love us, write."}))
    assert answer.status_code == 422
    assert "Take out “If you love us”" in answer.text.replace("&#39;", "’") or "If you love" in (
        answer.text
    )
    assert len(versions(saved)) == 1


def test_T9_the_action_itself_refuses_them_too(app):
    with app.app_context():
        current = prompt_set(Action.QUOTE)
        item = prompting.as_item(current)
        item["prompts"][0]["choices"] = ["Write a 5-star review"]
        with pytest.raises(prompting.Unfit, match="5-star"):
            prompting.save(current, item, seen=1, by=db.session.get(Staff, 1))


def test_the_question_the_published_words_come_from_stays(as_rosa, typed, saved):
    page = as_rosa.get(QUOTE).text
    assert "It has to stay" in page
    without = {k: v for k, v in typed().items() if not k.startswith("prompts-1-")}
    answer = as_rosa.post(QUOTE, data=without)
    assert answer.status_code == 422
    assert "has to stay" in answer.text
    assert len(versions(saved)) == 1


def test_the_preview_is_the_customers_page_with_the_words_just_typed(as_rosa, typed, saved):
    page = as_rosa.post(QUOTE, data=typed(preview="1", **{"prompts-1-hint": "Freshly typed."})).text
    assert "This is how customers see it" in page
    assert '<h1 class="gw-labelheading"><label for="value">What changed for your team' in page
    assert "Freshly typed." in page
    assert "data-autosave=" not in page
    assert not re.search(r'<form class="gw-question"', page)
    assert len(versions(saved)) == 1


def test_the_history_says_word_by_word_what_changed(as_rosa, typed):
    as_rosa.post(QUOTE, data=typed(**{"prompts-0-question": "What do you use us for today?"}))
    as_rosa.post(QUOTE, data=typed(minutes="4"))
    page = as_rosa.get(f"{QUOTE}/versions").text
    assert "most?</del>" in re.sub(r"<span[^>]*>.*?</span>", "", page)
    assert "today?</ins>" in re.sub(r"<span[^>]*>.*?</span>", "", page)
    assert "Rosa" in page
    assert "The first version." in page


def test_moving_one_question_is_told_as_one_move(app):
    with app.app_context():
        current = prompt_set(Action.CASE_STUDY)
        keys = [prompt.key for prompt in current.prompts]
    assert prompts._moved(keys, [*keys[1:], keys[0]]) == {keys[0]}
    assert prompts._moved(keys, keys) == set()


def test_newer_questions_of_ours_never_replace_edited_ones_but_are_told(
    as_rosa, typed, saved, act, app, monkeypatch
):
    as_rosa.post(QUOTE, data=typed(title="Our own title"))
    with app.app_context():
        ours = [(language, dict(item)) for language, item in prompting._files()]
    for _, item in ours:
        item["summary"] = f"{item['summary']} Renewed."
    monkeypatch.setattr(prompting, "_files", lambda: ours)
    assert act(prompting.load) == len(ours) - 1
    assert act(prompting.load) == 0
    assert versions(saved)[-1].title == "Our own title"
    assert "Newer ones came" in as_rosa.get("/staff/prompts").text
    found = app.test_cli_runner().invoke(args=["doctor"]).output
    assert "newer ones than yours came for: Our own title" in found
    page = as_rosa.get(f"{QUOTE}?from=builtin").text
    assert "Renewed." in page
    as_rosa.post(QUOTE, data=typed(summary="We took over what we liked."))
    assert "Newer ones came" not in as_rosa.get("/staff/prompts").text


def test_only_owners_and_editors_come_here(save, browser_of):
    vera = browser_of(staff=save(Staff(email="v@acme.example", name="Vera", role=Role.VIEWER)))
    assert vera.get("/staff/prompts").status_code == 403
    assert vera.get(QUOTE).status_code == 403
    assert vera.post(QUOTE, data={}).status_code == 403


@pytest.mark.parametrize("path", ["/en/nothing", "/xx/quote", "/en/quote/versions/9"])
def test_questions_that_do_not_exist_are_not_found(as_rosa, path):
    assert as_rosa.get(f"/staff/prompts{path}").status_code == 404
