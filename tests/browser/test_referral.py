"""Recommending us on a phone: from the mail to a link of one’s own, and what its page says."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from portal.db import db
from portal.referrals.models import Referral
from tests.browser import steps

SHARE = "We plan our shifts with it since spring, and would not go back."

pytestmark = pytest.mark.browser


def test_a_recommendation_from_the_mail_to_the_link(visitor, portal):
    guest = steps.invite(portal, "referral")
    page = visitor()
    steps.come_in(page, guest.link)
    steps.press(page, "Recommend us")
    steps.heading(page, "Recommend Acme")
    expect(page.locator("main input:checked")).to_have_count(0)
    expect(page.locator("main input[type=email], main input[type=tel]")).to_have_count(0)  # T30
    steps.press(page, "Get my link")
    steps.refused(page, "Choose")
    steps.choose(page, "choice", "accepted")
    steps.press(page, "Get my link")
    steps.refused(page, "employer")
    page.locator("[name=employer_allows]").check()
    page.locator("[name=share_text]").fill(SHARE)
    steps.press(page, "Get my link")

    steps.heading(page, "Your link to pass on")
    expect(page).to_have_url(re.compile(r"/me/referrals/\d+$"))
    link = page.locator("input[readonly][value*='/r/']").first.input_value()
    message = page.get_by_label("Text to copy").input_value()
    assert SHARE in message
    assert link in message
    assert "a €25 gift card" in message  # what they may get travels with the words
    expect(page.get_by_alt_text(re.compile("QR code"))).to_be_visible()

    passer_by = visitor()
    passer_by.goto(link)
    expect(passer_by.get_by_role("main")).to_contain_text("may receive a €25 gift card")
    expect(passer_by.get_by_role("main")).not_to_contain_text("Ada")  # nobody said it may
    assert passer_by.context.cookies() == []
    mine = sa.select(Referral).filter_by(advocate_id=guest.id)
    assert portal.act(lambda: db.session.scalars(mine).one().choice.value) == "accepted"
