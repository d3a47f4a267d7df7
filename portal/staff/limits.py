"""How often a password may be tried, so that guessing is hopeless and nobody is locked out.

Wrong ones are counted per address, per neighbourhood of addresses, and per account, and so are
links asked for by mail, and passkeys that are none. A browser the account's owner signed in on
before has a count of its own, so nobody uses up theirs, not even from the same office; and opening
a link from a mail is never counted.
"""

from collections.abc import Callable

from flask import make_response, render_template, request

from portal.staff import devices, queries
from portal.staff.forms import SignInForm
from portal.web import household, limiter, network


def failed(response) -> bool:
    return response.status_code == 422


def too_often(_limit):
    form = SignInForm()
    return make_response(render_template("staff/too-often.html", form=form), 429)


def neighbourhood() -> str:
    return network({4: 24, 6: 48})


def account() -> str:
    """Whose password is being tried, or asked anew; known or not, by their own browser or not."""
    return their_own() or f"staff-account:{request.form.get('email', '').strip().lower()[:254]}"


def their_own() -> str:
    """The key of whoever tries their own account on a browser of theirs; empty for anyone else."""
    person = queries.known(request.form.get("email", "").strip().lower()[:254])
    return f"staff-own:{person.id}" if person and devices.knows(person.id) else ""


def browser() -> str:
    """The key of a browser that somebody signed in on before; empty for a new one."""
    return f"staff-browser:{'-'.join(map(str, devices.known()))}" if devices.known() else ""


def beside(own: Callable[[], str], where: Callable[[], str]) -> Callable[[], str]:
    """Count by where someone is, but a browser we know by itself: colleagues and strangers may
    share one address with it."""
    return lambda: own() or where()


def counted(*limits: tuple[str, Callable[[], str]], only_failed: bool = True) -> Callable:
    """Count what goes wrong in a view, or every press; too many get a page that says what to do."""

    def mark(view):
        for text, key in limits:
            how = limiter.limit(
                text,
                key_func=key,
                deduct_when=failed if only_failed else None,
                on_breach=too_often,
            )
            view = how(view)
        return view

    return mark


tries = counted(
    ("30 per 15 minutes", beside(their_own, household)),
    ("200 per 15 minutes", beside(their_own, neighbourhood)),
    ("10 per 15 minutes", account),
)
passkey_tries = counted(
    ("30 per 15 minutes", beside(browser, household)),
    ("200 per 15 minutes", beside(browser, neighbourhood)),
)
# The newest link in the account's mailbox stays good however many more strangers ask for.
askings = counted(
    ("10 per 15 minutes", beside(their_own, household)),
    ("60 per 15 minutes", beside(their_own, neighbourhood)),
    ("5 per 15 minutes", account),
    only_failed=False,
)
