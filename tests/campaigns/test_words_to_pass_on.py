"""Staff suggest what a message begins with; the link and the reward in it are never theirs."""

import re
from urllib.parse import unquote

import pytest

from portal.campaigns.models import Campaign
from portal.demo import people
from portal.history.models import Entry
from portal.referrals.models import Referral
from portal.staff.models import Role, Staff

WORDS = "We plan our rounds with Acme. Ask me how we use it."
SAID = "I may receive a €25 gift card from Acme if it turns out that we can help you."


@pytest.fixture
def suggest(as_rosa, campaign, saved):
    def suggest(words: str, seen: int | None = None):
        form = {"words": words, "seen": seen or saved(Campaign)[0].version}
        return as_rosa.post(f"/staff/campaigns/{campaign}/message", data=form)

    return suggest


@pytest.fixture
def hub(as_ada, invitation, saved):
    """Ada joins with no words of her own, and comes back to her page."""
    chosen = {"choice": "accepted", "employer_allows": "y", "share_text": ""}
    as_ada.post(f"/me/invitations/{invitation}/referral", data=chosen)
    return f"/me/referrals/{saved(Referral)[0].id}"


def messages(page: str) -> list[str]:
    """Each text to pass on: to copy, for the share sheet, in the links that open elsewhere."""
    texts = re.findall(r"<textarea[^>]* readonly>(.*?)</textarea>", page, re.DOTALL)
    links = re.findall(r'href="((?:mailto:\?|sms|https://(?:wa|teams))[^"]+)"', page)
    return texts + re.findall(r'data-text="([^"]+)"', page) + [unquote(link) for link in links]


def test_a_message_begins_with_the_suggested_words_until_she_writes_her_own(
    suggest, hub, as_ada, saved
):
    assert suggest(WORDS).status_code == 303
    page = as_ada.get(hub).text
    assert "Acme suggests the first words" in page
    assert all(WORDS in text for text in messages(page))
    as_ada.post(f"{hub}/text", data={"share_text": WORDS})  # sent back as it was: still not hers
    assert saved(Referral)[0].share_text == ""
    as_ada.post(f"{hub}/text", data={"share_text": "Ask me about month-end."})
    page = as_ada.get(hub).text
    assert WORDS not in page
    assert "Acme suggests" not in page
    assert messages(page)[0].startswith("Ask me about month-end.")


def test_T10_whatever_is_suggested_link_and_disclosure_stay_in_every_text(suggest, hub, as_ada):
    suggest("I get nothing for this, and there is no reward.")
    texts = messages(as_ada.get(hub).text)
    assert len(texts) == 6
    assert all(SAID in text for text in texts)
    assert all("/r/" in text for text in [texts[0], *texts[2:]])  # a share sheet adds it itself


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Give it a glowing review!", "Take out “glowing review”"),
        ("See https://acme.example/offer", "Leave out addresses"),
        ("See acme.example/offer", "Leave out addresses"),
        ("Write to sales@acme.example", "as “sales@acme.example” is read"),
        ("See rival.com", "Leave out addresses, as “rival.com” is read"),
        ("Look: rival.com?ref=12", "Leave out addresses"),
        ("See Rival.Com.", "Leave out addresses"),
        ("See rival.it, it helps", "Leave out addresses"),
        ("See RIVAL.COFFEE", "Leave out addresses"),
        ("See x.com", "Leave out addresses"),
        ("I am {first_name}.", "Leave out {first_name}"),
        ("x" * 501, "Use 500 characters or fewer"),
    ],
)
def test_T9_what_cannot_be_suggested_is_refused_by_name_and_stays_typed(suggest, saved, words, why):
    answer = suggest(words)
    assert answer.status_code == 422
    assert why in answer.text
    assert words in answer.text
    assert saved(Campaign)[0].share_text == ""


@pytest.mark.parametrize(
    "words",
    [
        "It went well.We plan our rounds with it.",
        "We do this e.g.so that nobody waits. It saved us 1.5 hours, i.e. a lot!",
        "Seit Mai. Wir planen z.B. unsere Touren damit, in 2.Auflage.",
        people.SUGGESTED,
    ],
)
def test_a_full_stop_is_no_address(suggest, saved, words):
    assert suggest(words).status_code == 303
    assert saved(Campaign)[0].share_text == words


def test_each_version_is_kept_with_who_and_when(suggest, as_rosa, campaign, saved):
    for words in (WORDS, WORDS, "Ask me.", ""):  # twice the same is one
        assert suggest(words).status_code == 303
    kept = [one for one in saved(Entry) if one.verb == "words suggested"]
    assert [(one.by, one.data["words"]) for one in kept] == [
        ("staff:1", WORDS), ("staff:1", "Ask me."), ("staff:1", ""),
    ]  # fmt: skip
    page = as_rosa.get(f"/staff/campaigns/{campaign}/message").text
    assert page.index("No words were suggested") < page.index("Ask me.") < page.index(WORDS)
    assert page.count("Rosa, ") == 3


def test_of_two_who_write_at_once_the_second_is_told_and_keeps_the_words(suggest, saved):
    seen = saved(Campaign)[0].version
    suggest(WORDS)
    late = suggest("Mine.", seen)
    assert late.status_code == 409
    assert "You were faster: words suggested" in late.text
    assert "Mine." in late.text
    assert saved(Campaign)[0].share_text == WORDS
    assert f'value="{saved(Campaign)[0].version}"' in late.text


def test_the_campaign_shows_them_and_viewers_only_read(
    suggest, campaign, as_rosa, save, browser_of, draft, as_ada, invitation
):
    suggest(WORDS)
    assert WORDS in as_rosa.get(f"/staff/campaigns/{campaign}").text
    assert f"/staff/campaigns/{draft}/message" in as_rosa.get(f"/staff/campaigns/{draft}").text
    assert WORDS in as_ada.get(f"/me/invitations/{invitation}/referral").text
    viewer = browser_of(staff=save(Staff(email="v@v.example", name="Vic", role=Role.VIEWER)))
    page = viewer.get(f"/staff/campaigns/{campaign}/message").text
    assert WORDS in page
    assert "<textarea" not in page
    assert viewer.post(f"/staff/campaigns/{campaign}/message").status_code == 403


def test_a_campaign_that_asks_for_no_recommendation_suggests_none(act, suggest, campaign, saved):
    from portal.db import db

    act(lambda: setattr(db.session.get(Campaign, campaign), "actions", ["quote"]))
    answer = suggest(WORDS)
    assert answer.status_code == 409
    assert saved(Campaign)[0].share_text == ""
