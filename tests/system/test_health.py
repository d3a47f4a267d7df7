def test_a_well_portal_is_ready(as_stranger):
    assert as_stranger.get("/readyz").json == {"status": "ok", "faults": []}


def test_a_foreign_host_is_refused(as_stranger):
    assert as_stranger.get("/healthz", base_url="http://evil.example").status_code == 400
