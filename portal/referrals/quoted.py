"""What a customer said, beside the form: the newest quote, for as long as its author allows it.

The page is opened by everyone, so each process draws the quote once a minute. Whether it may be
shown, and with which parts of its credit, is asked on every visit, in the one statement the page
runs anyway (``landing``): taken back, it is gone on the next one (T26).
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app, render_template
from markupsafe import Markup

from portal import clock
from portal.config import Settings, settings
from portal.db import glance
from portal.errors import there
from portal.incentives import disclosure
from portal.publishing import queries as publishing

KEPT = timedelta(seconds=60)  # within which a corrected name, or a day that is over, is seen (T26)


class Quote(NamedTuple):
    """A quote as it is drawn, and what must be true of it for that; empty when there is none."""

    asked: sa.Select  # for the page, with the quote's standing as its last column
    standing: int | None
    html: Markup
    until: datetime
    under: Settings  # the brand it was drawn with


def kept(link: sa.Select) -> Quote:
    """The quote of this minute. ``link``: the statement its standing is asked with."""
    kept = current_app.extensions
    quote = kept.get("referral quote")
    if quote is None or quote.under is not settings():
        return pick(link)
    if quote.until <= clock.now():  # one of the threads draws, and the others go on meanwhile
        kept["referral quote"] = quote._replace(until=clock.now() + KEPT)
        return pick(link)
    return quote


def pick(link: sa.Select) -> Quote:
    """Choose afresh, and draw it."""
    found = publishing.newest_quote()
    html, standing = Markup(), None
    number: sa.ColumnElement = sa.null()
    if found:
        asset_id, item = found
        number = publishing.standing(asset_id)
        standing = there(glance(sa.select(number)))[0]
        html = Markup(
            render_template(
                "referrals/_quote.html", item=item, picked=disclosure.picked(settings().brand_name)
            )
        )
    asked = link.add_columns(number)
    quote = Quote(asked, standing, html, clock.now() + KEPT, settings())
    current_app.extensions["referral quote"] = quote
    return quote
