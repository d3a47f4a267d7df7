"""The page a link opens, drawn once for all who read the same words."""

import re
from collections.abc import Callable
from functools import lru_cache

from flask import current_app, render_template

from portal.config import settings
from portal.referrals.landing import Landing
from portal.referrals.prospect_forms import ContactForm, LeadForm
from portal.referrals.stamps import stamp

# What differs from one visit to the next: gaps in the drawn page, filled in for each.
CODE, STAMP, SOURCE = GAPS = ("gap-code-7xq", "gap-stamp-7xq", "gap-source-7xq")
PARTS = re.compile(f"({'|'.join(GAPS)})")


def first(found: Landing, stamp: str, source: str) -> str:
    """The page as it opens, with an empty form."""
    draw = with_gaps if current_app.debug else kept_pages()
    filled = {CODE: found.code, STAMP: stamp, SOURCE: source}
    return "".join([filled.get(part, part) for part in draw(found._replace(link_id=0, code=CODE))])


def kept_pages() -> Callable[[Landing], list[str]]:
    """The pages this process has drawn. What they say is the key, so none can be out of date;
    the name and the address on each are in the settings, and all go when those change."""
    under, pages = current_app.extensions.get("referral pages", (None, None))
    if under is not settings():
        under, pages = settings(), lru_cache(maxsize=500)(with_gaps)
        current_app.extensions["referral pages"] = under, pages
    return pages


def with_gaps(found: Landing) -> list[str]:
    """The page in parts, cut at its gaps."""
    form = LeadForm(formdata=None, stamp=STAMP, source=SOURCE).ask(found.asked)
    return PARTS.split(page(found, form))


def closed(form: ContactForm | None = None) -> str:
    """For a link that opens nothing: why that may be, and a form to write to us without one."""
    form = form or ContactForm()  # with what was typed, if something was
    form.stamp.data = form.stamp.data or stamp()
    return render_template("referrals/closed.html", form=form)


def page(found: Landing, form: LeadForm) -> str:
    return render_template(
        "referrals/landing.html",
        form=form,
        link=found,
        url=found.url,
        sender=found.sender,
        disclosed=found.disclosed,
        promised=found.promised,
        quote=found.quote,
    )
