"""T21: search engines are told what is visible, about a product, and only when switched on."""

import json
import re

import pytest

from portal.campaigns.models import Action
from portal.config import ReviewMarkup
from portal.incentives.models import Choice


@pytest.fixture
def switched_on(app):
    """The same settings, with the switch turned."""
    before = app.extensions["goodword"]

    def switched_on(kind: str):
        changed = before.model_copy(update={"review_markup": ReviewMarkup(kind)})
        app.extensions["goodword"] = changed

    yield switched_on
    app.extensions["goodword"] = before


def told(page: str) -> dict:
    return json.loads(
        re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1]
    )


@pytest.mark.parametrize("kind", ["SoftwareApplication", "Product"])
def test_T21_what_is_marked_up_is_what_is_seen(published, as_stranger, switched_on, kind):
    published(Action.REVIEW, rating=2, headline="Slow </script><b>", choice=Choice.ACCEPTED)
    switched_on(kind)
    page = as_stranger.get("/reviews").text
    data = told(page)
    assert data["@type"] == kind
    assert data["aggregateRating"]["ratingValue"] == "2.0"
    assert data["aggregateRating"]["reviewCount"] == 1
    assert "2.0" in re.search(r'gw-tally__n">([^<]+)', page)[1]
    (review,) = data["review"]
    assert review["reviewRating"]["ratingValue"] == 2
    assert review["name"] == "Slow </script><b>"
    for part in review["reviewBody"].split("\n\n"):
        assert part in page
    assert review["author"]["name"] in page
    assert "was promised a €25 gift card" in review["disambiguatingDescription"]  # T10
    assert "Organization" not in json.dumps(data)


def test_T21_off_is_the_default_and_no_other_page_has_any(published, as_stranger, switched_on):
    published(Action.REVIEW)
    assert "ld+json" not in as_stranger.get("/reviews").text
    switched_on("Product")
    for path in ("/", "/stories", "/reviews/how"):
        assert "ld+json" not in as_stranger.get(path).text


def test_T21_no_review_no_average(as_stranger, switched_on):
    switched_on("Product")
    assert "ld+json" not in as_stranger.get("/reviews").text


def test_T21_a_data_block_needs_nothing_more_of_the_policy(published, as_stranger, switched_on):
    """It is never executed, so script-src does not apply to it; inline scripts stay forbidden."""
    published(Action.REVIEW)
    switched_on("Product")
    answer = as_stranger.get("/reviews")
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]+(src=|ld\+json))", answer.text)
