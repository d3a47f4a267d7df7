"""Telling a whole story on a phone: sections, measured results, roles, links and a picture."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import steps

STORY = (
    ("What does your team do, and how did you work before?", "We took our jobs from a list."),
    ("What was the problem you wanted to solve?", "The list was wrong by noon."),
    ("Why did you choose us?", "We tried two others, and neither worked with gloves on."),
    ("What changed, and how did you get there?", "Every job is on the phone now."),
)
ADVICE = "Start with one district, and leave the reports."

pytestmark = pytest.mark.browser


def test_a_case_study_from_the_mail_to_the_confirmation(visitor, portal):
    guest = steps.invite(portal, "case-study", reward=False)
    page = visitor()
    steps.come_in(page, guest.link)
    steps.press(page, "Tell your story")
    for question, words in STORY:
        steps.say(page, question, words)
    measure(page)
    steps.say(page, "What would you tell another company considering it?", ADVICE)
    count_people(page)
    name_roles(page)
    give_a_link(page)
    add_a_picture(page)
    steps.introduce(page)
    steps.permit(page, "words", "name", "company", "reference")
    for words in (ADVICE, "Calls per day: 60 before, 14 after", "12", "Dispatcher", "stairs.png"):
        expect(page.get_by_role("main")).to_contain_text(words)
    reference = steps.send(page, "case study")

    steps.receipt_came(portal, guest, reference)
    rows = steps.contribution(portal, guest, lambda it: it.current.value("results"))
    assert [(row["metric"], row["after"]) for row in rows] == [
        ("Calls per day", "14"),
        ("Hours on Friday", "1"),
    ]
    [file] = steps.contribution(portal, guest, lambda it: it.current.value("files"))
    assert file["alt"] == "A stairwell"


def measure(page: Page) -> None:
    """Rows are added one by one, a half one is refused, a superfluous one removed."""
    steps.heading(page, re.compile("^Which results did you measure"))
    fill(page, 1, metric="Calls per day", before="60")
    steps.press(page, "Save and continue")
    steps.refused(page, "Enter the value after in result 1")
    fill(page, 1, after="14", period="March to May", how="Counted by the phone system")
    for row in (2, 3):
        steps.press(page, "Add another row")
        expect(page.locator(f"[name=row-{row}-metric]")).to_have_value("")
        fill(page, row, metric="Hours on Friday", before="6", after="1")
    steps.press(page, "Remove result 3")
    expect(page.locator("[name=row-3-metric]")).to_have_count(0)
    expect(page.locator("[name=row-1-how]")).to_have_value("Counted by the phone system")
    steps.press(page, "Save and continue")


def count_people(page: Page) -> None:
    steps.heading(page, re.compile("^How many people at your company use it"))
    page.locator("[name=value]").fill("a dozen")
    steps.press(page, "Save and continue")
    steps.refused(page, "People who use it must be a number")
    expect(page.locator("[name=value]")).to_have_value("a dozen")
    page.locator("[name=value]").fill("12")
    steps.press(page, "Save and continue")


def name_roles(page: Page) -> None:
    """Roles, never a way to reach a third person (T30)."""
    steps.heading(page, re.compile("^Who else was involved"))
    fill(page, 1, role="Dispatcher, jo@example.com")
    steps.press(page, "Save and continue")
    steps.refused(page, "Take out the mail address or phone number of person 1")
    fill(page, 1, role="Dispatcher")
    steps.press(page, "Save and continue")


def give_a_link(page: Page) -> None:
    steps.heading(page, re.compile("^Is there anything about it on the web"))
    fill(page, 1, url="javascript:alert(1)")
    steps.press(page, "Save and continue")
    steps.refused(page, "Link 1 must be the address of a web page")
    fill(page, 1, url="https://example.com/story")
    steps.press(page, "Save and continue")


def add_a_picture(page: Page) -> None:
    steps.heading(page, re.compile("^Anything to show"))
    picture = BytesIO()
    Image.new("RGB", (400, 300), "teal").save(picture, "PNG")
    page.locator("input[type=file][name=file]").set_input_files(
        {"name": "stairs.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    steps.press(page, "Add this file")
    expect(page.get_by_role("main")).to_contain_text("stairs.png")
    steps.press(page, "Save and continue")
    steps.refused(page, "Say what “stairs.png” shows")
    page.get_by_label("What does it show?").fill("A stairwell")
    steps.press(page, "Save and continue")


def fill(page: Page, row: int, **parts: str) -> None:
    for part, text in parts.items():
        page.locator(f"[name=row-{row}-{part}]").fill(text)
