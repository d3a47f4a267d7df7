"""What is past its time goes, what is not stays, and the document says the same (T36)."""

from datetime import timedelta

import pytest

from portal import clock
from portal.advocates.models import CustomerImport
from portal.campaigns.models import Ask, Campaign, Invitation, InvitationState
from portal.config import ROOT
from portal.db import db
from portal.links.models import Kind, Link
from portal.outbox.models import MailClass, Message, State
from portal.privacy import retention
from portal.referrals import actions as referrals
from portal.referrals.models import Lead, Referral, ReferralLink, Stage, StageMove
from portal.sessions.models import Session, Who
from portal.staff.models import Staff


@pytest.fixture
def purge(app):
    """What the nightly job does; how many of each kind went."""

    def purge() -> dict[str, int]:
        with app.app_context():
            found = {}
            for name, count in retention.purge():
                db.session.commit()
                found[name] = count
            return found

    return purge


def days(name: str) -> int:
    return next(one.days for one in retention.CLASSES if one.name == name)


@pytest.fixture
def leads(act, life, rosa) -> None:
    """One lead that waits, with a note by staff, and one that was won."""

    def come():
        link = db.session.query(ReferralLink).first()
        for name, end in (("Sina Okoro", Stage.CONTACTED), ("Won Wang", Stage.WON)):
            lead = referrals.receive(
                link, name=name, email=f"{name[:4].lower()}@kestrel.example", company="Kestrel",
                message="Call me", wants_marketing=False, tells_referrer=True,
            )  # fmt: skip
            db.session.flush()
            staff = db.session.get(Staff, rosa)
            referrals.move(lead, end, seen=lead.version, by=staff, note=f"Spoke to {name}")

    act(come)


def test_T36_a_lead_that_became_no_customer_is_emptied_after_90_days(leads, purge, saved, wait):
    wait(days=days("Leads that became no customer") - 1)
    assert purge()["Leads that became no customer"] == 0
    wait(days=days("Leads that became no customer") + 1)
    assert purge()["Leads that became no customer"] == 1
    first, won = saved(Lead)
    assert (first.name, first.email, first.email_key, first.company, first.message) == (
        "", "", None, "", "",
    )  # fmt: skip
    assert (first.stage, won.name) == (Stage.CONTACTED, "Won Wang")
    assert [move.note for move in saved(StageMove)] == ["", "", "", "Spoke to Won Wang"]
    assert purge()["Leads that became no customer"] == 0


def test_the_staff_page_of_an_emptied_lead_opens(leads, purge, wait, browser_of, rosa):
    wait(days=100)
    purge()
    assert "details are deleted" in browser_of(staff=rosa).get("/staff/leads/1").text


def test_T36_an_invitation_nobody_took_up_goes_180_days_after_its_deadline(
    act, invitation, charlie, campaign, save, purge, saved, wait, browser_of, rosa
):
    taken = save(
        Invitation(campaign_id=campaign, advocate_id=charlie, state=InvitationState.ACCEPTED)
    )
    save(Ask(campaign_id=campaign, advocate_id=saved(Invitation)[0].advocate_id))
    wait(days=30 + 179)
    assert purge()["Invitations nobody took up"] == 0
    wait(days=30 + 182)
    assert purge()["Invitations nobody took up"] == 1
    assert [one.id for one in saved(Invitation)] == [taken]
    assert saved(Ask) == []
    assert saved(Campaign)[0].let_go == 1
    page = browser_of(staff=rosa).get(f"/staff/campaigns/{campaign}").text
    assert "1 more invited person never answered" in page


def test_T36_mails_are_emptied_90_days_after_they_left(save, purge, saved, wait):
    def mail(**more) -> Message:
        return Message(
            mail_class=MailClass.SERVICE, recipient="ada@analytical.example", template="approved",
            context={"note": "Dear Ada"}, links={"url": ["receipt", "receipt:1", None]},
            about="advocate:1", **more,
        )  # fmt: skip

    save(
        mail(state=State.SENT, sent_at=clock.now()),
        mail(state=State.FAILED),
        mail(state=State.QUEUED),
    )
    wait(days=89)
    assert purge()["Mails"] == 0
    wait(days=91)
    assert purge()["Mails"] == 2
    sent, failed, waiting = saved(Message)
    assert (sent.context, sent.links, sent.recipient) == ({}, {}, "ada@analytical.example")
    assert (failed.state, failed.context) == (State.STOPPED, {})
    assert waiting.context


def test_T36_sessions_and_links_go_30_days_after_their_end(save, purge, saved, wait):
    now = clock.now()
    save(
        Session(token_hash="a", who=Who.ADVOCATE, person_id=1, expires_at=now),
        Session(token_hash="b", who=Who.ADVOCATE, person_id=1, expires_at=now + timedelta(days=60)),
        Link(token_hash="a", kind=Kind.STOP, about="advocate:1", expires_at=now),
        Link(token_hash="b", kind=Kind.STOP, about="advocate:1", expires_at=now + timedelta(60)),
    )
    wait(days=29)
    assert (purge()["Visits (sessions)"], purge()["Links in mails"]) == (0, 0)
    wait(days=31)
    found = purge()
    assert (found["Visits (sessions)"], found["Links in mails"]) == (1, 1)
    assert [one.token_hash for one in [*saved(Session), *saved(Link)]] == ["b", "b"]


def test_T36_what_an_import_refused_goes_after_30_days(save, rosa, purge, saved, wait):
    save(
        CustomerImport(
            filename="x.csv", content=b"", refused=["Line 2: ada@…"], staff_id=rosa,
            counts={"create": 1}, applied_at=clock.now(),
        ),
    )  # fmt: skip
    wait(days=29)
    assert purge()["Imported files"] == 0
    wait(days=31)
    assert purge()["Imported files"] == 1
    [file] = saved(CustomerImport)
    assert (file.refused, file.counts) == ([], {"create": 1})


def test_the_command_says_what_it_let_go_of(app):
    result = app.test_cli_runner().invoke(args=["purge"])
    assert result.exit_code == 0
    for one in retention.CLASSES:
        assert one.name in result.output


def test_the_document_prints_the_table_the_purge_obeys():
    assert retention.in_words() in (ROOT / "docs" / "privacy.md").read_text()


def test_a_referral_is_never_let_go_of_by_age(leads, purge, wait, saved):
    wait(days=2000)
    purge()
    assert len(saved(Referral)) == 1
