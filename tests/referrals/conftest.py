import pytest
import sqlalchemy as sa

from portal.advocates.models import Advocate
from portal.campaigns.models import Campaign, Invitation
from portal.consent.actions import Circumstances
from portal.db import db
from portal.incentives.models import Choice
from portal.referrals import actions
from portal.referrals.models import Lead, Referral, ReferralLink, Stage
from portal.staff.models import Staff

SINA = {
    "name": "Sina Okoro",
    "email": "sina@kestrel.example",
    "company": "Kestrel Freight",
    "message": "How long does the switch take?",
}

# One mailbox, as its owner may write it.
SPELLINGS = [
    "ada.lovelace@gmail.com",
    "ADA.LOVELACE@GMAIL.COM",
    "adalovelace@gmail.com",
    "a.d.a.lovelace@gmail.com",
    "ada.lovelace+work@gmail.com",
    "adalovelace+1+2@gmail.com",
    "ada.lovelace@googlemail.com",
    "Ada.Love.Lace+x@GoogleMail.com",
]


@pytest.fixture
def joined(act, invitation):
    """Let ada join; give the referral's id."""

    def joined(choice=Choice.ACCEPTED, show_name=False, share_text="") -> int:
        def join():
            found = db.session.get(Invitation, invitation)
            return actions.join(
                found,
                choice=choice,
                employer_allows=True,
                share_text=share_text,
                show_name=show_name,
                circumstances=Circumstances(),
                by=found.advocate,
            ).id

        return act(join)

    return joined


@pytest.fixture
def choice() -> Choice:
    """What ada said to the reward; a test says otherwise by naming it."""
    return Choice.ACCEPTED


@pytest.fixture
def referral(joined, choice) -> int:
    return joined(choice=choice)


@pytest.fixture
def code(referral, saved) -> str:
    """The code of ada's general link."""
    return saved(ReferralLink)[0].code


@pytest.fixture
def come(act, referral):
    """Someone comes through one of ada's links; gives the lead's id."""

    def come(label="", **details) -> int:
        def receive():
            found = db.session.get(Referral, referral)
            link = actions.add_link(found, label, by=found.advocate) if label else found.links[0]
            given = SINA | {"wants_marketing": False, "tells_referrer": False} | details
            return actions.receive(link, **given).id

        return act(receive)

    return come


@pytest.fixture
def numbered(come, act):
    """Three leads with CRM ids D-1 to D-3."""
    ids = [come(email=f"p{n}@k{n}.example", name=f"Person {n}", company=f"K{n}") for n in (1, 2, 3)]

    def number():
        for n, lead_id in enumerate(ids, 1):
            db.session.get(Lead, lead_id).crm_id = f"D-{n}"

    act(number)
    return ids


@pytest.fixture
def sent_by(act, campaign):
    """Someone comes through the link of any customer; gives the lead's id."""

    def sent_by(advocate: int, email: str, **details) -> int:
        def receive():
            person = db.session.get(Advocate, advocate)
            found = db.session.query(Referral).filter_by(advocate_id=advocate).one_or_none()
            if found is None:
                invitation = Invitation(campaign_id=campaign, advocate=person)
                db.session.add(invitation)
                db.session.flush()
                found = actions.join(
                    invitation, choice=Choice.ACCEPTED, employer_allows=True, share_text="",
                    show_name=False, circumstances=Circumstances(), by=person,
                )  # fmt: skip
            given = SINA | {"wants_marketing": False, "tells_referrer": False} | details
            return actions.receive(found.links[0], **given | {"email": email}).id

        return act(receive)

    return sent_by


@pytest.fixture
def under(act, campaign):
    """Set the campaign's terms, as if it had been sent with them."""

    def under(**terms):
        def change():
            for name, value in terms.items():
                setattr(db.session.get(Campaign, campaign), name, value)

        act(change)

    return under


@pytest.fixture
def lead(come) -> int:
    return come()


@pytest.fixture
def move(act, rosa):
    """Rosa moves a lead, always having seen how it stands."""

    def move(lead_id: int, *stages: Stage) -> None:
        for stage in stages:

            def go(stage=stage):
                found = db.session.get(Lead, lead_id)
                by = db.session.get(Staff, rosa)
                actions.move(found, stage, seen=found.version, by=by)

            act(go)

    return move


@pytest.fixture
def statements(app):
    """What the database is asked while something is done."""

    def statements(do) -> list[str]:
        seen = []

        def note(*given) -> None:
            seen.append(given[2])

        with app.app_context():
            sa.event.listen(db.engine, "before_cursor_execute", note)
            do()
            sa.event.remove(db.engine, "before_cursor_execute", note)
        return seen

    return statements


@pytest.fixture
def mailed_link(post_mail, mailroom):
    """The path in the newest mail to someone, e.g. a prospect's own page."""

    def mailed_link(address: str, path: str = "/p/") -> str:
        post_mail()
        text = mailroom.text(mailroom.to(address)[-1])
        return next(
            line.removeprefix("http://localhost")
            for line in text.splitlines()
            if line.startswith(f"http://localhost{path}")
        )

    return mailed_link
