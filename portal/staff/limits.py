"""How often a password may be tried, so that guessing is hopeless and nobody is locked out.

Wrong ones are counted per address, per neighbourhood of addresses, and per account. A browser the
account's owner signed in on before has a count of its own, so strangers cannot use up theirs; and
neither a passkey nor a link by mail is ever counted.
"""

import ipaddress

from flask import make_response, render_template, request

from portal.staff import devices, queries
from portal.staff.forms import SignInForm
from portal.web import limiter


def failed(response) -> bool:
    return response.status_code == 422


def too_often(_limit):
    form = SignInForm()
    return make_response(render_template("staff/too-often.html", form=form), 429)


def network(prefixes: dict[int, int]) -> str:
    """The part of the visitor's address that one household, or one provider's customer, has."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "nowhere"
    return str(ipaddress.ip_network((address, prefixes[address.version]), strict=False))


def household() -> str:
    return network({4: 32, 6: 64})


def neighbourhood() -> str:
    return network({4: 24, 6: 48})


def account() -> str:
    """Whose password is being tried, known or not; and whether their own browser tries it."""
    email = request.form.get("email", "").strip().lower()[:254]
    person = queries.known(email)
    own = person is not None and devices.knows(person.id)
    return f"staff-account:{email}:{'own' if own else 'any'}"


def tries(view):
    """Count what goes wrong here."""
    for text, key in (
        ("30 per 15 minutes", household),
        ("200 per 15 minutes", neighbourhood),
        ("10 per 15 minutes", account),
    ):
        view = limiter.limit(text, key_func=key, deduct_when=failed, on_breach=too_often)(view)
    return view
