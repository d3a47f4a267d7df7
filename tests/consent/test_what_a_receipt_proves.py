"""A receipt holds what was allowed: the words as they were sent, and what is said beside them."""

import io
from html import unescape

import pytest
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
