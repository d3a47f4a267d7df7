"""What customers do in a browser, page by page, and how they come to be invited."""

import itertools
import re
import time
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from portal import clock
from portal.advocates.models import Advocate, Company
from portal.campaigns import actions as campaigns
from portal.campaigns import inviting
from portal.campaigns.models import Invitation
from portal.consent.actions import Circumstances
from portal.consent.models import Purpose
from portal.db import db
from portal.incentives.models import Offer, OfferKind
from portal.sessions import actions as sessions
from portal.sessions.models import Who
from portal.staff.models import Role, Staff
from portal.submissions import actions as submissions
from portal.submissions.models import Action, Relationship, Submission
from tests.processes import eventually

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
_numbers = itertools.count(1)


# ── Being invited ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Guest:
    """Someone who was invited: the link in their mail, where it went, who they are to us."""

    link: str
    email: str
    id: int


def invite(portal, *actions: str, reward: bool = True) -> Guest:
    """One more customer, in a campaign of their own that asks for these actions."""
    return portal.act(lambda: _invite(next(_numbers), actions, reward))


def _invite(number: int, actions, reward: bool) -> Guest:
    rosa = db.session.scalar(sa.select(Staff)) or Staff(
        email="rosa@acme.example", name="Rosa", role=Role.OWNER, password_hash="x"
    )
    email = f"ada@analytical-{number}.example"
    company = Company(name=f"Analytical {number}", name_key=f"analytical {number}")
    ada = Advocate(
        company=company,
        first_name="Ada",
        last_name="Lovelace",
        email=email,
        email_key=email,
        country=f"Land {number}",  # nobody is picked by hand for a review (T19)
    )
    offer = Offer(
        name=f"Gift card {number}",
        kind=OfferKind.GIFT_CARD,
        reward="a €25 gift card",
        value_cents=2500,
        currency="EUR",
        charity="Médecins Sans Frontières",
        terms="One per person and action.",
    )
    db.session.add_all([rosa, ada, *[offer] * reward])
    db.session.flush()
    campaign = campaigns.draft(
        name=f"Voices {number}",
        actions=actions,
        audience={"country": ada.country},
        offer=offer if reward else None,
        referral_offer=offer if reward else None,
        rewarding_stage="qualified",
        deadline=clock.now().date() + timedelta(days=30),
        subject_line="A question, {first_name}",
        body="Dear {first_name},\n\nwould you tell others what changed?",
        why="You have been with us from the first day.",
        owner=rosa,
    )
    campaigns.send(campaign, by=rosa)
    invitation = db.session.scalars(sa.select(Invitation).filter_by(advocate_id=ada.id)).one()
    return Guest(inviting.link(invitation), email, ada.id)


def contribution(portal, guest: Guest, what):
    """Something about the one contribution of a guest: ``what(submission)``."""
    mine = sa.select(Submission).filter_by(advocate_id=guest.id)
    return portal.act(lambda: what(db.session.scalars(mine).one()))


def sent_quote(portal, guest: Guest, words: str, *purposes: str) -> int:
    """The guest has sent a quote with these words; its id."""

    def send() -> int:
        mine = sa.select(Invitation).filter_by(advocate_id=guest.id)
        invitation = db.session.scalars(mine).one()
        ada, none = invitation.advocate, Relationship.NONE
        inviting.open(invitation)
        quote = submissions.start(invitation, Action.QUOTE, by=ada)
        for prompt in quote.prompt_set.prompts:
            value = words if prompt.key == "words" else "Planning shifts"
            submissions.answer(quote, prompt, value, seen=None, by=ada)
        submissions.introduce(quote, job_title="Head of Operations", relation=none, by=ada)
        asked = [Purpose(name) for name in quote.prompt_set.purposes]
        submissions.choose(quote, {one: one.value in purposes for one in asked}, by=ada)
        submissions.submit(quote, relation=none, circumstances=Circumstances(), by=ada)
        return quote.id

    return portal.act(send)


def sign_in(portal, page: Page) -> None:
    """Someone of the team, with a session as the sign-in page gives it."""

    def begin() -> str:
        person = db.session.scalar(sa.select(Staff).filter_by(email="ines@team.example"))
        person = person or Staff(
            email="ines@team.example", name="Ines", role=Role.EDITOR, password_hash="x"
        )
        db.session.add(person)
        db.session.flush()
        return sessions.begin(Who.STAFF, person.id)

    client = portal.app.test_client()
    token = portal.act(begin)
    with client.session_transaction(base_url=portal.url) as session:
        session |= {"_user_id": token, "staff_seen": int(time.time())}
    cookie = next(iter(client._cookies.values()))
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": portal.url}])


def said(portal, guest: Guest, key: str):
    """The answer to one question as it is kept now; None when there is none."""

    def find(submission: Submission):
        return next((a.value for a in submission.answers if a.prompt.key == key), None)

    return contribution(portal, guest, find)


# ── On any page ────────────────────────────────────────────────────────────────────────────


def press(page: Page, name: str | re.Pattern, nth: int = 0) -> None:
    page.get_by_role("button", name=name).nth(nth).click()


def heading(page: Page, words: str | re.Pattern) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def refused(page: Page, words: str) -> None:
    """The summary above the form says what is wrong, and so does the field."""
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.locator("main form .gw-error").first).to_contain_text(words)


def choose(page: Page, name: str, value: str) -> None:
    """A radio button or checkbox by its name and value."""
    page.locator(f"[name={name}][value='{value}']").check()


# ── From the mail to the confirmation ──────────────────────────────────────────────────────


def come_in(page: Page, link: str) -> None:
    """Open the link in the mail; where there is a choice of things to do, go to it.

    Where only one is asked, the button that starts it stands on the page already.
    """
    page.goto(link)
    choice = page.get_by_role("button", name="See what you can do")
    if choice.count():
        choice.click()
        expect(page).to_have_url(re.compile(r"/me/invitations/\d+$"))


def decide_on_offer(page: Page, choice: str, *, allowed: bool = True) -> None:
    expect(page).to_have_url(re.compile(r"/offer$"))
    choose(page, "choice", choice)
    page.locator("[name=employer_allows]").set_checked(allowed)
    press(page, "Continue")


def say(page: Page, question: str | re.Pattern, words: str) -> None:
    """Answer a question that takes text."""
    heading(page, question)
    page.locator("[name=value]").fill(words)
    press(page, "Save and continue")


def introduce(page: Page, job_title: str = "Head of Operations", relation: str = "none") -> None:
    heading(page, "About you")
    page.locator("[name=job_title]").fill(job_title)
    choose(page, "relation", relation)
    press(page, "Save and continue")


def permit(page: Page, *purposes: str) -> None:
    """Say yes to these. Nothing is ticked beforehand (T23)."""
    heading(page, "What may we use?")
    expect(page.locator("main input:checked")).to_have_count(0)
    for purpose in purposes:
        choose(page, purpose, "yes")
    press(page, "Save and continue")


def send(page: Page, noun: str) -> str:
    """Confirm the words and send them; the reference."""
    heading(page, f"Check your answers before you send your {noun}")
    page.locator("[name=own_words]").check()
    press(page, f"Send my {noun} to Acme")
    heading(page, f"Your {noun} is with us")
    reference = page.get_by_text(re.compile(r"^GW-\w{4}-\w{4}$")).inner_text()
    expect(page.get_by_role("main")).to_contain_text("What happens next")
    return reference


def receipt_came(portal, guest: Guest, reference: str) -> str:
    """The mail with the receipt; its text."""
    return portal.mailroom.text(mail_came(portal, guest.email, reference))


def mail_came(portal, address: str, words: str):
    """The mail to this address that has these words in its subject or text."""
    room = portal.mailroom

    def find():
        mails = room.to(address)
        return next((it for it in mails if words in it["Subject"] + room.text(it)), None)

    return eventually(find, 60, f"the mail with “{words}” to {address}")


def link_in(portal, mail, path: str) -> str:
    """The address in a mail that leads to this part of the portal, e.g. ``/i/``."""
    return re.search(rf"http://\S+{path}\S+", portal.mailroom.text(mail))[0]
