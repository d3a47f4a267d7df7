"""What search engines are told of the reviews page: only what is visible on it (T21).

Off unless a setting says what the product is, and never on an organisation: reviews a company
collects about itself are not for its own star snippet.
"""

from collections.abc import Iterable
from typing import Any

from portal.config import settings
from portal.publishing.tallying import Tally


def of(items: Iterable[dict[str, Any]], tally: Tally) -> dict[str, Any] | None:
    """The reviews drawn on this page and the average drawn above them; None when switched off."""
    kind = settings().review_markup.value
    if not kind or not tally.count:
        return None
    return {
        "@context": "https://schema.org",
        "@type": kind,
        "name": settings().brand_name,
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": f"{tally.average:.1f}",
            "reviewCount": tally.count,
            "bestRating": 5,
            "worstRating": 1,
        },
        "review": [_review(item) for item in items],
    }


def _review(item: dict[str, Any]) -> dict[str, Any]:
    said = item["credit"]
    who = said["name"] or said["title"] or said["company"] or said["fallback"]
    beside = " ".join(
        filter(None, (item["relationship_label"], item["disclosure"], item["expected_results"]))
    )
    found = {
        "@type": "Review",
        "author": {"@type": "Person", "name": who},
        "datePublished": item["published_on"].date().isoformat(),
        "reviewRating": {"@type": "Rating", "ratingValue": item["rating"], "bestRating": 5},
        "name": item["headline"],
        "reviewBody": item["words"],
        "disambiguatingDescription": beside,  # the tie and the reward go with the words (T2, T10)
    }
    return {key: value for key, value in found.items() if value not in ("", None)}
