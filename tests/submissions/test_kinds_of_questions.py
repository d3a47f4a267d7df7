"""A figure, days, roles and links: what is taken, how it is refused, how it reads afterwards."""

import pytest

from portal import seeds
from portal.submissions import kinds
from portal.submissions.models import Answer, Prompt, PromptKind, Version
from portal.submissions.queries import in_sections, shown
from portal.submissions.questions import question_form
from tests.submissions.way import Way


def prompt(kind: str, **more) -> Prompt:
    facts = {"required": True, "label": "Hours saved", "error": "Enter it", "unit": "", "key": "x"}
    return Prompt(kind=PromptKind(kind), question="How many?", **facts | more)


# ── A figure ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("12", "12"), ("12.5", "12.5"), ("12,5", "12.5"), ("1,200", "1200"), ("1 200", "1200")],
)
def test_a_figure_is_read_as_people_write_it(typed, kept):
    value = kinds.number(typed, "hours a week")
    assert value == {"number": kept, "unit": "hours a week"}
    assert prompt("number").complaint(value) == ""
    assert shown(PromptKind.NUMBER, value) == f"{kept} hours a week"


@pytest.mark.parametrize("typed", ["twelve", "1e9", "12.", "--1", "1,2,3", "٣", "9" * 13, "NaN"])
def test_what_is_no_figure_is_refused_in_the_labels_words(typed):
    said = prompt("number").complaint(kinds.number(typed, ""))
    assert said == "Hours saved must be a number, like 12 or 12.5"


@pytest.mark.parametrize(
    ("low", "high", "typed", "says"),
    [
        (0, 168, "169", "Hours saved must be between 0 and 168"),
        (0, 168, "-0.5", "Hours saved must be between 0 and 168"),
        (1, None, "0", "Hours saved must be 1 or more"),
        (None, 1000, "1000.1", "Hours saved must be 1,000 or less"),
        (0, 168, "168", ""),
    ],
)
def test_a_figure_stays_within_its_bounds(low, high, typed, says):
    asked = prompt("number", lowest=low, highest=high)
    assert asked.complaint(kinds.number(typed, "")) == says


# ── Rows ───────────────────────────────────────────────────────────────────────────────────


def rows_form(app, kind: str, data: dict, **more):
    with app.test_request_context(method="POST", data=data):
        form = question_form(prompt(kind, **more), None, 0)
        form.validate()
        return form.answer, form.value.faults, form.value.drawn


def test_days_are_real_ones_and_at_most_as_many_as_asked(app):
    day = {"row-1-day": "3", "row-1-month": "11", "row-1-year": "2027"}
    answer, faults, drawn = rows_form(app, "dates", day)
    assert (answer, faults) == (["2027-11-03"], {})
    assert drawn == [{"day": "3", "month": "11", "year": "2027"}]
    assert shown(PromptKind.DATES, answer) == "3 November 2027"
    two = day | {key.replace("1-", "2-", 1): value for key, value in day.items()}
    assert len(rows_form(app, "dates", two, most=1)[0]) == 1


@pytest.mark.parametrize(
    ("row", "where", "says"),
    [
        ({"day": "31", "month": "2", "year": "2027"}, "day", "must be a real date"),
        ({"day": "3", "month": "", "year": "2027"}, "month", "must include a month"),
        ({"day": "3", "month": "11", "year": "27"}, "day", "must be a real date"),
        ({"day": "x", "month": "11", "year": "2027"}, "day", "must be a real date"),
        ({"day": "3", "month": "11", "year": "1066"}, "year", "must be between 1900 and 2100"),
    ],
)
def test_a_day_that_is_none_is_named_and_what_was_typed_stays(app, row, where, says):
    data = {f"row-1-{part}": text for part, text in row.items()}
    _, faults, drawn = rows_form(app, "dates", data)
    assert says in faults[f"row-1-{where}"]
    assert drawn == [row]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "data:text/html,x",
        "file:///etc/passwd", "ftp://example.com/", "//example.com", "example.com", "https://",
        "https://user:pass@example.com/", "https://exa mple.com/", "https://localhost/",
        "http:\\\\evil.example\\", "https://example.com/\"onmouseover=x", "https://[::1", "x" * 600,
    ],
)  # fmt: skip
def test_only_addresses_of_web_pages_are_links(app, url):
    _, faults, drawn = rows_form(app, "links", {"row-1-url": url})
    assert "Link 1 must be the address of a web page" in faults["row-1-url"]
    assert drawn == [{"url": url.strip()[:500]}]


def test_a_link_is_shown_with_whose_page_it_opens(app):
    url = "https://news.example.com:8443/a?b=c#d"
    answer, faults, _ = rows_form(app, "links", {"row-1-url": url})
    assert (answer, faults) == ([url], {})
    assert shown(PromptKind.LINKS, answer) == f"news.example.com: {url}"


@pytest.mark.parametrize(
    "typed", ["Dave, dave@example.com", "Head of IT, +44 7700 900461", "Ask 0316 / 555 66 77"]
)
def test_T30_nobody_who_was_not_asked_is_made_reachable(app, typed):
    for part in ("role", "part"):
        row = {"row-1-role": "Head of IT", "row-1-part": "Trained us in 2024"}
        _, faults, _ = rows_form(app, "people", row | {f"row-1-{part}": typed})
        assert "Take out the mail address or phone number of person 1" in faults[f"row-1-{part}"]
    assert rows_form(app, "people", {"row-1-part": "Trained us"})[1] == {
        "row-1-role": "Enter the role of person 1"
    }


# ── On the way ─────────────────────────────────────────────────────────────────────────────


def test_all_of_them_go_the_whole_way_without_script(as_ada, as_rosa, invitation, saved):
    one = Way(as_ada, invitation, "case-study").prepare("words")
    one.post("questions/7", seen=1, value="1,200")
    one.post("questions/8", seen=1, add="1", **{"row-1-role": "Dispatcher", "row-1-part": ""})
    one.post("questions/9", seen=1, **{"row-1-url": "https://example.com/news"})
    page = one.text("check")
    for words in ("1200 people", "Dispatcher", "example.com: https://example.com/news"):
        assert words in page
    assert one.send().status_code == 303
    (version,) = saved(Version)
    assert version.value("users") == {"number": "1200", "unit": "people"}
    assert version.value("people") == [{"role": "Dispatcher", "part": ""}]
    assert version.sha256 == seeds.digest(version.answers)
    staff_sees = as_rosa.get(f"/staff/submissions/{one.id}").text
    assert "1200 people" in staff_sees
    link = (
        '<a href="https://example.com/news" rel="noopener noreferrer nofollow ugc">example.com</a>'
    )
    assert link in staff_sees


def test_an_unfinished_row_is_saved_and_asked_for_on_the_way_on(as_ada, invitation, saved):
    one = Way(as_ada, invitation, "case-study").prepare("words")
    later = one.post("questions/9", seen=1, later="1", **{"row-1-url": "exam"})
    assert later.location == "/me"
    assert ["exam"] in [answer.value for answer in saved(Answer)]
    assert one.browser.get(f"{one.url}/next").location == f"{one.url}/questions/9"
    assert 'value="exam"' in one.text("questions/9")
    assert one.post("questions/7", seen=1, value="many").status_code == 422


def test_sections_stand_above_the_question_and_group_the_answers(as_ada, invitation):
    one = Way(as_ada, invitation, "case-study").prepare("words")
    assert '<p class="gw-kicker">What came of it</p>' in one.text("questions/5")
    page = one.text("check")
    titles = ["Before", "The choice", "What came of it", "For others", "For our team"]
    places = [page.index(f'<h2 class="gw-h2">{title}</h2>') for title in titles]
    assert places == sorted(places)
    assert [len(g) for g in in_sections([prompt("short", section=s) for s in "aab"])] == [2, 1]
