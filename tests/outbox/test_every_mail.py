"""Each mail we write has a subject, a text and a page, and the text says all that the page says."""

import html
import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, meta

from portal.config import ROOT
from portal.outbox import delivery
from portal.outbox.models import Message

FOLDER = ROOT / "templates" / "emails"
NAMES = sorted(path.name.split(".")[0] for path in FOLDER.glob("*") if path.stem != "base")
ENDINGS = ("subject.txt", "opening.txt", "txt", "html")
LINK = "https://portal.acme.example"

# What mails name, each thing unlike the others; whatever is not listed here is its own name.
SAMPLES = {
    "first_name": "Ada",
    "customer": "Ada Lovelace",
    "name": "Robin Weaver",
    "company": "Analytical Engines",
    "approver": "Jo Marsh",
    "asker": "Rosa Winter",
    "speaker": "Ada Lovelace",
    "host": "Rosa Winter",
    "sender": "Rosa Winter",
    "inviter": "Rosa Winter",
    "action": "case study",
    "noun": "case study",
    "contribution": "quote",
    "actions": ["quote", "case-study"],
    "language": "en",
    "note": "Please leave out the number of your clinics.\nThe rest reads well.",
    "why": "We would like to show this on our page for hospitals.",
    "message": "Do you send invoices on paper?\nWe need that.",
    "text": "They have become a customer.",
    "title": "Planning without paper",
    "label": "Chamber newsletter",
    "paragraphs": ["Dear Ada,", "would you tell others what changed for you?\nIn your own words."],
    "personal_line": "It was good to meet you in Rome.",
    "offers": ["We give €25 for a quote or a case study, whatever it says."],
    "times": ["Tuesday 8 December 2026, 10:00 Berlin time", "Thursday 10 December, 15:30"],
    "customers": ["Analytical Engines", "Difference Ltd"],
    "permissions": [
        {"label": "Your words on our pages", "standing": "given", "until": "26 November 2028"},
        {"label": "Your photo", "standing": "refused", "until": ""},
        {"label": "The logo", "standing": "withdrawn", "until": ""},
    ],
    "later": "Acme gave this customer a €25 gift card for taking part.",
    "disclosure": "Acme promised this customer a €25 gift card for taking part.",
    "next_step": "Someone reads it within two days.",
    "ground": "It names somebody else.",
    "because": "The customer has taken them back.",
    "what": "Leaflet for the trade fair",
    "place": "https://meet.acme.example/x-y-z",
    "extent": "its name, on the web, everywhere",
    "scopes": "name and logo",
    "reference": "GW-7K2M-9QXA",
    "reward": "a €25 gift card",
    "charity": "Médecins Sans Frontières",
    "cause": "your quote",
    "when": "Saturday 19 December 2026, 16:00 Rome time",
    "there": "16:00 Berlin time",
    "deadline": "25 December 2026",
    "due": "3 January 2027",
    "at": "12:40 UTC on 26 November 2026",
    "minutes": 45,
    "number": 2,
    "days": 5,
    "phone": "+49 30 5550199",
    "email": "robin@weaver.example",
    "code": "482 913",
    "done": "read 41 times",
    "total": "read 930 times",
    "verdict": "approved",
    "decision": "approved",
    "role": "editor",
    "portal": "Acme",
    "code_page": f"{LINK}/code",
    "link": f"{LINK}/r/ada",
    **{name: f"{LINK}/{name}/eyJh.Zw" for name in ("url", "receipt_url", "stop_url", "mute_url")},
}
SWITCHES = (
    "again", "agreed", "by_phone", "cut", "decks", "has_code", "moved", "name_shown", "notes",
    "printed", "published", "reminder", "theirs",
)  # fmt: skip
MAY_BE_EMPTY = (
    "charity", "dates", "disclosure", "label", "note", "offers", "personal_line", "place",
    "speaker", "there", "total", "why",
)  # fmt: skip
OF_THE_PORTAL = {"brand", "prompt_sets", "words"}
# What a button says stands in other words in the text, which shows the address.
ONLY_ON_THE_PAGE = re.compile(r'<a class="button".*?</a>|If the button does nothing.*?(?=<a)', re.S)

ALL = dict.fromkeys(SWITCHES, True)
BARE = dict.fromkeys(SWITCHES, False) | dict.fromkeys(MAY_BE_EMPTY, "") | {"offers": []}
STATES = {
    "all": ALL,
    "bare": BARE,
    "change": ALL
    | {"verdict": "change-asked", "decision": "reworded", "charity": "", "state": "given"},
    "no": BARE
    | {"state": "refused", "verdict": "forbidden", "decision": "refused", "note": SAMPLES["note"]},
    "taken back": BARE | {"verdict": "withdrawn", "by_phone": True, "has_code": True},
}


@pytest.fixture
def written(app, save):
    """The text and the page of a mail, as it leaves, with these values."""

    def written(name: str, state: str) -> tuple[str, str]:
        values = {key: SAMPLES.get(key, f"its {key}") for key in asked_for(name)}
        context = values | {key: STATES[state][key] for key in values if key in STATES[state]}
        message = Message(recipient="ada@analytical.example", template=name, about="x:1",
                          mail_class="service", context=context, links={})  # fmt: skip
        save(message)
        with app.test_request_context():
            mail = delivery.render(message)
        assert mail["Subject"].strip()
        return tuple(mail.get_body((kind,)).get_content() for kind in ("plain", "html"))

    return written


def asked_for(name: str) -> set[str]:
    """The names its four files use."""
    env = Environment(loader=FileSystemLoader(ROOT / "templates"))
    found = set()
    for ending in ENDINGS:
        source = (FOLDER / f"{name}.{ending}").read_text()
        found |= meta.find_undeclared_variables(env.parse(source))
    return found - OF_THE_PORTAL


def plain(words: str) -> str:
    return " ".join(words.split())


def sentences(page: str) -> list[str]:
    """What a reader of the page reads, sentence by sentence."""
    page = ONLY_ON_THE_PAGE.sub("", page[page.index("<body") :])
    blocks = re.split(r"</?(?:p|li|ul|div|h\d|dt|dd|dl|blockquote|br|strong|em)\b[^>]*>", page)
    words = (plain(html.unescape(re.sub(r"<[^>]+>", "", block))) for block in blocks)
    return [one.strip(" .:“”()") for block in words for one in re.split(r"(?<=[.:!?]) ", block)]


def test_each_has_a_subject_an_opening_a_text_and_a_page():
    kept = {path.name for path in Path(FOLDER).iterdir()} - {"base.txt", "base.html"}
    assert kept == {f"{n}.{end}" for n in NAMES for end in ENDINGS}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", sorted(set(NAMES)))
def test_the_text_says_all_that_the_page_says(written, name, state):
    text, page = written(name, state)
    links = {html.unescape(link) for link in re.findall(r'href="([^"]+)"', page)}
    missing = [one for one in links if one.removeprefix("mailto:") not in text]
    missing += [one for one in sentences(page) if one not in plain(text)]
    assert not missing
    assert "its " + name not in text


@pytest.mark.parametrize("name", sorted(set(NAMES)))
def test_the_page_says_all_that_the_text_names(written, name):
    """No fact only for readers of plain text, and no empty lines where something is left out."""
    for state in STATES:
        text, page = written(name, state)
        shown = html.unescape(re.sub(r"\s+", " ", page))
        facts = [plain(v) for v in SAMPLES.values() if isinstance(v, str) and len(v) > 6]
        assert not [fact for fact in facts if fact in plain(text) and fact not in shown], state
        assert "\n\n\n" not in text, state
