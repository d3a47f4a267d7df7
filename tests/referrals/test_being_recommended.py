"""A prospect opens the link: told who may be rewarded, asked little, tracked not at all."""

import re

import pytest
import sqlalchemy as sa

from portal import create_app
from portal.addresses import folded
from portal.consent.companies import free_mail
from portal.db import Model, be_patient, db
from portal.outbox.models import Message
from portal.referrals import signals, traces
from portal.referrals.models import Lead, ReferralLink
from tests.conftest import settings
from tests.crowd import at_once
from tests.referrals.conftest import SINA, SPELLINGS


def stamp_of(page: str) -> str:
    return re.search(r'name="stamp"[^>]* value="([^"]+)"', page)[1]


@pytest.fixture
def send(as_stranger, code, wait):
    """Fill the form in like a person: open it, take a moment, send."""

    def send(**given):
        stamp = stamp_of(as_stranger.get(f"/r/{code}").text)
        wait(seconds=5)
        return as_stranger.post(f"/r/{code}/leads", data=SINA | {"stamp": stamp} | given)

    return send


def rows(app) -> dict[str, int]:
    with app.app_context():
        return {
            table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in Model.metadata.sorted_tables
        }


def test_T31_who_may_be_rewarded_stands_before_the_form(as_stranger, code):
    page = as_stranger.get(f"/r/{code}").text
    told = "The customer who sent you may receive a €25 gift card if it turns out that we can"
    assert page.index(told) < page.index("<form")


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("declined", "gets nothing for recommending us"),
        ("donated", "Médecins Sans Frontières may receive a €25 gift card on behalf of"),
    ],
)
def test_T31_the_sentence_follows_the_choice(as_stranger, joined, saved, choice, told):
    from portal.incentives.models import Choice

    joined(choice=Choice(choice))
    assert told in as_stranger.get(f"/r/{saved(ReferralLink)[0].code}").text


def test_T32_the_notice_stands_above_the_button_and_nothing_is_ticked(as_stranger, code):
    page = as_stranger.get(f"/r/{code}").text
    assert page.index("gets these details to answer you") < page.index("Send my details to Acme")
    assert "checked" not in page
    fields = set(re.findall(r'<(?:input|textarea)[^>]* name="([^"]+)"', page))
    assert fields == {
        *("name", "email", "company", "message", "website", "stamp", "source"),
        *("tells_referrer", "wants_marketing"),
    }


def test_T34_opening_it_writes_nothing_and_sets_no_cookie(app, as_stranger, code):
    before = rows(app)
    for path in (f"/r/{code}", f"/r/{code}?qr=1", f"/r/{code}.svg", f"/r/{code}/thanks"):
        for _ in range(3):
            answer = as_stranger.get(path)
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in as_stranger.get(f"/r/{code}").headers["X-Robots-Tag"]
    assert not re.findall(
        r'(?:src|href|action)="https?://(?!acme)', as_stranger.get(f"/r/{code}").text
    )
    assert rows(app) == before


def test_T34_it_works_without_cookies_while_csrf_is_on(database, mailroom, act, code):
    guarded = create_app(settings(database), TESTING=True, RATELIMIT_ENABLED=False)
    client = guarded.test_client(use_cookies=False)
    stamp = stamp_of(client.get(f"/r/{code}").text)
    foreign = {"Sec-Fetch-Site": "cross-site"}
    data = SINA | {"stamp": stamp}
    assert client.post(f"/r/{code}/leads", data=data, headers=foreign).status_code == 403
    answer = client.post(f"/r/{code}/leads", data=data, headers={"Origin": "null"})
    assert (answer.status_code, answer.location) == (303, f"/r/{code}/thanks")
    assert "Set-Cookie" not in answer.headers
    with guarded.app_context():
        db.engine.dispose()


def test_sending_stores_it_once_and_mails_the_way_to_it(send, saved, mailed_link, as_stranger):
    answer = send()
    assert answer.status_code == 303
    assert "sina" not in answer.location
    lead = saved(Lead)[0]
    assert (lead.name, lead.email, lead.hold) == (SINA["name"], SINA["email"], "")
    assert not lead.wants_marketing
    assert not lead.tells_referrer
    page = as_stranger.get(mailed_link(lead.email)).text
    assert "How long does the switch take?" in page


def test_the_same_mailbox_again_gets_the_same_answer_and_opens_nothing(
    send, saved, as_stranger, post_mail, mailroom
):
    first = send()
    again = send(name="Someone Else", email="SINA@KESTREL.example", company="Other")
    assert (again.status_code, again.location) == (first.status_code, first.location)
    assert [lead.name for lead in saved(Lead)] == [SINA["name"]]
    assert SINA["company"] not in as_stranger.get(again.location).text
    post_mail()
    assert len(mailroom.to(SINA["email"])) == 1  # nobody's mailbox is filled by pressing again


def test_T30_nobody_is_mailed_before_they_wrote_to_us(as_ada, referral, as_stranger, code, saved):
    as_ada.post(f"/me/referrals/{referral}/links", data={"label": "Sina"})
    as_stranger.get(f"/r/{code}")
    assert {message.recipient for message in saved(Message)} == {"ada@analytical.example"}


def test_wrong_answers_are_kept_and_said_in_words(send, saved):
    answer = send(name="", email="sina@", company=" ")
    assert answer.status_code == 422
    for words in ("Enter your name", "like name@example.com", "Enter the company you work for"):
        assert words in answer.text
    assert 'value="sina@"' in answer.text
    assert "Error: " in answer.text
    assert saved(Lead) == []


def test_fifty_at_once_are_one_lead(app, code, saved):
    """All fifty stand at the door before the first goes in. On PostgreSQL the unique mailbox makes
    them one; on SQLite, whose writers begin one after the other (``db.tune``), each sees the last.
    """

    def press(number: int) -> tuple:
        answer = app.test_client().post(f"/r/{code}/leads", data=SINA | {"name": f"Sina {number}"})
        return answer.status_code, answer.location

    with app.app_context():
        be_patient(db.engine)  # it is the count that is tried here, not how long a visitor waits
    assert set(at_once(50, press)) == {(303, f"/r/{code}/thanks")}
    assert len(saved(Lead)) == 1


# ── Signals hold and explain, and refuse nobody (T35) ──────────────────────────────────────


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_T35_her_own_address_in_any_spelling_is_held_and_welcomed(
    spelling, send, act, ada, saved, as_stranger
):
    from portal.advocates.models import Advocate

    def use_gmail():
        person = db.session.get(Advocate, ada)
        person.email = person.email_key = "ada.lovelace@gmail.com"

    act(use_gmail)
    answer = send(email=spelling)
    assert answer.status_code == 303
    assert "Thank you" in as_stranger.get(answer.location).text
    assert saved(Lead)[0].hold == signals.SAME_PERSON


@pytest.mark.parametrize(
    ("email", "hold"),
    [
        ("babbage@analytical.example", ""),  # only a remark, unless owners say otherwise
        ("rosa@acme.example", signals.COLLEAGUE),
        ("charlie@difference.example", signals.CUSTOMER),
        ("sina@kestrel.example", ""),
        ("someone@gmail.com", ""),
    ],
)
def test_T35_what_stands_out_is_held_with_a_reason(email, hold, send, saved, rosa, charlie):
    assert send(email=email).status_code == 303
    assert saved(Lead)[0].hold == hold


def test_T35_a_shared_free_mail_provider_says_nothing():
    class Someone:
        email = "ada@gmail.com"

    assert traces.domain_of("x@gmail.com") in free_mail()
    assert folded("x@gmail.com") != folded(Someone.email)


def test_too_fast_is_held_not_refused(as_stranger, code, saved):
    stamp = stamp_of(as_stranger.get(f"/r/{code}").text)
    assert as_stranger.post(f"/r/{code}/leads", data=SINA | {"stamp": stamp}).status_code == 303
    assert saved(Lead)[0].hold == signals.TOO_FAST


@pytest.mark.parametrize("stamp", ["", "forged", "MTIz.x"])
def test_a_missing_or_forged_stamp_is_held_too(as_stranger, code, saved, stamp):
    as_stranger.post(f"/r/{code}/leads", data=SINA | {"stamp": stamp})
    assert saved(Lead)[0].hold == signals.TOO_FAST


def test_a_program_gets_no_mail_sent_for_it(send, saved):
    assert send(website="https://spam.example").status_code == 303
    assert saved(Lead)[0].hold == signals.PROGRAM
    assert SINA["email"] not in {message.recipient for message in saved(Message)}


# ── Closed doors ───────────────────────────────────────────────────────────────────────────


def test_unknown_paused_and_closed_links_get_a_kind_page(as_ada, as_stranger, referral, code, act):
    from portal.campaigns.models import Campaign, CampaignState

    def kind(answer, status):
        assert answer.status_code == status
        assert "hello@acme.example" in answer.text
        assert "Ada" not in answer.text

    kind(as_stranger.get("/r/zzzzzzzzzzzzzz"), 404)
    as_ada.post(f"/me/referrals/{referral}/links/1/pause", data={"paused": "1"})
    kind(as_stranger.get(f"/r/{code}"), 410)
    kind(as_stranger.post(f"/r/{code}/leads", data=SINA), 410)
    as_ada.post(f"/me/referrals/{referral}/links/1/pause", data={"paused": "0"})
    assert as_stranger.get(f"/r/{code}").status_code == 200
    act(lambda: setattr(db.session.get(Campaign, 1), "state", CampaignState.CLOSED))
    kind(as_stranger.get(f"/r/{code}"), 410)


@pytest.fixture
def limited(database, code):
    app = create_app(
        settings(database), TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=True
    )
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def test_the_form_takes_ten_an_hour_from_one_address(limited, code):
    statuses = [
        limited.post(f"/r/{code}/leads", data=SINA | {"email": f"p{n}@kestrel.example"}).status_code
        for n in range(11)
    ]
    assert statuses == [303] * 10 + [429]


def test_guessing_codes_is_slowed_and_a_real_code_is_not(limited, code):
    assert {limited.get(f"/r/{code}").status_code for _ in range(70)} == {200}
    guesses = [limited.get(f"/r/guess{n}").status_code for n in range(62)]
    assert guesses[59:] == [404, 429, 429]


def test_guessing_codes_counts_a_line_of_ipv6_once(limited, code):
    def guess(n: int, line: str) -> int:
        where = {"REMOTE_ADDR": f"2001:db8:1:{line}::{n:x}"}
        return limited.get(f"/r/guess{n}", environ_base=where).status_code

    assert [guess(n, "7") for n in range(62)][59:] == [404, 429, 429]
    assert guess(99, "8") == 404  # the neighbour’s


def test_the_form_counts_a_line_of_ipv6_once(limited, code):
    def come(n: int) -> int:
        data = SINA | {"email": f"p{n}@k{n}.example"}
        where = {"REMOTE_ADDR": f"2001:db8:1:7::{n:x}"}
        return limited.post(f"/r/{code}/leads", data=data, environ_base=where).status_code

    assert [come(n) for n in range(11)][9:] == [303, 429]
