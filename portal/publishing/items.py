"""How words are drawn: exactly, credited as far as allowed, the reward always said (T3, T10)."""

from collections.abc import Collection
from typing import Any

from portal import seeds
from portal.campaigns.models import Action
from portal.config import settings
from portal.consent import companies
from portal.consent.models import Purpose
from portal.incentives import disclosure
from portal.publishing import words
from portal.publishing.models import Asset
from portal.submissions import crediting
from portal.submissions.models import Relationship, Submission, Version

TIES = {
    Relationship.EMPLOYEE: "Works for {brand}",
    Relationship.RELATIVE: "Related to someone at {brand}",
    Relationship.PARTNER: "Business partner of {brand}",
    Relationship.RESELLER: "Sells {brand}’s products",
    Relationship.INVESTOR: "Investor in {brand}",
}


def address(action: Action, slug: str) -> str:
    """Where something published is read."""
    return f"/reviews#{slug}" if action is Action.REVIEW else f"/stories/{slug}"


def verified() -> str:
    """What "verified customer" means here (T20)."""
    return (
        f"Verified customer: invited by {settings().brand_name} at the mail address of their "
        "company account, signed in by a personal link"
    )


def tie(relation: Relationship | None) -> str:
    """What stands before the words of someone who has a tie to us (T2)."""
    return TIES[relation].format(brand=settings().brand_name) if relation in TIES else ""


def item(
    submission: Submission,
    version: Version,
    may: Collection[Purpose],
    photo_url: str | None,
    *,
    asset: Asset | None = None,
    excerpt: str = "",
    entire: bool = False,
    expected_results: str = "",
    rated: bool = True,
) -> dict[str, Any]:
    """What the quote macros draw: exact words, credit as far as allowed, disclosure always."""
    text = words.whole(version)
    if submission.action is Action.CASE_STUDY and not (excerpt or entire):
        excerpt = (words.parts(version) or [{"words": ""}])[0]["words"]
    short = words.cut(excerpt, text) if excerpt else text
    url = address(submission.action, asset.slug) if asset else None
    drawn = {
        "words": short,
        "cut": short != text,
        "lang": submission.language,
        "credit": credit(submission, may, photo_url),
        "relationship_label": tie(submission.relation),
        "published_on": asset and asset.published_at,
        "url": url,
        "verify_url": f"/verify/{asset.slug}" if asset else None,
        "title": asset.headline if asset else "",
        "title_by": settings().brand_name if asset and asset.headline else None,
        "slug": asset and asset.slug,
        "noun": "story" if submission.action is Action.CASE_STUDY else submission.action.value,
    }
    drawn |= disclosure.lines(
        submission.promise,
        submission.choice,
        submission.action,
        settings().brand_name,
        submission.outcome,
        asset.expected_results if asset else expected_results,
    )
    return drawn | (review_parts(version, rated) if submission.action is Action.REVIEW else {})


def appearance(
    submission: Submission,
    answers: list[dict[str, Any]],
    may: Collection[Purpose],
    photo_url: str | None = None,
) -> dict[str, Any]:
    """How words not published yet would be drawn now, for the person who wrote them to see."""
    rating = next((a["value"] for a in answers if a["kind"] == "rating"), None)
    version = Version(answers=answers, rating=rating)
    return item(
        submission, version, both(submission, may, seeds.digest(answers)), photo_url, entire=True
    )


def both(submission: Submission, may: Collection[Purpose], sha256: str) -> set[Purpose]:
    """What a person allows, without what their company has not: its name needs its own yes, and
    beside its story, in the words with this hash, a yes to that too (T28)."""
    story = sha256 if submission.action is Action.CASE_STUDY else ""
    company = submission.advocate.company
    named = Purpose.COMPANY in may and companies.may_be_named(company, submission.receipt, story)
    return set(may) - (set() if named else {Purpose.COMPANY})


def review_parts(version: Version, rated: bool) -> dict[str, Any]:
    return {
        "rating": version.rating if rated else None,
        "headline": words.headline(version),
        "parts": words.parts(version),
        "verified": verified(),
    }


def credit(
    submission: Submission, may: Collection[Purpose], photo_url: str | None
) -> dict[str, str | None]:
    """Each part only with its own yes, and where the credit chosen shows it; ``may`` holds the
    company only with both (T28)."""
    person, how = submission.advocate, submission.credit
    may = crediting.within(may, how)
    name, title = crediting.parts(person, how) if Purpose.NAME in may else (None, None)
    shown = photo_url if Purpose.PHOTO in may else None
    company = submission.company_name if Purpose.COMPANY in may else None
    return {
        "name": name,
        "title": title,
        "company": company,
        "photo_url": shown,
        "photo_alt": photo_alt(submission, f"{name} {company}") if shown else "",
        "fallback": crediting.NOBODY,
    }


def photo_alt(submission: Submission, told: str) -> str:
    """What the photo shows, in its owner’s words; nothing where those would tell a name that the
    credit beside it does not."""
    person = submission.advocate
    alt = person.photo.alt if person.photo else ""
    company = (person.company.name, submission.company_name)
    names = (person.first_name, person.last_name, *company)
    secret = [name.casefold() for name in names if name and name.casefold() not in told.casefold()]
    return "" if any(name in alt.casefold() for name in secret) else alt
