"""Codes: uploaded with a look before, sealed, given once however many ask, seen by one person."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.advocates.models import Advocate, Company
from portal.db import be_patient, db
from portal.errors import NotAllowed
from portal.history.actions import SYSTEM
from portal.incentives import actions, codes, pool
from portal.incentives.models import (
    CodeUpload,
    Issuing,
    Offer,
    Reward,
    RewardCode,
    RewardEntry,
    RewardState,
)
from portal.staff.models import Role, Staff

CODES = "Code\nAAAA-1111-XYZ1\nBBBB-2222-XYZ2\n"


def send(client, text: str, name: str = "codes.csv"):
    data = {"file": (io.BytesIO(text.encode()), name)}
    return client.post("/staff/offers/1/codes", data=data, content_type="multipart/form-data")


@pytest.fixture
def stock(as_rosa, offer):
    def stock(text: str = CODES) -> None:
        assert send(as_rosa, text).status_code == 303
        assert as_rosa.post("/staff/codes/1").status_code == 303

    return stock


# ── From the file to the pool ──────────────────────────────────────────────────────────────


def test_a_file_is_looked_through_before_anything_is_added(as_rosa, offer, saved):
    answer = send(as_rosa, CODES)
    assert answer.location == "/staff/codes/1"
    page = as_rosa.get(answer.location).text
    assert "Nothing is in the pool yet." in page
    assert "••••XYZ1" in page
    assert "AAAA-1111" not in page
    assert saved(RewardCode) == []
    for _ in range(2):  # twice adds nothing twice
        assert as_rosa.post("/staff/codes/1").status_code == 303
    assert len(saved(RewardCode)) == 2
    assert saved(Offer)[0].issuing is Issuing.CODE
    assert "The file itself is not kept." in as_rosa.get("/staff/codes/1").text
    assert ">2<" in as_rosa.get("/staff/offers/1/codes").text.replace("\n", "")


def test_every_line_that_cannot_be_used_is_named(as_rosa, stock):
    stock("Code\nOLD-CODE-0001\n")
    send(
        as_rosa,
        "Code;Value;Currency;Valid until\n"
        "NEW-CODE-0001;25,00;EUR;2999-12-31\n"
        "NEW-CODE-0001;25;;\n"
        "OLD-CODE-0001;;;\n"
        "NEW-CODE-0002;20;;\n"
        "NEW-CODE-0003;25;USD;\n"
        "NEW-CODE-0004;$25;;\n"
        "NEW-CODE-0005;25 €;EUR;31.12.2020\n"
        "NEW-CODE-0006;;;12/31/2999\n"
        ";25;EUR;\n"
        "NEW-CODE-0007;€25.00;eur;31.12.2999\n",
    )
    page = as_rosa.get("/staff/codes/2").text
    for sentence in (
        "The code ••••0001 is already on line 2",
        "The code ••••0001 is already in the pool of “Gift card 25”",
        "It is worth 20.00, and the offer promises 25.00 EUR",
        "It is in USD, and the offer is in EUR",
        "It is in $, and the offer is in EUR",
        "The code ••••0005 expired on 2020-12-31",
        "“12/31/2999” is no date such as 2027-12-31",
        "There is no code on it",
    ):
        assert sentence in page, sentence
    assert "Add 2 codes" in page


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Voucher no\nAAAA\n", "Head the column of the codes"),
        ("Code\n", "no code below it"),
        ("Code\n" + "X" * 1_000, "larger than 1 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_and_says_why(as_rosa, offer, saved, monkeypatch, text, why):
    monkeypatch.setattr(pool, "MAX_BYTES", 500)
    answer = send(as_rosa, text)
    assert answer.status_code == 422
    assert why in answer.text
    assert saved(CodeUpload) == []
    assert send(as_rosa, "", "").status_code == 422


def test_a_viewer_sees_no_pool(browser_of, save, offer):
    viewer = browser_of(staff=save(Staff(email="v@acme.example", name="V", role=Role.VIEWER)))
    assert viewer.get("/staff/offers/1/codes").status_code == 403


# ── At rest ────────────────────────────────────────────────────────────────────────────────


def test_no_code_can_be_read_out_of_the_database(app, as_rosa, stock):
    stock()
    send(as_rosa, "Code\nWAITS-3333-XYZ3\n")  # a file that waits is sealed too
    with app.app_context():
        for table in sa.inspect(db.engine).get_table_names():
            for row in db.session.execute(sa.text(f'SELECT * FROM "{table}"')):
                cells = [bytes(c) if isinstance(c, memoryview) else c for c in row]
                assert "-XYZ" not in repr(cells), table


def test_a_seal_moved_to_another_row_opens_nothing(app, act, as_ada, earn, rule, stock):
    stock()
    earn()
    rule(1, RewardState.APPROVED)
    give(app, 1)

    def swap():
        mine, other = db.session.get(RewardCode, 1), db.session.get(RewardCode, 2)
        mine.sealed = other.sealed

    act(swap)
    answer = as_ada.post("/me/rewards/1/code")
    assert answer.status_code == 409
    assert "XYZ" not in answer.text


def test_an_older_key_still_opens_what_it_sealed_and_a_lost_one_says_so(
    app, as_rosa, as_ada, earn, rule, stock, setting
):
    from pydantic import SecretStr

    stock("Code\nAAAA-1111-XYZ1\n")
    earn()
    rule(1, RewardState.APPROVED)
    give(app, 1)
    old, new = (SecretStr(f"an {age} key, long enough to be one") for age in ("older", "newer"))
    setting(data_keys=[old])
    assert as_ada.post("/me/rewards/1/code").status_code == 409  # sealed before there was one
    send(as_rosa, "Code\nAGAIN-1111-XYZ9\n")
    as_rosa.post("/staff/codes/2")
    earn("lead:2")
    rule(2, RewardState.APPROVED)
    give(app, 2)
    setting(data_keys=[old, new])
    assert "AGAIN-1111-XYZ9" in as_ada.post("/me/rewards/2/code").text
    setting(data_keys=[new])
    lost = as_ada.post("/me/rewards/2/code")
    assert lost.status_code == 409
    assert "put the earlier key back" in lost.text


# ── Each once ──────────────────────────────────────────────────────────────────────────────


def give(app, reward: int) -> bool:
    with app.app_context():
        try:
            codes.give(db.session.get(Reward, reward), by=SYSTEM)
            db.session.commit()
        except NotAllowed:
            db.session.rollback()
            return False
        return True


def test_T15_two_hundred_claims_at_once_get_each_code_once(app, act, stock, offer, saved):
    stock("Code\n" + "".join(f"CODE-NUMBER-{n:04}\n" for n in range(150)))

    def everyone():
        promise = db.session.get(Offer, offer).promise()
        for number in range(200):
            person = Advocate(
                company=Company(name=f"C{number}", name_key=f"c{number}"),
                first_name="P", last_name=str(number),
                email=f"p{number}@c.example", email_key=f"p{number}@c.example",
            )  # fmt: skip
            db.session.add(person)
            db.session.flush()
            reward = actions.accrue(
                person, reason=f"x:{number}", explanation="x", promise=promise, by=SYSTEM
            )
            actions.move(reward, RewardState.APPROVED, by=SYSTEM)

    act(everyone)
    with app.app_context():
        be_patient(db.engine)
    rewards = [reward.id for reward in saved(Reward)]
    with ThreadPoolExecutor(20) as many:  # each asked for twice, too
        answers = list(many.map(lambda reward: give(app, reward), [*rewards, *rewards[:50]]))
    given = [code for code in saved(RewardCode) if code.reward_id]
    assert len(given) == len({code.reward_id for code in given}) == 150
    issued = [e.reward_id for e in saved(RewardEntry) if e.state is RewardState.ISSUED]
    assert sorted(issued) == sorted(code.reward_id for code in given)
    assert answers.count(False) >= 50


def test_T15_the_database_itself_refuses_to_give_a_code_twice(app, act, earn, rule, stock):
    stock()
    earn("lead:1")
    earn("lead:2")
    rule(1, RewardState.APPROVED)
    give(app, 1)
    for change in ("UPDATE reward_code SET reward_id = 2 WHERE reward_id = 1",
                   "UPDATE reward_code SET reward_id = NULL, given_at = NULL WHERE reward_id = 1",
                   "DELETE FROM reward_code WHERE reward_id = 1"):  # fmt: skip
        with app.app_context(), pytest.raises(sa.exc.DatabaseError, match=r"given|append-only"):
            db.session.execute(sa.text(change))


def test_the_one_that_expires_first_goes_first_and_an_expired_one_never(
    app, earn, rule, stock, saved, wait
):
    soon = (datetime.now(UTC) + timedelta(days=3)).date()
    stock(f"Code,Expires\nKEEPS-LONG-1,\nSOON-OVER-2,{soon}\nSOON-OVER-3,{soon}\n")
    for number in (1, 2):
        earn(f"lead:{number}")
        rule(number, RewardState.APPROVED)
    give(app, 1)
    wait(days=5)
    give(app, 2)
    assert {c.id: c.reward_id for c in saved(RewardCode)} == {2: 1, 1: 2, 3: None}


# ── Who sees it ────────────────────────────────────────────────────────────────────────────


def test_staff_give_it_a_mail_leads_to_it_and_only_she_sees_it(
    app,
    as_rosa,
    as_ada,
    as_charlie,
    as_stranger,
    earn,
    rule,
    stock,
    post_mail,
    mailroom,
    saved,
    wait,
):
    stock()
    earn()
    assert as_rosa.post("/staff/rewards/1/code").status_code == 409  # nobody approved it yet
    rule(1, RewardState.APPROVED)
    assert "2 are left." in as_rosa.get("/staff/rewards/1").text
    assert as_rosa.post("/staff/rewards/1/code").status_code == 303
    wait(seconds=11)  # it could have been undone
    post_mail()
    (mail,) = mailroom.to("ada@analytical.example")
    assert "Your reward is ready" in mail["Subject"]
    assert "AAAA-1111" not in str(mail)
    way = mailroom.text(mail).split("http://localhost")[1].split()[0]
    assert as_stranger.get("/me/rewards").status_code == 303
    assert "Go to my rewards" in as_stranger.get(way).text
    assert as_stranger.get("/me/rewards").status_code == 303  # opening the mail's link is no act
    assert as_stranger.post(way).location == "/me/rewards#reward-1"
    page = as_stranger.get("/me/rewards").text
    assert "Show my code" in page
    assert "AAAA-1111" not in page
    shown = as_ada.post("/me/rewards/1/code")
    assert "AAAA-1111-XYZ1" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    assert as_ada.get("/me/rewards/1/code").status_code == 405
    assert as_charlie.post("/me/rewards/1/code").status_code == 404
    for path in ("/staff/rewards/1", "/staff/offers/1/codes", "/staff/codes/1"):
        assert "AAAA-1111" not in as_rosa.get(path).text
    assert "AAAA-1111" not in as_rosa.post("/staff/rewards/export").text


def test_a_low_stock_is_said_where_staff_look(as_rosa, earn, stock, setting):
    stock()
    assert "Few left" in as_rosa.get("/staff/offers").text
    assert "Few codes are left" in as_rosa.get("/staff/offers/1/codes").text
    assert "Few codes are left for “Gift card 25”" in as_rosa.get("/staff").text
    setting(codes_low=2)
    assert "Few codes are left" not in as_rosa.get("/staff").text
    for number in range(3):
        earn(f"lead:{number}")
    assert "2 codes are left, and 3 rewards are" in as_rosa.get("/staff/offers/1/codes").text


def test_with_none_left_staff_read_it_and_nothing_is_sent(as_rosa, earn, rule, offer, saved):
    earn()
    rule(1, RewardState.APPROVED)
    answer = as_rosa.post("/staff/rewards/1/code")
    assert answer.status_code == 409
    assert "No code is left. Upload more" in answer.text
    assert saved(Reward)[0].state is RewardState.APPROVED


def test_T36_who_is_erased_takes_the_code_with_them(app, act, ada, earn, rule, stock, saved):
    stock()
    earn()
    rule(1, RewardState.APPROVED)
    give(app, 1)
    act(lambda: actions.forget(db.session.get(Advocate, ada), by=SYSTEM))
    assert [code.sealed for code in saved(RewardCode) if code.reward_id] == [b""]


# ── What a code is worth ───────────────────────────────────────────────────────────────────

CHANGED = {
    "name": "Gift card", "kind": "gift-card", "reward": "a gift card", "charity": "",
    "terms": "One per person and action.",
}  # fmt: skip


@pytest.mark.parametrize("worth", [("50", "EUR"), ("25", "USD")])
def test_T15_while_codes_are_left_an_offer_keeps_its_worth(as_rosa, stock, saved, worth):
    stock()
    seen = {"seen": saved(Offer)[0].version}
    typed = CHANGED | seen | dict(zip(("value", "currency"), worth, strict=True))
    answer = as_rosa.post("/staff/offers/1", data=typed)
    assert answer.status_code == 409
    assert "Make a new offer instead." in answer.text
    assert saved(Offer)[0].terms_version == 1
    typed |= {"value": "25", "currency": "EUR"}  # all else may change
    assert as_rosa.post("/staff/offers/1", data=typed).status_code == 303


def test_T15_an_old_promise_gets_no_code_of_another_worth(as_rosa, earn, rule, offer, saved):
    earn()
    rule(1, RewardState.APPROVED)
    dearer = CHANGED | {"value": "50", "currency": "EUR"}
    assert as_rosa.post("/staff/offers/1", data=dearer).status_code == 303
    assert send(as_rosa, CODES).status_code == 303
    assert as_rosa.post("/staff/codes/1").status_code == 303
    answer = as_rosa.post("/staff/rewards/1/code")
    assert answer.status_code == 409
    assert "promised at 25 EUR" in answer.text
    assert "worth 50 EUR" in answer.text
    assert saved(Reward)[0].state is RewardState.APPROVED
    assert [code.reward_id for code in saved(RewardCode)] == [None, None]
