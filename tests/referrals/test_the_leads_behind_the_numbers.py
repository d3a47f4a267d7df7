"""Each number of the report leads to exactly the leads it counts; a visit has no list."""

import csv
import html
import io
import re

import pytest

from portal import clock
from portal.referrals import board
from portal.referrals.models import Stage

LOST_LATER = (Stage.CONTACTED, Stage.QUALIFIED, Stage.LOST)
WON = (Stage.CONTACTED, Stage.QUALIFIED, Stage.MEETING, Stage.WON)


@pytest.fixture
def seven(sent_by, move, ada, charlie, as_rosa):
    """Leads of two customers, two sources and two months, at all kinds of stages."""
    with clock.ago(days=40):
        for number, stages in enumerate([(), LOST_LATER, WON]):
            move(sent_by(ada, f"a{number}@old{number}.example"), *stages)
    for number, stages in enumerate([(Stage.CONTACTED,), WON]):
        move(sent_by(ada, f"b{number}@new{number}.example", source="qr"), *stages)
    for number, stages in enumerate([(Stage.UNQUALIFIED,), LOST_LATER]):
        move(sent_by(charlie, f"c{number}@more{number}.example"), *stages)


def numbers(page: str) -> list[tuple[str, int, str]]:
    """What each number says: of which line and what, how many, and where it leads."""
    found = re.findall(
        r'<td class="num"[^>]*><a href="([^"]+)">(\d+)<span class="visually-hidden"> ([^<]+)<', page
    )
    return [(what, int(count), html.unescape(url)) for url, count, what in found]


def listed(client, url: str) -> list[str]:
    found: list[str] = []
    while url:
        page = client.get(url).text
        found += re.findall(r'href="(/staff/leads/\d+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = html.unescape(following[1]) if following else ""
    return found


@pytest.mark.parametrize("by", ["campaign", "advocate", "source", "month"])
def test_each_number_is_as_large_as_the_list_it_leads_to(seven, campaign, as_rosa, by, monkeypatch):
    monkeypatch.setattr(board, "PER_PAGE", 2)
    for narrowed in ("", f"&campaign={campaign}"):
        shown = numbers(as_rosa.get(f"/staff/leads/report?by={by}{narrowed}").text)
        assert len(shown) == 3 * ((1 if by == "campaign" else 2) + 1)
        for what, count, url in shown:
            leads = listed(as_rosa, url)
            assert len(set(leads)) == len(leads) == count, (what, url)
            file = as_rosa.post(url.replace("/staff/leads?", "/staff/leads/export?")).text
            assert len(list(csv.reader(io.StringIO(file)))) == count + 1, what
        assert [count for _, count, _ in shown[-3:]] == [7, 4, 2]
    assert numbers(as_rosa.get("/staff/leads/report?campaign=99").text) == []


def test_a_list_that_a_number_led_to_says_what_it_is_narrowed_to_and_shows_all_again(
    seven, ada, as_rosa
):
    url = f"/staff/leads?view=list&advocate={ada}&source=qr&qualified=1"
    page = as_rosa.get(url).text
    said = "Only leads sent by Ada Lovelace, through the qr code, qualified at some time."
    assert said in page
    assert '<a href="/staff/leads?view=list">Show all</a>' in page
    assert 'type="hidden" name="advocate"' in page  # another filter does not lose it
    assert f"stage=won&amp;advocate={ada}" in page
    nonsense = as_rosa.get("/staff/leads?view=list&advocate=x&source=y&month=2026&qualified=2")
    assert "Only leads" not in nonsense.text
    assert len(set(re.findall(r"/staff/leads/\d+", nonsense.text))) == 7
