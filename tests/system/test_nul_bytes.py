"""A NUL byte in what is sent breaks nothing: PostgreSQL takes none in a text."""

import pytest


@pytest.mark.parametrize(
    "address",
    [
        "/stories/a%00b",
        "/r/a%00b",
        "/i/a%00b",
        "/verify/a%00b.json",
        "/media/a%00b",
        "/company/%00",
    ],
)
def test_an_address_with_a_nul_byte_leads_nowhere(app, address):
    assert app.test_client().get(address).status_code == 404


def test_a_search_for_a_nul_byte_finds_what_is_beside_it(as_rosa, ada):
    assert "Lovelace" in as_rosa.get("/staff/customers?search=Love%00lace").text


def test_a_nul_byte_that_was_typed_is_left_out(as_ada):
    sent = {"kinds": "review", "ways": "phone", "phone": "+44 20\0 7946", "every": "180"}
    assert as_ada.post("/me/preferences", data=sent).status_code == 303
    assert "+44 20 7946" in as_ada.get("/me/preferences").text
