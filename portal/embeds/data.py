"""The same words as data: JSON for programs, Atom and JSON Feed for readers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as Xml

from markupsafe import escape

from portal.config import settings
from portal.embeds.queries import Shown
from portal.publishing import plain
from portal.publishing.plain import absolute

ATOM = "http://www.w3.org/2005/Atom"
Xml.register_namespace("", ATOM)


def item(drawn: dict[str, Any]) -> dict[str, Any]:
    """One published thing. ``text`` is the whole of it, ready to be shown."""
    credit = drawn["credit"]
    found = {
        "id": drawn["slug"],
        "kind": drawn["noun"],
        "title": drawn["title"],
        "title_by": drawn["title_by"],
        "relationship": drawn["relationship_label"],
        "words": drawn["words"],
        "cut": drawn["cut"],
        "language": drawn["lang"],
        "credit": {part: credit[part] for part in ("name", "title", "company")}
        | {"text": plain.who(drawn)},
        "disclosure": drawn["disclosure"],
        "expected_results": drawn["expected_results"],
        "published_at": drawn["published_on"].isoformat(timespec="seconds"),
        "url": absolute(drawn["url"]),
        "verify_url": absolute(drawn["verify_url"]),
        "text": plain.in_text(drawn),
    }
    if "parts" in drawn:
        review = ("rating", "headline", "parts", "verified")
        found |= {part: drawn[part] for part in review}
    else:
        found["card_url"] = absolute(f"/cards/{drawn['slug']}.png")
    return found


def block(shown: Shown) -> dict[str, Any]:
    """A block: what it must say about itself, and what may be seen of it now."""
    return {
        "id": shown.slug,
        "title": shown.title,
        "picked": shown.picked,
        "notice": shown.said,
        "all_reviews_url": shown.all_reviews,
        "items": [item(one) for one in shown.items],
    }


def json_feed(shown: Shown, here: str) -> dict[str, Any]:
    """JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": shown.title,
        "description": f"{shown.said} All reviews: {shown.all_reviews}",
        "home_page_url": absolute(f"/{shown.slug}"),
        "feed_url": absolute(here),
        "authors": [{"name": settings().brand_name}],
        "items": [
            {
                "id": absolute(one["verify_url"]),
                "url": absolute(one["url"]),
                "title": title(one),
                "content_text": plain.in_text(one),
                "date_published": one["published_on"].isoformat(timespec="seconds"),
                "language": one["lang"],
            }
            for one in shown.items
        ],
    }


def atom(shown: Shown, here: str) -> bytes:
    """Atom (RFC 4287)."""
    feed = Xml.Element(f"{{{ATOM}}}feed")
    add(feed, "id", absolute(here))
    add(feed, "title", shown.title)
    add(feed, "subtitle", f"{shown.said} All reviews: {shown.all_reviews}")
    add(feed, "updated", stamp(newest(shown.items)))
    add(feed, "link", rel="self", href=absolute(here))
    add(feed, "link", rel="alternate", href=absolute(f"/{shown.slug}"))
    add(add(feed, "author"), "name", settings().brand_name)
    for one in shown.items:
        entry = add(feed, "entry")
        add(entry, "id", absolute(one["verify_url"]))
        add(entry, "title", title(one))
        add(entry, "updated", stamp(one["published_on"]))
        add(entry, "link", rel="alternate", href=absolute(one["url"]))
        add(add(entry, "author"), "name", plain.who(one))
        add(entry, "content", plain.in_text(one), type="text")
    return Xml.tostring(feed, encoding="utf-8", xml_declaration=True)


def add(parent: Xml.Element, tag: str, text: str = "", **attributes: str) -> Xml.Element:
    found = Xml.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    found.text = text or None
    return found


def title(drawn: dict[str, Any]) -> str:
    """Our own headline, said to be ours, or whose words they are; never a piece of them."""
    ours = drawn["title"] and f"{drawn['title']} (headline by {drawn['title_by']})"
    return ours or f"{drawn['noun'].capitalize()} by {plain.who(drawn)}"


def newest(items: Iterable[dict[str, Any]]) -> datetime | None:
    return max((one["published_on"] for one in items), default=None)


def stamp(moment: datetime | None) -> str:
    """RFC 3339; a feed without entries has never changed."""
    return moment.isoformat(timespec="seconds") if moment else "1970-01-01T00:00:00+00:00"


def to_paste(name: str, slug: str) -> str:
    """The code that shows a block on another site."""
    return (
        f'<iframe src="{absolute(f"/embed/{slug}")}" title="{escape(name)}" loading="lazy" '
        'width="100%" height="560"></iframe>'
    )
