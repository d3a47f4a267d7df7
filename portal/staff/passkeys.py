"""Passkeys (WebAuthn): what to ask the browser for, and whether its answer is true."""

import json
from dataclasses import dataclass

import sqlalchemy as sa
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal import clock
from portal.config import settings
from portal.db import db
from portal.errors import NotAllowed, NotFound
from portal.history.actions import Actor, record
from portal.staff.models import Passkey, Staff

NAMELESS = "Passkey"
REFUSED = "That passkey could not be checked. Try once more."
FAULTS = (WebAuthnException, ValueError, KeyError, TypeError)


@dataclass(frozen=True)
class Site:
    """Where a passkey is good: this host, this origin."""

    host: str
    origin: str
    name: str


def site() -> Site:
    config = settings()
    return Site(
        config.base_url.partition("://")[2].partition(":")[0], config.base_url, config.brand_name
    )


def of(person: Staff) -> list[Passkey]:
    """Their passkeys, oldest first."""
    mine = sa.select(Passkey).where(Passkey.staff_id == person.id).order_by(Passkey.id)
    return list(db.session.scalars(mine))


def to_add(person: Staff, challenge: bytes) -> str:
    """What the browser needs to make a new one, as JSON."""
    here = site()
    options = generate_registration_options(
        rp_id=here.host,
        rp_name=here.name,
        user_id=person.subject.encode(),
        user_name=person.email,
        user_display_name=person.name,
        challenge=challenge,
        exclude_credentials=[_described(one) for one in of(person)],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return options_to_json(options)


def to_prove(challenge: bytes, person: Staff | None = None) -> str:
    """What the browser needs to use one: of this person, or whichever it holds for us."""
    verification = (
        UserVerificationRequirement.PREFERRED if person else UserVerificationRequirement.REQUIRED
    )
    options = generate_authentication_options(
        rp_id=site().host,
        challenge=challenge,
        allow_credentials=[_described(one) for one in of(person)] if person else [],
        user_verification=verification,
    )
    return options_to_json(options)


def _described(one: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential))


def add(person: Staff, answer: str, challenge: bytes, *, name: str) -> Passkey:
    """Keep the public half of a key their device just made; raises NotAllowed."""
    here = site()
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=here.host,
            expected_origin=here.origin,
        )
    except FAULTS:
        raise NotAllowed(REFUSED) from None
    credential = bytes_to_base64url(made.credential_id)
    if db.session.scalar(sa.select(Passkey.id).where(Passkey.credential == credential)):
        raise NotAllowed("This passkey is already known here.")
    one = Passkey(
        staff_id=person.id,
        name=name or NAMELESS,
        credential=credential,
        public_key=made.credential_public_key,
        uses=made.sign_count,
    )
    db.session.add(one)
    record(person, "passkey added", by=person, note=one.name)
    return one


def prove(answer: str, challenge: bytes, person: Staff | None = None) -> Staff | None:
    """Whose key signed this; with ``person``, only theirs. None when nobody's of ours did.

    Without a person their device must have checked that it is them (a finger, a face, a PIN).
    """
    one = _named_in(answer)
    if one is None or (person and one.staff_id != person.id):
        return None
    here = site()
    try:
        proof = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=here.host,
            expected_origin=here.origin,
            credential_public_key=one.public_key,
            credential_current_sign_count=one.uses,
            require_user_verification=person is None,
        )
    except FAULTS:
        return None
    one.uses, one.used_at = proof.new_sign_count, clock.now()
    owner = db.session.get(Staff, one.staff_id)
    return owner if owner and owner.is_active else None


def _named_in(answer: str) -> Passkey | None:
    try:
        credential = str(json.loads(answer)["id"])
    except FAULTS:
        return None
    return db.session.scalar(sa.select(Passkey).where(Passkey.credential == credential))


def get(person: Staff, passkey_id: int) -> Passkey:
    """One of theirs; another's is as good as absent."""
    one = db.session.get(Passkey, passkey_id)
    if one is None or one.staff_id != person.id:
        raise NotFound("There is no such passkey.")
    return one


def rename(one: Passkey, name: str, *, by: Actor) -> None:
    one.name = name or NAMELESS
    record(db.session.get_one(Staff, one.staff_id), "passkey renamed", by=by, note=one.name)


def remove(one: Passkey, *, by: Actor) -> None:
    """It opens nothing any more."""
    record(db.session.get_one(Staff, one.staff_id), "passkey removed", by=by, note=one.name)
    db.session.delete(one)
