"""A headline is typed by staff: wherever it stands, it says so, and the certificate does too."""

import html

from portal.campaigns.models import Action

OURS = "Nine calls a day, now two"
MARK = "Headline by Acme"


def read(client, path) -> str:
    return html.unescape(client.get(path).text)


def test_a_headline_is_marked_as_the_companys_wherever_it_stands(published, as_stranger):
    address = published(title=OURS)
    for path in ("/", "/stories", address, "/embed/stories"):
        page = read(as_stranger, path)
        assert page.count(MARK) == (OURS in page), path
    page = read(as_stranger, address)
    assert f"The headline: “{OURS}”." in page.partition("Added by Acme")[2]
    assert f'<meta property="og:title" content="{OURS} (headline by Acme)">' in page
    slug = address.rpartition("/")[2]
    assert as_stranger.get(f"/api/public/stories/{slug}").json["title_by"] == "Acme"
    assert f"<title>{OURS} (headline by Acme)</title>" in read(as_stranger, "/feeds/stories.atom")


def test_a_story_marks_its_headline_as_well(published, as_stranger):
    assert MARK in read(as_stranger, published(Action.CASE_STUDY, title=OURS))


def test_the_certificate_says_what_the_company_added(published, as_stranger):
    slug = published(title=OURS).rpartition("/")[2]
    facts = as_stranger.get(f"/verify/{slug}.json").json
    assert facts["added_by_publisher"] == {"headline": OURS, "expected_results": None}
    assert f"The headline “{OURS}”" in read(as_stranger, f"/verify/{slug}")


def test_nothing_is_marked_where_nothing_was_added(published, as_stranger):
    address = published()
    assert MARK not in read(as_stranger, address) + read(as_stranger, "/stories")
    slug = address.rpartition("/")[2]
    assert as_stranger.get(f"/verify/{slug}.json").json["added_by_publisher"]["headline"] is None
    assert "The headline" not in read(as_stranger, f"/verify/{slug}")
