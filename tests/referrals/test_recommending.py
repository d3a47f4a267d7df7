"""Ada recommends us: what she is told first, what she gets, what she is never asked for."""

import random
import re
from io import BytesIO
from math import log2
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from PIL import Image, ImageDraw
from zxingcpp import read_barcodes

from portal.consent.models import ConsentEvent, Purpose, Verdict
from portal.incentives.models import Choice
from portal.referrals import actions, recommending
from portal.referrals.models import Referral, ReferralLink

ACCEPT = {"choice": "accepted", "employer_allows": "y"}


@pytest.fixture
def door(invitation) -> str:
    return f"/me/invitations/{invitation}/referral"


def test_T11_the_offer_and_how_it_will_be_said_come_before_the_yes(as_ada, door):
    page = as_ada.get(door).text
    assert "You get a €25 gift card for each person who comes through your link" in page
    assert "turns out to be a good fit" in page
    told = "may receive a €25 gift card if it turns out that we can help you"
    assert page.index(told) < page.index("Get my link")
    assert "checked" not in page  # nothing is chosen for her


def test_joining_gives_a_link_a_receipt_and_a_mail(as_ada, door, saved, post_mail, mailroom):
    answer = as_ada.post(door, data=ACCEPT | {"show_name": "y"})
    referral = saved(Referral)[0]
    assert (answer.status_code, answer.location) == (303, f"/me/referrals/{referral.id}")
    assert referral.choice is Choice.ACCEPTED
    assert referral.promise["reward"] == "a €25 gift card"
    assert len(saved(ReferralLink)[0].code) >= 13  # more than 64 random bits
    event = saved(ConsentEvent)[0]
    assert (event.purpose, event.verdict) == (Purpose.REFERRAL_NAME, Verdict.GIVEN)
    assert event.offer["choice"] == "accepted"
    post_mail()
    assert f"/r/{saved(ReferralLink)[0].code}" in mailroom.text(mailroom.mails[0])


def test_a_double_click_joins_once(as_ada, door, saved):
    assert as_ada.post(door, data=ACCEPT).location == as_ada.post(door, data=ACCEPT).location
    assert len(saved(Referral)) == len(saved(ReferralLink)) == 1
    assert as_ada.get(door).status_code == 303


def test_T13_a_reward_needs_the_employers_yes_and_declining_does_not(as_ada, door, saved):
    refused = as_ada.post(door, data={"choice": "accepted"})
    assert refused.status_code == 422
    assert "Confirm that your employer allows it" in refused.text
    assert as_ada.post(door, data={"choice": "donated"}).status_code == 422
    assert as_ada.post(door, data={}).status_code == 422
    assert saved(Referral) == []
    assert as_ada.post(door, data={"choice": "declined"}).status_code == 303


def test_T13_where_rewards_are_barred_there_is_none_to_choose(as_ada, door, act, invitation, saved):
    from portal.campaigns.models import Invitation
    from portal.db import db

    act(lambda: setattr(db.session.get(Invitation, invitation), "no_offer_because", "public"))
    page = as_ada.get(door).text
    assert "There is no reward for this one" in page
    assert "gift card" not in page
    as_ada.post(door, data=ACCEPT)
    assert (saved(Referral)[0].promise, saved(Referral)[0].choice) == (None, None)


def test_nobody_joins_through_someone_elses_invitation(as_charlie, door, referral):
    assert as_charlie.get(door).status_code == 404
    assert as_charlie.post(door, data=ACCEPT).status_code == 404
    for path in ("", "/text", "/links", "/name", "/links/1/label", "/links/1/pause"):
        method = as_charlie.post if path else as_charlie.get
        assert method(f"/me/referrals/{referral}{path}").status_code == 404


def test_no_new_link_once_the_campaign_is_over(as_ada, door, wait, saved):
    wait(days=31)
    with as_ada.session_transaction() as session:
        session["visit_seen"] = 10**12
    assert as_ada.get(door).status_code in {200, 303}
    as_ada.post(door, data=ACCEPT)
    assert saved(Referral) == []


def test_T10_every_text_to_pass_on_carries_the_disclosure(as_ada, joined):
    page = as_ada.get(f"/me/referrals/{joined(share_text='Ask me about month-end.')}").text
    said = "I may receive a €25 gift card from Acme if it turns out that we can help you."
    targets = re.findall(r'href="((?:mailto:\?|sms|https://(?:wa|teams))[^"]+)"', page)
    assert len(targets) == 4
    for target in targets:
        assert said in unquote(target.replace("&amp;", "&")), target
    mail = parse_qs(urlsplit(targets[0].replace("&amp;", "&")).query)
    assert mail["body"][0].startswith("Ask me about month-end.")
    assert said in re.search(r'data-text="([^"]+)"', page)[1]


def test_T10_a_link_for_someone_has_its_own_message_and_code(as_ada, referral, saved):
    as_ada.post(f"/me/referrals/{referral}/links", data={"label": "Maya"})
    code = saved(ReferralLink)[1].code
    page = as_ada.get(f"/me/referrals/{referral}").text
    texts = re.findall(r"<textarea[^>]* readonly>(.*?)</textarea>", page, re.DOTALL)
    assert len(texts) == 2
    assert f"/r/{code}" in texts[1]
    assert "I may receive a €25 gift card" in texts[1]
    assert "Maya" not in texts[1]  # her note is nobody’s business
    targets = re.findall(r'href="((?:mailto:\?|sms|https://(?:wa|teams))[^"]+)"', page)
    assert len([target for target in targets if code in target]) == 4
    assert f"/r/{code}.svg" in page
    assert f"/r/{code}.png" in page


def test_T30_no_page_of_hers_asks_for_someone_elses_details(as_ada, door, referral, saved):
    fields = set()
    for path in (door, f"/me/referrals/{referral}"):
        page = as_ada.get(path, follow_redirects=True).text
        fields |= set(re.findall(r'<(?:input|textarea|select)[^>]* name="([^"]+)"', page))
        assert not re.findall(r'type="(?:email|tel)"', page)
    assert fields <= {"csrf_token", "share_text", "label", "paused", "show", "word"}


@pytest.mark.parametrize("label", ["maya@acme.example", "Maya +44 20 7946 0958", "0207 9460958"])
def test_T30_a_note_takes_no_address_and_no_number(as_ada, referral, saved, label):
    refused = as_ada.post(f"/me/referrals/{referral}/links", data={"label": label})
    assert refused.status_code == 422
    assert "Leave out addresses and numbers" in refused.text
    assert len(saved(ReferralLink)) == 1
    as_ada.post(f"/me/referrals/{referral}/links", data={"label": "Maya"})
    link = saved(ReferralLink)[1].id
    refused = as_ada.post(f"/me/referrals/{referral}/links/{link}/label", data={"label": label})
    assert refused.status_code == 422
    assert "Leave out addresses and numbers" in refused.text
    assert f'id="label-{link}"' in refused.text
    assert f'value="{label}"' in refused.text  # what was typed is still there to put right
    assert saved(ReferralLink)[1].label == "Maya"


def test_a_link_for_someone_is_made_once_renamed_and_erased(as_ada, referral, saved):
    url = f"/me/referrals/{referral}/links"
    as_ada.post(url, data={"label": "Maya, Acme"})
    as_ada.post(url, data={"label": " Maya,  Acme "})
    assert [link.label for link in saved(ReferralLink)] == ["", "Maya, Acme"]
    link = saved(ReferralLink)[1].id
    as_ada.post(f"{url}/{link}/label", data={"label": "M."})
    assert saved(ReferralLink)[1].label == "M."
    as_ada.post(f"{url}/{link}/label", data={"label": ""})
    assert saved(ReferralLink)[1].label == ""


def test_T30_her_note_is_shown_to_no_one_else(as_ada, as_rosa, as_stranger, come, saved, move):
    lead = come(label="Maya, the tall one")
    move(lead, "qualified")
    pages = ["/staff/leads", "/staff/leads?view=list", f"/staff/leads/{lead}", "/staff/rewards/1"]
    for path in pages:
        assert "the tall one" not in as_rosa.get(path).text, path
    assert "the tall one" not in as_stranger.get(f"/r/{saved(ReferralLink)[1].code}").text
    assert "the tall one" in as_ada.get("/me/referrals/1").text


def test_T26_taking_her_name_off_is_one_step_and_holds_at_once(as_ada, as_stranger, joined, saved):
    referral = joined(show_name=True)
    page = f"/r/{saved(ReferralLink)[0].code}"
    assert "Ada recommends Acme" in as_stranger.get(page).text
    as_ada.post(f"/me/referrals/{referral}/name", data={"show": "no"})
    assert "Ada" not in as_stranger.get(page).text
    as_ada.post(f"/me/referrals/{referral}/name", data={"show": "yes"})
    assert "Ada recommends Acme" in as_stranger.get(page).text


def test_a_code_holds_more_than_64_random_bits_as_it_is_drawn():
    """Counted on 10,000 of them: how many signs each place takes, and that none comes twice."""
    random.seed(7)
    drawn = [recommending._code() for _ in range(10_000)]
    places = list(zip(*drawn, strict=True))
    assert all(set(place) == set(recommending.ALPHABET) for place in places)
    assert sum(log2(len(set(place))) for place in places) >= 64
    assert len(set(drawn)) == 10_000
    random.seed(7)
    assert recommending._code() != drawn[0]  # no seed gives it away


def test_every_link_she_gets_has_such_a_code(as_ada, referral, saved):
    as_ada.post(f"/me/referrals/{referral}/links", data={"label": "Maya"})
    codes = [link.code for link in saved(ReferralLink)]
    assert len(codes) == 2
    for one in codes:
        assert len(one) == recommending.LENGTH
        assert set(one) <= set(recommending.ALPHABET)


def test_both_pictures_of_a_code_are_read_as_her_link_with_its_source(as_stranger, code):
    told = [f"http://localhost/r/{code}?qr=1"]
    png = Image.open(BytesIO(as_stranger.get(f"/r/{code}.png").data)).convert("L")
    assert [found.text for found in read_barcodes(png)] == told
    svg = as_stranger.get(f"/r/{code}.svg").text
    assert [found.text for found in read_barcodes(painted(svg))] == told


def painted(svg: str, scale: int = 8) -> Image.Image:
    """The picture in our SVG: one path of strokes, each one module high."""
    side = int(re.search(r' width="(\d+)"', svg)[1])
    assert f"scale({scale})" in svg
    picture, x, y = Image.new("L", (side, side), 255), 0, 0.0
    pen = ImageDraw.Draw(picture)
    path = re.search(r'stroke="#111" d="([^"]+)"', svg)[1]
    for step, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        along, *down = map(float, numbers.split())
        if step == "M":
            x, y = along, down[0]
        elif step == "m":
            x, y = x + along, y + down[0]
        else:
            corner = (x * scale, (y - 0.5) * scale)
            pen.rectangle((*corner, (x + along) * scale - 1, (y + 0.5) * scale - 1), fill=0)
            x += along
    return picture


def test_the_code_is_drawn_by_us_and_says_it_was_scanned(as_stranger, code):
    svg, png = as_stranger.get(f"/r/{code}.svg"), as_stranger.get(f"/r/{code}.png")
    assert svg.mimetype == "image/svg+xml"
    assert b"<svg" in svg.data
    assert png.data.startswith(b"\x89PNG")
    assert "public" in svg.headers["Cache-Control"]
    assert as_stranger.get("/r/nothing.svg").status_code == 404


def test_a_code_can_be_spelled_carelessly(as_stranger, code):
    assert as_stranger.get(f"/r/{code.upper()}.").status_code == 200


def test_links_stay_within_reason(act, referral):
    from portal.db import db
    from portal.errors import NotAllowed

    def many():
        found = db.session.get(Referral, referral)
        for number in range(recommending.MOST_LINKS):
            actions.add_link(found, f"No. {number}", by=found.advocate)

    with pytest.raises(NotAllowed):
        act(many)
