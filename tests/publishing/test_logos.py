"""A logo is seen only beside its story, while its giver and the company allow it (T23, T28)."""

import hashlib
import re

import pytest
import sqlalchemy as sa

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Action
from portal.consent import actions as consent
from portal.consent.actions import Circumstances
from portal.consent.models import OrgApproval, OrgVerdict, Purpose, Scope
from portal.db import db
from portal.media import files
from portal.media.models import UploadKind
from portal.submissions.attaching import row_of
from portal.submissions.models import Submission
from tests.contributing import EVERYTHING
from tests.media.test_giving_a_photo import picture


@pytest.fixture
def logo(act, ada):
    """Ada’s logo, as the answer of her story holds it."""

    def take():
        person = db.session.get(Advocate, ada)
        data = picture(size=(400, 120), kind="PNG")
        return row_of(
            files.take(data, "l.png", UploadKind.LOGO, owner_id=ada, by=person), "Logo of AE"
        )

    return act(take)


@pytest.fixture
def company_says(act, ada):
    """What Ada’s company says to a use of its logo."""

    def company_says(verdict: OrgVerdict) -> None:
        act(lambda: db.session.add(said(db.session.get(Advocate, ada), verdict)))

    return company_says


def said(person: Advocate, verdict: OrgVerdict) -> OrgApproval:
    return OrgApproval(
        company_id=person.company_id,
        asked=[Scope.LOGO.value],
        requested_by="staff:1",
        approver="Charles",
        email="charles@analytical.example",
        verdict=verdict,
        for_logo=verdict is OrgVerdict.APPROVED,
        on_web=True,
        authority="I may decide this.",
        decided_at=clock.now(),
    )


def seen(browser, address: str) -> list[str]:
    return re.findall(r"/media/logos/[0-9a-f]{32}\.webp", browser.get(address).text)


def test_both_yeses_show_it_with_its_description(published, logo, company_says, as_stranger):
    address = published(Action.CASE_STUDY, company=False, files=[logo])
    assert seen(as_stranger, address) == []
    company_says(OrgVerdict.APPROVED)
    [url] = seen(as_stranger, address)
    assert 'alt="Logo of AE"' in as_stranger.get(address).text
    answer = as_stranger.get(url)
    assert answer.mimetype == "image/webp"
    assert hashlib.sha256(answer.data).hexdigest() == logo["sha256"]
    assert "must-revalidate" in answer.headers["Cache-Control"]


def test_T23_without_the_givers_yes_it_stays_private(published, logo, company_says, as_stranger):
    address = published(
        Action.CASE_STUDY, company=False, files=[logo], allows=EVERYTHING - {Purpose.LOGO}
    )
    company_says(OrgVerdict.APPROVED)
    assert seen(as_stranger, address) == []


def test_T26_taken_back_it_is_gone_with_the_next_request(
    published, logo, company_says, as_stranger, act, ada
):
    address = published(Action.CASE_STUDY, company=False, files=[logo])
    company_says(OrgVerdict.APPROVED)
    [url] = seen(as_stranger, address)

    def withdraw():
        submission = db.session.scalars(sa.select(Submission)).one()
        person = db.session.get(Advocate, ada)
        consent.withdraw(submission.receipt, Purpose.LOGO, by=person, circumstances=Circumstances())

    act(withdraw)
    assert seen(as_stranger, address) == []
    assert as_stranger.get(url).status_code == 404


def test_T28_a_no_of_the_company_takes_it_down(published, logo, company_says, as_stranger):
    address = published(Action.CASE_STUDY, company=False, files=[logo])
    company_says(OrgVerdict.APPROVED)
    [url] = seen(as_stranger, address)
    company_says(OrgVerdict.FORBIDDEN)
    assert seen(as_stranger, address) == []
    assert as_stranger.get(url).status_code == 404


@pytest.mark.parametrize("key", ["a" * 32, "nothing", "..%2f..%2fetc%2fpasswd"])
def test_a_made_up_address_finds_nothing(as_stranger, key):
    assert as_stranger.get(f"/media/logos/{key}.webp").status_code == 404


def test_T23_it_never_stands_beside_the_words_of_the_anonymous(
    published, logo, company_says, as_stranger, act
):
    address = published(Action.CASE_STUDY, company=False, files=[logo])
    company_says(OrgVerdict.APPROVED)
    [url] = seen(as_stranger, address)
    act(lambda: setattr(db.session.scalars(sa.select(Submission)).one(), "credit", "anonymous"))
    assert seen(as_stranger, address) == []
    assert as_stranger.get(url).status_code == 404
