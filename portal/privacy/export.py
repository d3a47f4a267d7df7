"""Everything we hold about one person, part by part (T36)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.advocates import signals
from portal.advocates.models import Advocate
from portal.campaigns.models import Ask, Invitation
from portal.config import settings
from portal.consent import companies
from portal.consent import queries as consent
from portal.consent.receipts import as_data
from portal.db import db
from portal.events import queries as events
from portal.events.models import Speaker
from portal.handovers import queries as handovers
from portal.history.models import Entry
from portal.impact import queries as impact
from portal.incentives import gifts
from portal.incentives import queries as incentives
from portal.incentives.models import GiftException
from portal.interviews import queries as interviews
from portal.interviews.models import Interview
from portal.nominations import queries as nominations
from portal.outbox import delivery
from portal.outbox.models import Message
from portal.placements import queries as placements
from portal.placements.words import PLACES
from portal.privacy import requests
from portal.publishing import items, signoff
from portal.publishing import queries as publishing
from portal.publishing.models import Proposal
from portal.referrals import queries as referrals
from portal.referrals import words
from portal.renewals import queries as renewals
from portal.sessions.models import Session, Who
from portal.submissions import crediting
from portal.submissions import queries as submissions
from portal.submissions.models import Submission
from portal.submissions.receipted import given_for


def everything(person: Advocate) -> dict[str, Any]:
    """All of it, part by part, in words and plain values."""
    invitations = db.session.scalars(
        sa.select(Invitation).where(Invitation.advocate_id == person.id).order_by(Invitation.id)
    ).all()
    contributions = submissions.all_of(person.id)[::-1]
    recommended = referrals.of_advocate(person)[::-1]
    receipts = consent.receipts_of(person.id)[::-1]
    rewards = incentives.ever_of(person)[::-1]
    spoken = events.of(person.id)
    talks = interviews.of(person.id)
    things = [person, *invitations, *contributions, *spoken, *talks, *recommended]
    things += [*receipts, *rewards]
    things += [link for referral in recommended for link in referral.links]
    return plain(
        {
            "made_at": clock.now(),
            "held_by": settings().brand_legal_name or settings().brand_name,
            "profile": profile(person),
            "how_often_we_may_ask": {
                "not_before": person.paused_until,
                "only_for": person.asks_for,
                "by": person.asked_by,
                "days_between": person.ask_every,
                "told_what_became_of_it": person.wants_updates,
                "stopped_at": person.stopped_at,
                "restricted_at": person.restricted_at,
            },
            "how_you_are_doing": [
                {name: getattr(one, name) for name in ("kind", "value", "words", "at", "closed_at")}
                for one in signals.about(person)
            ],
            "proposed_because": [
                {"reason": one.reason, "state": one.state, "at": one.created_at}
                for one in nominations.of(person)
            ],
            "what_you_asked_us": [
                {name: getattr(one, name) for name in ("note", "asked_at", "answer", "answered_at")}
                for one in requests.of(person)
            ],
            "tags": [tag.name for tag in person.tags],
            "invitations": [invitation(one) for one in invitations],
            "asked_at": list(
                db.session.scalars(
                    sa.select(Ask.at).where(Ask.advocate_id == person.id).order_by(Ask.id)
                )
            ),
            "contributions": [contribution(one) for one in contributions],
            "offers_to_speak": [offer_to_speak(one) for one in spoken],
            "interviews": [talk(one) for one in talks],
            "permissions": [as_data(one, "/me/permissions", given_for(one)) for one in receipts],
            "recommendations": [recommendation(one) for one in recommended],
            "rewards": [reward(one) for one in rewards],
            "exceptions_to_gift_rules": [
                gift_exception(one)
                for one in gifts.exceptions_for(person)[::-1]
                if one.advocate_id  # one for all of a company may tell of others
            ],
            "mails": mails(person, things),
            "visits": visits(person),
            "history": history(things),
        }
    )


def profile(person: Advocate) -> dict[str, Any]:
    names = (
        "first_name", "last_name", "job_title", "email", "phone", "city", "country", "language",
        "time_zone",
        "customer_since", "external_id", "left_at", "created_at",
    )  # fmt: skip
    return {name: getattr(person, name) for name in names} | {
        "company": person.company.name,
        "has_photo": person.photo_id is not None,
    }


def invitation(one: Invitation) -> dict[str, Any]:
    return {
        "campaign": one.campaign.name,
        "asked_for": one.campaign.actions,
        "declined": one.declined_actions,
        "state": one.state,
        "invited_at": one.created_at,
        "opened_at": one.opened_at,
        "ask_again_at": one.snoozed_until,
        "open_until": one.campaign.deadline,
    }


def contribution(one: Submission) -> dict[str, Any]:
    asset = publishing.asset_of(one)
    return {
        "what": one.action,
        "state": one.state,
        "receipt": one.reference,
        "started_at": one.created_at,
        "sent_at": one.submitted_at,
        "decided_at": one.decided_at,
        "your_tie_to_us": one.relation,
        "how_you_are_credited": crediting.CHOICES[one.credit],
        "our_note_to_you": one.note,
        "offer": one.promise,
        "what_you_said_to_it": one.choice,
        "answers_now": submissions.answers_now(one),
        "versions": [
            {
                "number": version.number,
                "sent_at": version.created_at,
                "sha256": version.sha256,
                "answers": version.answers,
            }
            for version in one.versions
        ],
        "changes_we_proposed": [proposal(change) for change in signoff.proposals_of(one)],
        "asked_of_your_company": asked_of_company(one),
        "posted_elsewhere": elsewhere(one),
        "published": asset
        and {
            "address": settings().base_url + items.address(one.action, asset.slug),
            "since": asset.published_at,
            "headline": asset.headline,
            "excerpt": asset.excerpt,
        },
        "used_elsewhere": [
            {"where": PLACES[use.kind], "since": use.since, "ended_at": use.ended_at}
            for use in (placements.of(asset) if asset else [])
        ],
        "asked_whether_still_right": [
            {
                "asked_at": ask.asked_at,
                "about": ask.purpose,
                "answer": ask.answer,
                "your_note": ask.note,
            }
            for ask in renewals.all_of(one)
        ],
        "what_it_did": vars(impact.of_submission(one)),
    }


def elsewhere(one: Submission) -> dict[str, Any] | None:
    said = handovers.of(one)
    if said is None:
        return None
    return {
        "platform": said.platform,
        "what_you_said": said.said,
        "address": said.url,
        "at": said.said_at,
    }


def offer_to_speak(one: Speaker) -> dict[str, Any]:
    return {
        "event": one.event.title if one.event else "",
        "starts_at": one.event and one.event.starts_at,
        "topic": one.topic,
        "days_that_suit": one.dates,
        "state": one.state,
        "offered_at": one.created_at,
        "confirmed_at": one.confirmed_at,
    }


def talk(one: Interview) -> dict[str, Any]:
    names = (
        "state", "medium", "phone", "topics", "slots", "time_zone", "starts_at", "place", "note",
        "reminder", "asked_at", "held_at",
    )  # fmt: skip
    return {name: getattr(one, name) for name in names}


def proposal(one: Proposal) -> dict[str, Any]:
    return {
        "at": one.at,
        "why": one.note,
        "answers": one.answers,
        "piece": one.excerpt,
        "headline": one.headline,
        "your_decision": one.decision,
        "decided_at": one.decided_at,
        "your_note": one.answer,
    }


def asked_of_company(one: Submission) -> list[dict[str, Any]]:
    """That it was asked and what it said; who answered for it is theirs."""
    return [
        {
            "asked_for": asked.asked,
            "asked_at": asked.requested_at,
            "answer": companies.standing(asked),
            "answered_at": asked.decided_at,
        }
        for asked in (companies.approvals_about(one.receipt) if one.receipt else [])
    ]


def recommendation(one) -> dict[str, Any]:
    """Of those who came through it only how far they are, unless they ticked more (T33)."""
    return {
        "campaign": one.invitation.campaign.name,
        "joined_at": one.created_at,
        "your_text": one.share_text,
        "offer": one.promise,
        "what_you_said_to_it": one.choice,
        "links": [
            {
                "address": referrals.address(link),
                "your_note": link.label,
                "made_at": link.created_at,
                "people": [
                    {
                        "name": lead.name if lead.tells_referrer else "",
                        "came_at": lead.created_at,
                        "step": words.coarse(lead.stage).title,
                    }
                    for lead in link.leads
                ],
            }
            for link in one.links
        ],
    }


def reward(one) -> dict[str, Any]:
    return {
        "for": one.explanation,
        "reward": one.promise.get("reward", ""),
        "donated": one.donated,
        "state": one.state.word,
        "ledger": [
            {"state": line.state.word, "at": line.at, "note": line.note} for line in one.entries
        ],
    }


def gift_exception(one: GiftException) -> dict[str, Any]:
    return {
        "reason": one.reason,
        "asked_at": one.asked_at,
        "allowed": one.allowed,
        "decided_at": one.decided_at,
        "ended_at": one.ended_at,
    }


def mails(person: Advocate, things: Iterable) -> list[dict[str, Any]]:
    """Subjects and dates; the words are let go after a while, and then so is the subject."""
    names = [thing.subject for thing in things]
    sent = sa.select(Message).where(
        sa.or_(Message.went_to(person.email), Message.about.in_(names)),
        sa.or_(Message.went_to(person.email), Message.recipient == ""),
    )
    return [
        {
            "subject": delivery.subject(message),
            "kind": message.mail_class,
            "to": message.recipient,
            "state": message.state,
            "promised_at": message.created_at,
            "sent_at": message.sent_at,
        }
        for message in db.session.scalars(sent.order_by(Message.id))
    ]


def visits(person: Advocate) -> list[dict[str, Any]]:
    found = sa.select(Session).where(Session.who == Who.ADVOCATE, Session.person_id == person.id)
    return [
        {"began_at": one.created_at, "ended_at": one.ended_at, "browser": one.user_agent}
        for one in db.session.scalars(found.order_by(Session.id))
    ]


def history(things: Iterable) -> list[dict[str, Any]]:
    names = [thing.subject for thing in things]
    found = db.session.scalars(sa.select(Entry).where(Entry.about.in_(names)).order_by(Entry.id))
    return [
        {
            "at": entry.at,
            "what": entry.about,
            "happened": entry.verb,
            "by": entry.by.partition(":")[0],
            "note": entry.note,
        }
        for entry in found
    ]


def plain(value: Any) -> Any:
    """The same in what JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, datetime | date) else value
