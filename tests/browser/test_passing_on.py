"""The buttons that copy a link and share it: where the browser lets them, where it does not, where
it cannot, and where it runs no script."""

import pytest
from playwright.sync_api import expect

from tests.browser import steps

REWARD = "a €25 gift card"
SELECTED = "Selected: press Ctrl or ⌘ and C to copy"

# A browser that has a share sheet: it keeps what it is given, and answers as told.
SHARES = """(() => {
  window.given = [];
  Navigator.prototype.share = data => { window.given.push(data); return %s; };
})()"""
THEY_DID = "Promise.resolve()"
THEY_CHANGED_THEIR_MIND = "Promise.reject(new DOMException('', 'AbortError'))"
CANNOT_COPY = "delete Navigator.prototype.clipboard"

pytestmark = pytest.mark.browser


@pytest.fixture
def passing_on(device, portal):
    """The page of someone who recommends us: ``passing_on(allowed=[…], script="…")``."""

    def passing_on(allowed=("clipboard-read", "clipboard-write"), script="", scripted=True):
        context = device(java_script_enabled=scripted)
        context.grant_permissions(list(allowed), origin=portal.url)  # and refuses all others
        page, faults = context.new_page(), []
        page.on("pageerror", lambda error: faults.append(error))
        page.faults = faults
        if script:
            page.add_init_script(script)
        guest = steps.invite(portal, "referral")
        steps.come_in(page, guest.link)
        steps.press(page, "Recommend us")
        steps.choose(page, "choice", "accepted")
        page.locator("[name=employer_allows]").check()
        steps.press(page, "Get my link")
        steps.heading(page, "Your link to pass on")
        return page

    return passing_on


def copied(page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def selected(page) -> str:
    """What Ctrl C would take now."""
    return page.evaluate(
        "(it => it.value.slice(it.selectionStart, it.selectionEnd))(document.activeElement)"
    )


def link_box(page):
    return page.locator("[data-copy]", has=page.get_by_label("Your link", exact=True))


def message_box(page):
    return page.locator("[data-copy]", has=page.get_by_label("Text to copy")).first


def share(page):
    return page.locator("[data-share]").first


def test_where_copying_is_allowed_the_button_copies_and_says_so(passing_on):
    page = passing_on()
    box = link_box(page)
    box.get_by_role("button").click()
    expect(box.get_by_role("status")).to_have_text("Copied")
    assert copied(page) == box.get_by_role("textbox").input_value()
    box = message_box(page)
    box.get_by_role("button").click()
    expect(box.get_by_role("status")).to_have_text("Copied")
    assert copied(page) == box.get_by_role("textbox").input_value()
    assert REWARD in copied(page)  # what they may get travels with the words (T10)
    assert page.faults == []


def test_where_copying_is_refused_the_text_is_selected_and_the_keys_are_named(passing_on):
    page = passing_on(allowed=["notifications"])
    for box in (link_box(page), message_box(page)):
        box.get_by_role("button").click()
        expect(box.get_by_role("status")).to_have_text(SELECTED)
        assert selected(page) == box.get_by_role("textbox").input_value()
    assert page.faults == []


def test_where_the_browser_cannot_copy_there_is_no_button_and_the_text_to_select(passing_on):
    page = passing_on(script=CANNOT_COPY)
    expect(link_box(page).get_by_role("textbox")).to_be_visible()
    assert page.locator("[data-copy] button:visible").count() == 0
    assert page.faults == []


def test_without_script_no_button_stands_there_that_would_do_nothing(passing_on):
    page = passing_on(scripted=False)
    expect(link_box(page).get_by_role("textbox")).to_be_visible()
    expect(message_box(page).get_by_role("textbox")).to_be_visible()
    assert page.locator("main button[type=button]:visible").count() == 0
    expect(message_box(page).get_by_role("link").first).to_be_visible()  # mail it, at least


def test_a_share_sheet_gets_the_link_and_words_that_name_the_reward(passing_on):
    page = passing_on(script=SHARES % THEY_DID)
    share(page).click()
    [given] = page.evaluate("given")
    assert given["url"] == link_box(page).get_by_role("textbox").input_value()
    assert REWARD in given["text"]  # T10
    assert page.faults == []


def test_changing_ones_mind_in_the_share_sheet_is_silent(passing_on):
    page = passing_on(script=SHARES % THEY_CHANGED_THEIR_MIND)
    address, before = page.url, page.locator("main").inner_text()
    share(page).click()
    share(page).click()  # and it is there again
    assert len(page.evaluate("given")) == 2
    assert (page.url, page.locator("main").inner_text()) == (address, before)
    assert page.faults == []


def test_where_there_is_no_share_sheet_there_is_no_button_for_it(passing_on):
    page = passing_on(script="delete Navigator.prototype.share")
    expect(link_box(page).get_by_role("button")).to_be_visible()
    assert page.locator("[data-share]").count() > 0
    expect(share(page)).to_be_hidden()
    assert page.faults == []
