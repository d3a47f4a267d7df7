"""Writing a review on a phone, from the mail to the confirmation."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps

WORKED = "We used to copy orders between three sheets. Now the warehouse sees them at once."
LACKING = "Reports can only be exported one at a time."

pytestmark = pytest.mark.browser


def test_a_review_from_the_mail_to_the_confirmation(visitor, portal):
    guest = steps.invite(portal, "review")
    page = visitor()
    steps.come_in(page, guest.link)
    steps.press(page, "Write a review")
    steps.decide_on_offer(page, "donated")

    steps.heading(page, "How would you rate us overall?")
    expect(page.get_by_role("radio")).to_have_count(5)  # real ones, and none is chosen for them
    expect(page.locator("main input:checked")).to_have_count(0)
    steps.press(page, "Save and continue")
    steps.refused(page, "Choose how many stars you give")
    page.get_by_label("2 stars, Fair").check()
    steps.press(page, "Save and continue")
    steps.say(page, "How would you sum it up in one line?", "Good, with gaps")
    steps.say(page, "What worked well for you?", WORKED)
    steps.say(page, re.compile("^What did not work"), LACKING)
    steps.introduce(page, relation="partner")
    steps.permit(page, "words", "company")

    card = page.locator(".gw-appearance")
    for words in ("Good, with gaps", WORKED, LACKING):  # both sides, or none
        expect(card).to_contain_text(words)
    reference = steps.send(page, "review")

    expect(page.get_by_role("main")).to_contain_text("for Médecins Sans Frontières is noted")
    steps.receipt_came(portal, guest, reference)
    rating = steps.contribution(portal, guest, lambda it: it.current.rating)
    relation = steps.contribution(portal, guest, lambda it: it.relation.value)
    assert (rating, relation) == (2, "partner")
