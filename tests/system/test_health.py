import pytest


def test_a_well_portal_is_ready(as_stranger):
    assert as_stranger.get("/readyz").json == {"status": "ok", "faults": []}


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost:99999", "localhost@evil.example"]
)
def test_a_foreign_host_is_refused_also_after_one_of_ours(as_stranger, host):
    def asked(host: str) -> int:
        return as_stranger.get("/healthz", headers={"Host": host}).status_code

    assert [asked("localhost"), asked(host), asked("localhost:80"), asked(host)] == [
        200, 400, 200, 400,
    ]  # fmt: skip
