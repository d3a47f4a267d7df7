"""A program keeps the list of customers and open opportunities: by its key, in either format."""

import hashlib

import pytest

from portal.referrals.models import KnownContact, LeadSignal

KEY = "a key only the tests know, long enough"
PATH = "/api/known-contacts"
CSV = "Email,Website\nbuyer@big.example,\n,https://www.deal.example/about\nnobody,gmail.com\n"
JSON = {"contacts": [{"email": "buyer@big.example"}, {"domain": "deal.example"}, {"email": "x"}]}


@pytest.fixture
def key(app) -> dict[str, str]:
    """The headers of a program that has the key."""
    app.extensions["goodword"] = app.extensions["goodword"].model_copy(
        update={"known_contacts_key": hashlib.sha256(KEY.encode()).hexdigest()}
    )
    return {"Authorization": f"Bearer {KEY}"}


def test_nobody_is_let_in_without_the_key(app, as_stranger, as_rosa, saved):
    for headers in ({}, {"Authorization": f"Bearer {KEY}"}, {"Authorization": "Bearer "}):
        for client in (as_stranger, as_rosa):  # no key is set: no program may
            assert client.put(PATH, json=JSON, headers=headers).status_code == 401
    app.extensions["goodword"] = app.extensions["goodword"].model_copy(
        update={"known_contacts_key": hashlib.sha256(KEY.encode()).hexdigest()}
    )
    for wrong in ("Bearer wrong", f"Basic {KEY}", KEY, f"Bearer {KEY}x"):
        refused = as_rosa.post(PATH, json=JSON, headers={"Authorization": wrong})
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        assert "Authorization" in refused.json["message"]
    assert saved(KnownContact) == []


@pytest.mark.parametrize("sent", [{"json": JSON}, {"data": CSV, "content_type": "text/csv"}])
def test_both_formats_say_the_same_and_twice_adds_nothing(as_stranger, key, sent, saved, come):
    first = as_stranger.post(PATH, headers=key, **sent).json
    assert (first["added"], first["there"], first["left_out"]) == (2, 0, 1)
    assert "no mail address and no company’s own domain" in first["why"][0]
    again = as_stranger.post(PATH, headers=key, **sent).json
    assert (again["added"], again["there"], again["on_the_list"]) == (0, 2, 2)
    come(email="sales@deal.example", company="Deal")
    assert [one.rule for one in saved(LeadSignal)] == ["known"]


def test_put_is_the_whole_list_and_post_adds_to_it(as_stranger, key, saved):
    for method, domain, count in (("post", "a", 1), ("post", "b", 2), ("put", "c", 1)):
        body = {"contacts": [{"domain": f"{domain}.example"}]}
        answer = getattr(as_stranger, method)(PATH, headers=key, json=body)
        assert answer.json["on_the_list"] == count
    assert len(saved(KnownContact)) == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"json": {"contacts": "x"}}, "Send {"),
        ({"json": {"contacts": [{"email": "x"}]}}, "no address and no domain"),
        ({"data": "{", "content_type": "application/json"}, "Send {"),
        ({"json": ["x"]}, "Send {"),
        ({"data": "Name\nx\n", "content_type": "text/csv"}, "Head a column"),
        ({"data": b"<x/>", "content_type": "text/xml"}, "Send text/csv or application/json"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words_and_the_list_stays(
    as_stranger, key, sent, said, saved
):
    as_stranger.post(PATH, headers=key, json=JSON)
    refused = as_stranger.put(PATH, headers=key, **sent)
    assert refused.status_code == 422
    assert said in refused.json["message"]
    assert len(saved(KnownContact)) == 2
