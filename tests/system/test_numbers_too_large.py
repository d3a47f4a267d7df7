"""A number that no database can hold is no fault of ours: it names nothing, or is passed over."""

import pytest

HUGE = "9" * 30
PAGES = [
    "/staff/customers?after={}",
    "/staff/customers?before={}",
    "/staff/history?before={}",
    "/staff/leads?before={}&campaign={}&owner={}",
    "/staff/rewards?before={}",
]


def test_a_number_in_an_address_that_is_too_large_names_nothing(app, as_rosa):
    with_numbers = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and "<int:" in rule.rule and rule.rule.startswith("/staff")
    ]
    assert len(with_numbers) > 30
    for rule in with_numbers:
        for number in (HUGE, str(2**31)):
            address = "/".join(
                number if part.startswith("<int:") else "x" if part.startswith("<") else part
                for part in rule.split("/")
            )
            assert as_rosa.get(address).status_code in {404, 405}, address


@pytest.mark.parametrize("address", PAGES)
def test_a_place_in_a_list_that_is_too_large_is_passed_over(as_rosa, address):
    assert as_rosa.get(address.replace("{}", "1")).status_code == 200
    assert as_rosa.get(address.replace("{}", HUGE)).status_code == 200


def test_a_form_with_a_number_too_large_is_no_fault(as_rosa):
    answer = as_rosa.post(
        "/staff/queue/decisions/contributions",
        data={"items": [f"{HUGE}:1", "1:", ":", "1"], "decision": "x"},
    )
    assert answer.status_code < 500
