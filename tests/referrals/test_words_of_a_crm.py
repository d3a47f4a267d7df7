"""Stages as HubSpot and Salesforce call them: plain words are known, of others the preview asks."""

import io
import re

import pytest

from portal.history.models import Entry
from portal.referrals import stage_file
from portal.referrals.models import Lead, Stage, StageImport

HUBSPOT = {
    "Appointment Scheduled": Stage.MEETING,
    "Qualified To Buy": Stage.QUALIFIED,
    "Presentation Scheduled": Stage.MEETING,
    "Decision Maker Bought-In": None,
    "Contract Sent": None,
    "Closed Won": Stage.WON,
    "Closed Lost": Stage.LOST,
    "closedwon": Stage.WON,
}
SALESFORCE = {
    "Prospecting": None,
    "Qualification": None,
    "Needs Analysis": None,
    "Value Proposition": None,
    "Id. Decision Makers": None,
    "Perception Analysis": None,
    "Proposal/Price Quote": None,
    "Negotiation/Review": None,
    "Closed-Won": Stage.WON,
    "Closed – Lost": Stage.LOST,
    "Open - Not Contacted": Stage.RECEIVED,
    "Working - Contacted": Stage.CONTACTED,
}


@pytest.fixture
def preview(as_rosa, numbered):
    """Send a file of these stages; gives the way to its preview."""

    def preview(*stages: str) -> str:
        lines = "".join(f"D-{n},{stage}\n" for n, stage in enumerate(stages, 1))
        sent = {"file": (io.BytesIO(f"CRM id,Stage\n{lines}".encode()), "deals.csv")}
        return as_rosa.post("/staff/leads/imports/new", data=sent).location

    return preview


def asked(text: str) -> list[str]:
    return re.findall(r"“([^”]+)” means", text)


@pytest.mark.parametrize(("word", "stage"), (HUBSPOT | SALESFORCE).items())
def test_what_crms_call_their_stages_is_known_or_asked(word, stage, preview, as_rosa, saved):
    page = as_rosa.get(preview(word)).text
    assert stage_file.SPELLED.get(stage_file.word_of(word)) is stage
    assert asked(page) == ([] if stage else [word])
    assert (f"“{word}” is none of our stages" in page) is (stage is None)


def test_each_word_is_asked_once_and_moves_as_was_said(preview, as_rosa, saved):
    way = preview("Contract Sent", "CONTRACT  SENT", "Needs Analysis")
    assert asked(as_rosa.get(way).text) == ["Contract Sent", "Needs Analysis"]
    said = {"word": ["contract sent", "needs analysis"], "means": ["meeting", "out"]}
    for _ in range(2):
        assert as_rosa.post(f"{way}/words", data=said).location == way
    page = as_rosa.get(way).text
    assert "Saved what 2 words mean." in page
    assert "Words that are none of our stages" not in page
    assert "What the words of your CRM mean" in page
    assert "“Contract Sent”: meeting" in page
    assert "“Needs Analysis”: its lines are left out" in page
    assert "Move 2 leads" in page
    assert "“Needs Analysis” is left out, as you said" in page
    assert {lead.stage for lead in saved(Lead)} == {Stage.RECEIVED}  # nothing moved yet
    assert [one.verb for one in saved(Entry)].count("said what words mean") == 1
    as_rosa.post(f"{way}/application")
    assert [lead.stage for lead in saved(Lead)] == [Stage.MEETING] * 2 + [Stage.RECEIVED]


def test_the_next_file_remembers_and_may_be_told_otherwise(preview, as_rosa, saved):
    way = preview("Contract Sent")
    as_rosa.post(f"{way}/words", data={"word": ["contract sent"], "means": ["meeting"]})
    as_rosa.post(f"{way}/application")
    again = preview("meeting", "Contract Sent")
    page = as_rosa.get(again).text
    assert '<option value="meeting" selected>' in page
    assert "Move 1 lead" in page
    as_rosa.post(f"{again}/words", data={"word": ["contract sent"], "means": ["out"]})
    assert "is left out, as you said" in as_rosa.get(again).text
    assert saved(StageImport)[0].meanings == {"contract sent": "meeting"}


@pytest.mark.parametrize(
    "said",
    [
        {"word": ["closed won"], "means": ["lost"]},  # our own words mean what they mean
        {"word": ["withdrawn"], "means": ["won"]},
        {"word": ["contract sent"], "means": ["withdrawn"]},
        {"word": ["contract sent"], "means": ["paid"]},
        {"word": ["contract sent"], "means": [""]},
        {"word": ["not in it"], "means": ["won"]},
        {"word": ["contract sent"]},
        {},
    ],
)
def test_only_a_word_of_the_file_can_mean_only_one_of_our_stages(said, preview, as_rosa, saved):
    way = preview("Contract Sent", "Closed Won", "withdrawn")
    assert as_rosa.post(f"{way}/words", data=said).status_code == 303
    assert saved(StageImport)[0].meanings == {}
    assert "“Contract Sent” is none of our stages" in as_rosa.get(way).text


def test_a_line_without_a_stage_asks_nothing(preview, as_rosa):
    assert asked(as_rosa.get(preview("", "-")).text) == []


def test_what_was_applied_is_as_it_is(preview, as_rosa, saved):
    way = preview("Contract Sent", "won")
    as_rosa.post(f"{way}/application")
    as_rosa.post(f"{way}/words", data={"word": ["contract sent"], "means": ["won"]})
    assert saved(StageImport)[0].meanings == {}
    assert asked(as_rosa.get(way).text) == []
