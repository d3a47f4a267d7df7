"""What is known of how customers are doing: by hand, from a file, and what it is used for."""

import io
import re

import pytest

from portal import clock
from portal.advocates.models import Advocate, Signal
from portal.advocates.wishes import forget
from portal.campaigns import moments
from portal.campaigns.models import MomentWeights
from portal.db import db
from portal.history.actions import SYSTEM
from portal.staff.models import Role, Staff

FILE = """Email,Kind,Date,Score,Comment
ada@analytical.example,nps,2026-11-01,9,"Saves us a day, every week"
ADA@analytical.example,ticket,2026-11-02,,Cannot sign in
charlie@difference.example,NPS,2026-11-03,11,
nobody@x.example,nps,2026-11-03,5,
ada@analytical.example,mood,2026-11-03,5,
ada@analytical.example,csat,3 November,5,
"""


def bring_in(browser, text: str = FILE):
    data = {"file": (io.BytesIO(text.encode()), "signals.csv")}
    return browser.post("/staff/signals/new", data=data)


def test_a_file_of_signals_comes_in_once_and_says_what_it_refused(as_rosa, ada, charlie, saved):
    for _ in range(2):
        page = bring_in(as_rosa).text
        assert len(saved(Signal)) == 2
        for words in (
            "Line 4: enter a number from 0 to 10.",
            "Line 5: no customer here has the mail address “nobody@x.example”.",
            "Line 6: “mood” is none of nps, csat",
            "Line 7: “3 November” is not a date",
        ):
            assert words in page, words
    page = as_rosa.get(f"/staff/customers/{ada}").text
    assert "NPS answer (0 to 10): 9" in page
    assert "Saves us a day, every week" in page


def test_a_file_without_the_columns_is_refused_in_words(as_rosa, saved):
    answer = bring_in(as_rosa, "Name,Score\nAda,9\n")
    assert answer.status_code == 422
    assert "Head a column “Email” and “Kind” and “Date”" in answer.text
    assert saved(Signal) == []


def test_a_fact_is_noted_by_hand_and_a_ticket_closed(as_rosa, ada, saved):
    typed = {"kind": "ticket", "value": "", "words": "Cannot sign in", "at": "2026-11-20"}
    for _ in range(2):
        assert as_rosa.post(f"/staff/customers/{ada}/signals", data=typed).status_code == 303
    [ticket] = saved(Signal)
    assert "Has a ticket open since" in as_rosa.get("/staff/asks?action=quote").text
    assert "Has a ticket open since" not in as_rosa.get("/staff/asks?action=review").text
    as_rosa.post(f"/staff/signals/{ticket.id}/closing")
    assert "Has a ticket open since" not in as_rosa.get("/staff/asks?action=quote").text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"value": "11"}, "Enter a number from 0 to 10"),
        ({"value": "ten"}, "Enter a number, or leave it empty"),
        ({"value": ""}, "Enter a number from 0 to 10"),
        ({"at": "2999-01-01"}, "Choose a day that has come"),
        ({"at": ""}, "Enter the day"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(as_rosa, ada, saved, change, says):
    typed = {"kind": "nps", "value": "9", "words": "Kind words", "at": "2026-11-20"} | change
    answer = as_rosa.post(f"/staff/customers/{ada}/signals", data=typed)
    assert answer.status_code == 422
    assert says in answer.text
    assert "Kind words" in answer.text
    assert saved(Signal) == []


def test_a_note_needs_neither_a_number_nor_words_to_be_sent(as_rosa, ada, saved):
    answer = as_rosa.post(
        f"/staff/customers/{ada}/signals", data={"kind": "note", "at": "2026-11-20"}
    )
    assert answer.status_code in {303, 422}
    answer = as_rosa.post(
        f"/staff/customers/{ada}/signals", data={"kind": "ticket", "at": "2026-11-20"}
    )
    assert answer.status_code == 303
    assert saved(Signal)[-1].words == ""


def test_T36_what_was_noted_goes_with_the_person(as_rosa, ada, act, saved):
    bring_in(as_rosa)
    act(lambda: forget(db.session.get(Advocate, ada), by=SYSTEM))
    assert saved(Signal) == []


# ── Signs of a good moment ─────────────────────────────────────────────────────────────────


def test_T19_signs_of_a_good_moment_are_shown_and_never_for_reviews(as_rosa, ada, save):
    save(
        Signal(company_id=1, advocate_id=ada, kind="usage", value=90, at=clock.now().date(),
               key="k", by="system")
    )  # fmt: skip
    page = as_rosa.get("/staff/asks?action=quote").text
    assert "Uses us a lot: 80 of 100 or more (2). Counts 2" in " ".join(page.split())
    page = as_rosa.get("/staff/asks?action=review").text
    assert "Counts 2" not in page
    assert "asked of everyone, or by lot" in page


def test_what_a_company_does_as_a_whole_is_a_sign_for_its_people(as_rosa, ada, save):
    save(
        Signal(company_id=1, advocate_id=None, kind="renewal", at=clock.now().date(), key="k",
               by="system")
    )  # fmt: skip
    page = as_rosa.get("/staff/asks?action=quote").text
    assert "Renewed in the last 90 days (3). Counts 3" in " ".join(page.split())


def test_T19_their_own_page_says_what_each_may_be_asked_for_and_why_not_now(as_rosa, ada, save):
    save(
        Signal(company_id=1, advocate_id=ada, kind="ticket", at=clock.now().date(), key="k",
               by="system")
    )  # fmt: skip
    page = as_rosa.get(f"/staff/customers/{ada}").text
    asks = re.sub(r"<[^>]+>|\s+", " ", page.partition('id="asks"')[2].partition("</section>")[0])
    assert re.search(r"Review\s+Yes, now", asks)
    assert re.search(r"Quote\s+Not now\. Has a ticket open since", asks)


def test_the_owner_changes_the_weights_and_each_change_stays(as_rosa, browser_of, save, saved):
    typed = {"renewal": "5", "usage": "0", "praise": "3", "community": "1"}
    as_rosa.post("/staff/asks/weights", data=typed)
    as_rosa.post("/staff/asks/weights", data=typed)
    as_rosa.post("/staff/asks/weights", data=typed | {"usage": "4"})
    assert [row.weights["usage"] for row in saved(MomentWeights)] == [0, 4]
    assert as_rosa.post("/staff/asks/weights", data=typed | {"usage": "99"}).status_code == 422
    assert as_rosa.post("/staff/asks/weights", data=typed | {"usage": "lots"}).status_code == 422
    editor = browser_of(staff=save(Staff(email="e@acme.example", name="Ed", role=Role.EDITOR)))
    assert editor.post("/staff/asks/weights", data=typed).status_code == 403


def test_a_weight_that_is_none_comes_back_with_the_others_as_typed(as_rosa, saved):
    typed = {"renewal": "7", "usage": "lots", "praise": "11", "community": ""}
    answer = as_rosa.post("/staff/asks/weights", data=typed)
    assert answer.status_code == 422
    assert saved(MomentWeights) == []
    summary = answer.text.partition("data-summary")[2].partition("</ul>")[0]
    for name, value in typed.items():
        assert re.search(rf'id="{name}"[^>]*value="{value}"', answer.text), name
        wrong = name != "renewal"
        assert (f'id="{name}-error"' in answer.text) is wrong
        said = f"{moments.SIGNS[name][0]}: enter a whole number from 0 to 10"
        assert (f'href="#{name}">{said}' in summary) is wrong  # the summary names the field
