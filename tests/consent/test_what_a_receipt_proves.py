"""A receipt holds what was allowed: the words as they were sent, and what is said beside them."""

import io
from html import unescape

import pytest
from jsonschema import Draft202012Validator
from pypdf import PdfReader

from tests.consent.test_permissions import by_link, receipt  # noqa: F401
from tests.submissions.way import WORDS, Way

PROMISED = "Acme promised this customer a €25 gift card for taking part."
LATER = "Acme gave this customer a €25 gift card for taking part."
ALONE = "What you told our team alone is left out here"


def read(answer) -> str:
    if answer.mimetype == "application/pdf":
        pages = PdfReader(io.BytesIO(answer.data)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())
    return unescape(answer.text)


def links_of(answer) -> set[str]:
    pages = PdfReader(io.BytesIO(answer.data)).pages
    found = [one.get_object() for page in pages for one in page.get("/Annots", [])]
    return {one["/A"]["/URI"] for one in found if "/A" in one}


@pytest.mark.parametrize("ending", ["", ".pdf"])
def test_T27_a_receipt_holds_the_words_and_what_is_said_of_the_reward(
    as_ada,
    receipt,  # noqa: F811
    ending,
):
    text = read(as_ada.get(f"/me/receipts/{receipt}{ending}"))
    for said in (WORDS, PROMISED, LATER, ALONE):
        assert said in text
    assert "Planning repairs" not in text  # told to the team alone; the link may be passed on


@pytest.mark.parametrize("ending", ["", "/receipt.pdf"])
def test_T27_so_does_the_one_behind_the_link(as_stranger, by_link, ending):  # noqa: F811
    text = read(as_stranger.get(by_link + ending))
    assert WORDS in text
    assert PROMISED in text


def test_a_receipt_shows_the_words_it_was_given_for_line_by_line(as_ada, invitation, saved):
    one = Way(as_ada, invitation, "quote").prepare("words", choice="declined")
    one.say(2, "First line.\n\n#strong[second] $x$", seen=1)
    one.send()
    page = as_ada.get("/me/permissions").text
    reference = page.partition("/me/receipts/")[2].partition('"')[0]
    text = read(as_ada.get(f"/me/receipts/{reference}.pdf"))
    assert "First line. #strong[second] $x$" in text
    assert "Said beside your words" not in text


def test_T26_the_way_back_on_paper_opens_without_signing_in(
    as_ada,
    as_stranger,
    receipt,  # noqa: F811
    by_link,  # noqa: F811
):
    assert links_of(as_ada.get(f"/me/receipts/{receipt}.pdf")) == {"mailto:hello@acme.example"}
    [address] = links_of(as_stranger.get(f"{by_link}/receipt.pdf"))
    assert as_stranger.get(address.removeprefix("http://localhost")).status_code == 200


def test_T27_the_data_of_a_receipt_holds_the_same_words_and_disclosure(
    as_ada,
    as_stranger,
    receipt,  # noqa: F811
    by_link,  # noqa: F811
):
    data = as_ada.get(f"/me/receipts/{receipt}.json").json
    assert data["words"]["sent"] == [{"label": "Your quote", "words": WORDS}]
    assert data["words"]["is_all_that_was_sent"] is False  # the rest was for the team alone
    assert "Planning repairs" not in str(data)
    [words] = {event["words_sha256"] for one in data["permissions"] for event in one["events"]}
    assert data["words"]["sha256"] == words
    assert data["disclosure"] == {"beside_the_words": PROMISED, "once_the_reward_is_sent": LATER}
    assert data["credited"] == "full"
    behind = as_stranger.get(f"{by_link}/receipt.json").json
    assert {name: behind[name] for name in ("words", "disclosure", "credited")} == {
        name: data[name] for name in ("words", "disclosure", "credited")
    }


def test_a_receipt_from_before_it_held_words_is_still_what_the_schema_says(
    as_ada,
    receipt,  # noqa: F811
):
    data = as_ada.get(f"/me/receipts/{receipt}.json").json
    with as_ada.get(data["$schema"].removeprefix("http://localhost")) as answer:
        schema = Draft202012Validator(answer.json)
    older = {name: data[name] for name in set(data) - {"words", "disclosure", "credited"}}
    older["permissions"] = [
        {name: one[name] for name in set(one) - {"not_shown"}} for one in data["permissions"]
    ]
    schema.validate(older)
    schema.validate(data)


def test_the_number_of_a_receipt_is_never_broken_over_two_lines(as_ada, receipt):  # noqa: F811
    answer = as_ada.get(f"/me/receipts/{receipt}.pdf")
    pages = PdfReader(io.BytesIO(answer.data)).pages
    lines = [line for page in pages for line in page.extract_text().splitlines()]
    assert sum(receipt in line for line in lines) == 2  # above, and where the way back is told
    assert f'<span class="gw-nowrap">{receipt}</span>' in as_ada.get("/me/permissions").text
