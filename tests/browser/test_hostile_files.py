"""Files that want something: each is refused in words, beside what was typed, on a phone."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.test_case_study import ADVICE, STORY
from tests.media.test_giving_a_photo import bomb, picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ACCEPTED = "Choose a JPEG, PNG, WEBP or GIF picture, or a PDF"
HOSTILE = (
    ("bomb.png", bomb(20_000, 20_000), "more than 40 million pixels"),
    ("both.gif", b"GIF89a\x01\x00\x01\x00<script>alert(1)</script>", "picture"),
    ("cut.jpg", picture()[:-400], "damaged or incomplete"),
    ("logo.svg", SVG, ACCEPTED),
    ("page.pdf", b"<!doctype html><script>alert(1)</script>%PDF-1.7 %%EOF", ACCEPTED),
)
ALT = "Calls per day, falling"

pytestmark = pytest.mark.browser


def test_hostile_files_are_refused_in_words_and_what_was_typed_stays(visitor, portal):
    guest = steps.invite(portal, "case-study", reward=False)
    page = visitor()
    to_the_files(page, guest)
    add(page, "chart.jpg", with_a_place())
    described = page.get_by_label("What does it show?")
    described.fill(ALT)
    for name, data, why in HOSTILE:
        add(page, name, data)
        steps.refused(page, why)
        expect(described).to_have_value(ALT)
        expect(page.locator(".gw-piece")).to_have_count(1)
    kept = page.request.get(page.locator(".gw-piece img").get_attribute("src")).body()
    assert not dict(Image.open(BytesIO(kept)).getexif())
    assert b"SecretCamera" not in kept
    steps.press(page, "Save and continue")
    steps.heading(page, "About you")


def to_the_files(page: Page, guest) -> None:
    steps.come_in(page, guest.link)
    steps.press(page, "Tell your story")
    answers = {number: words for number, (_, words) in enumerate(STORY, 1)} | {6: ADVICE}
    for number in range(1, 10):
        expect(page.get_by_text(f"Question {number} of 10")).to_be_visible()
        if number in answers:
            page.locator("[name=value]").fill(answers[number])
        steps.press(page, "Save and continue")
    expect(page.locator("input[type=file][name=file]")).to_be_visible()


def add(page: Page, name: str, data: bytes) -> None:
    file = {"name": name, "mimeType": "image/png", "buffer": data}
    page.locator("input[type=file][name=file]").set_input_files(file)
    steps.press(page, "Add this file")


def with_a_place() -> bytes:
    """A photo in which the camera wrote where it was."""
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)  # GPS latitude
    return picture(exif=exif)
