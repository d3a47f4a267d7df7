"""T10: page, certificate, data, feed, block, card, preview and share text say what one function
says; another sentence there, and it is in all of them."""

import html
import json

import pytest

from portal.campaigns.models import Action
from portal.embeds import cards
from portal.incentives import disclosure
from portal.incentives.models import Choice
from portal.publishing import plain, queries

MARK = "Said by one function alone, and by no other."
OWN = ["/stories/{}", "/api/public/stories/{}"]
PICKED = ["/", "/stories", "/embed/stories", "/feeds/stories.atom", "/feeds/stories.json"]
REVIEWS = ["/reviews", "/embed/reviews", "/feeds/reviews.atom", "/feeds/reviews.json"]
PROOF = ["/verify/{}", "/verify/{}.json", "/cards/{}.png"]
WHERE = {
    Action.QUOTE: [*PICKED, "/api/public/stories", *OWN, *PROOF],
    Action.CASE_STUDY: [*PICKED, "/api/public/stories", *OWN, *PROOF],
    Action.REVIEW: [*REVIEWS, "/api/public/reviews", *PROOF],
}


@pytest.mark.parametrize("action", WHERE)
def test_T10_one_function_says_the_reward_wherever_the_words_are(
    app, published, the_asset, as_stranger, monkeypatch, action
):
    published(action, choice=Choice.ACCEPTED)
    slug = the_asset().slug
    drawn, part = [], cards.part
    monkeypatch.setattr(cards, "part", lambda *a: drawn.append(a[1]) or part(*a))
    monkeypatch.setattr(disclosure, "beside", lambda *_: MARK)
    for address in WHERE[action]:
        answer = as_stranger.get(address.format(slug))
        assert answer.status_code == 200, address
        data = answer.is_json or answer.mimetype.endswith("+json")
        text = json.dumps(answer.json) if data else html.unescape(answer.get_data().decode("latin"))
        found = "\n".join(drawn) if address.startswith("/cards") else text
        assert MARK in found, address
        assert "gift card for" not in found, address
    with app.app_context():
        item = queries.whole(slug, [action], "")[1]
        assert MARK in plain.in_text(item)
        assert plain.preview(item).startswith(MARK)
