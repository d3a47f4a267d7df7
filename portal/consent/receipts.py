"""A receipt as data: the fields of ISO/IEC TS 27560, in words a person can follow too (T27)."""

from typing import Any

from portal.config import settings
from portal.consent import queries
from portal.consent.models import ConsentEvent, Receipt

NAME = "goodword-consent-receipt/1"
SCHEMA = "/static/schema/consent-receipt-1.json"  # what the fields are, for programs


def as_data(receipt: Receipt, withdraw_at: str, said: Any = None) -> dict[str, Any]:
    """Everything recorded on one receipt; ``withdraw_at`` is the path where it can be undone.
    ``said``: the words it was given for, their disclosure, and how their author is credited; None
    where it was given for no words."""
    config, person = settings(), receipt.advocate
    first = receipt.events[0] if receipt.events else None
    who = {
        "name": config.brand_legal_name or config.brand_name,
        "address": config.brand_address,
        "contact": config.brand_contact_email,
    }
    return {
        "$schema": f"{config.base_url}{SCHEMA}",
        "schema_version": NAME,
        "record_id": receipt.reference,
        "pii_principal_id": person.subject,
        "pii_controllers": [who],
        "privacy_notice": config.brand_privacy_url,
        "collection_method": "A form of this portal, one choice for each purpose, none made before",
        "language": first.language if first else "en",
        "receipt": receipt.reference,
        "schema": NAME,
        "modelled_on": "ISO/IEC TS 27560:2023",
        "issued_at": receipt.issued_at.isoformat(),
        "controller": who | {"privacy_notice": config.brand_privacy_url},
        "person": {"name": person.name, "company": receipt.under_name},
        "contribution": receipt.contribution,
        "lawful_basis": "consent",
        "permissions": [
            {
                "purpose": purpose.value,
                "standing": permission.standing,
                "in_force": permission.in_force,
                "not_shown": said.without_effect(purpose, permission.in_force) if said else "",
                "until": permission.until and permission.until.isoformat(),
                "events": [_event(event) for event in receipt.events if event.purpose is purpose],
            }
            for purpose, permission in queries.state(receipt).items()
        ],
        **_said(said),
        "withdraw": {
            "how": "Open the page, choose what to withdraw, press the button. It costs nothing.",
            "url": config.base_url + withdraw_at,
        },
    }


def _said(said: Any) -> dict[str, Any]:
    """What the page and the paper print of it as well: the words, their disclosure, the credit."""
    if said is None:
        return {"credited": None, "words": None, "disclosure": None}
    words = {
        "sent": [{"label": label, "words": words} for label, words in said.words],
        "is_all_that_was_sent": said.all_of_it,  # else the rest was told to the team alone
        "language": said.language,
        "sha256": said.sha256,  # of all that was sent
    }
    disclosure = {"beside_the_words": said.disclosure, "once_the_reward_is_sent": said.later}
    return {
        "credited": said.how.value,
        "words": words if said.words else None,
        "disclosure": disclosure if said.disclosure else None,
    }


def _event(event: ConsentEvent) -> dict[str, Any]:
    """One choice: what was said, to which wording, about which words, when and how."""
    return {
        "verdict": event.verdict.value,
        "at": event.at.isoformat(),
        "until": event.until and event.until.isoformat(),
        "wording": {
            "label": queries.as_read(event.statement.label, event.receipt),
            "detail": queries.as_read(event.statement.detail, event.receipt),
            "version": f"{event.statement.language}@{event.statement.version}",
            "sha256": event.statement.sha256,
        },
        "channels": event.channels,
        "language": event.language,
        "words_sha256": event.text_sha256,
        "browser": event.user_agent,
        "hash": event.hash,
        "previous_hash": event.previous_hash,
    }
