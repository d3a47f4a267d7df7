"""The door a signed link opens: whose invitation it is, and how its holder comes in."""

from portal import auth
from portal.campaigns import inviting, queries
from portal.campaigns.models import Invitation, InvitationState
from portal.db import db
from portal.errors import NotFound
from portal.links import actions as links
from portal.links import codes
from portal.links.actions import LinkGone
from portal.links.models import Kind, Link


class LinkUnknown(NotFound):
    """Not a link of ours, or cut short on its way."""


def invited(token: str) -> Invitation:
    """The invitation a link opens. Raises LinkUnknown or LinkGone, each drawn on its own page."""
    invitation = queries.invitation(link_of(Kind.INVITATION, token).subject_id)
    if invitation.state is InvitationState.REVOKED:
        raise LinkGone("taken back", links.open(Kind.INVITATION, token))
    return invitation


def link_of(kind: Kind, token: str) -> Link:
    """The link behind a token of this kind; raises LinkUnknown or LinkGone."""
    try:
        return links.open(kind, token)
    except LinkGone:
        raise
    except NotFound as error:
        raise LinkUnknown(str(error)) from None


def let_in(token: str) -> Invitation:
    """A person pressed a button on the landing page: their visit begins (T37, T39)."""
    invitation = invited(token)
    links.use(link_of(Kind.INVITATION, token))
    return _admit(invitation)


def let_in_by_code(address: str, digits: str) -> Invitation | None:
    """The same on another device, with the digits in the mail. None, whatever is wrong with them:
    wrong, used up, locked, too old, or for an address we never wrote to. A try counts: commit."""
    about = codes.redeem(address, digits)
    found = about and db.session.get(Invitation, int(about.rpartition(":")[2]))
    if not found or found.state is InvitationState.REVOKED:
        return None
    return _admit(found)


def _admit(invitation: Invitation) -> Invitation:
    inviting.open(invitation)
    auth.sign_in_advocate(invitation.advocate)
    return invitation
