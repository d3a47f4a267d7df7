"""Owners choose subject and first words of each automatic mail; what it must say stays."""

import html
import re

import pytest

from portal.advocates.models import Advocate
from portal.db import db
from portal.history.models import Entry
from portal.mails import queries, samples
from portal.outbox import actions as outbox
from portal.outbox import delivery, wording
from portal.outbox.catalogue import EXCUSED, MAILS, SIGNATURE
from portal.outbox.models import MailWording, Message, State
from portal.staff.models import Role, Staff
from tests.outbox import test_every_mail as every

AT = "/staff/mails/approved"
SUBJECT = "Good news, {first_name}"
OPENING = "Hello {first_name},\n\nyour {action} made <our> day & week.\nTruly."


def reword(browser, at=AT, seen=0, **said):
    return browser.post(at, data={"subject": SUBJECT, "opening": OPENING, "seen": seen} | said)


@pytest.fixture
def accepted(act, ada):
    """Promise ada the mail that her case study is accepted."""

    def promise(template="approved", **more):
        def write():
            person = db.session.get(Advocate, ada)
            values = samples.context(template) | {"first_name": "Ada"} | more
            return outbox.email(person.email, template, about=person, **values).id

        return act(write)

    return promise


@pytest.fixture
def written(app):
    """A mail with these words of the owners, as subject, text and page."""

    def written(name: str, own: dict) -> delivery.Written:
        with app.test_request_context():
            return delivery.write(name, samples.context(name), own)

    return written


def parts(mail) -> tuple[str, str]:
    bodies = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    text, page = (body.replace("\r\n", "\n") for body in bodies)
    return text, page


# ── What leaves ────────────────────────────────────────────────────────────────────────────


def test_the_owners_words_reach_the_wire_in_both_parts(as_rosa, accepted, post_mail):
    assert reword(as_rosa).status_code == 303
    accepted()
    [mail] = post_mail()
    text, page = parts(mail)
    assert mail["Subject"] == "Good news, Ada"
    assert text.startswith("Hello Ada,\n\nyour case study made <our> day & week.\nTruly.\n\n")
    assert "your case study made &lt;our&gt; day &amp; week.\nTruly.</p>" in page
    assert "We have read your case study" not in text + page
    assert "Nothing appears anywhere unless you allowed it." in text
    assert "/i/an-example" in text
    assert "You get this mail because you sent us your case study." in text


def test_mails_that_wait_already_leave_with_the_words_of_the_hour_they_leave(
    as_rosa, accepted, post_mail
):
    accepted()
    reword(as_rosa)
    assert post_mail()[0]["Subject"] == "Good news, Ada"


def test_what_has_left_keeps_the_subject_it_left_with(app, as_rosa, accepted, post_mail, saved):
    accepted()
    post_mail()
    reword(as_rosa)
    with app.test_request_context():
        [mail] = saved(Message)
        assert delivery.subject(mail) == "Thank you: your case study is accepted"


def test_the_closing_words_end_what_goes_to_people_outside_and_nothing_else(
    as_rosa, accepted, post_mail
):
    said = "Warmly,\nthe people of {brand}"
    answer = as_rosa.post(f"/staff/mails/{SIGNATURE}", data={"opening": said, "seen": "0"})
    assert answer.status_code == 303
    for name in ("approved", "interview-held", "customer-left"):
        accepted(name)
    signed, by_host, to_staff = post_mail()
    assert "Warmly,\nthe people of Acme\n\n--" in parts(signed)[0]
    assert "Warmly,\nthe people of Acme</p>" in parts(signed)[1]
    assert "Robin Weaver, Acme" in parts(by_host)[0]
    for mail in (by_host, to_staff):
        assert "Warmly" not in "".join(parts(mail))


def links_in(written: delivery.Written) -> set[str]:
    in_text = re.findall(r"https?://[^\s<>\"]+", written.text)
    return {*in_text, *map(html.unescape, re.findall(r'href="([^"]+)"', written.page))}


@pytest.mark.parametrize("name", sorted(MAILS))
def test_whatever_owners_write_each_mail_keeps_its_links_its_disclosure_and_its_reason(
    written, name
):
    ours = written(name, {})
    gaps = " ".join(f"{{{gap}}}" for gap in MAILS[name].meanings)
    theirs = written(name, {"subject": f"A subject {gaps}", "opening": f"Words of <ours>. {gaps}"})
    assert "A subject" in theirs.subject
    assert "Words of <ours>." in theirs.text
    assert "Words of &lt;ours&gt;." in theirs.page
    assert "{" not in theirs.subject + theirs.text
    assert links_in(theirs) == links_in(ours)
    assert "You get this mail" in theirs.text or name == "contact"
    must = [samples.SAMPLES["note"], samples.SAMPLES["ground"], samples.SAMPLES["answer"]]
    must += ["a €25 gift card for taking part", "1 Main Street", "Stop these mails"]
    must += re.findall(r"You get this mail.*|This came through.*|until .*|Printed.*", ours.text)
    for fact in must:
        assert (fact in theirs.text) == (fact in ours.text), fact


def test_T38_a_campaigns_mail_is_no_business_of_this_page_and_keeps_its_way_out(
    as_rosa, act, app, invitation, saved, post_mail
):
    as_rosa.post(f"/staff/mails/{SIGNATURE}", data={"opening": "Warmly, us", "seen": "0"})
    from portal.campaigns import inviting
    from portal.campaigns.models import Invitation

    act(lambda: inviting.mail_to(db.session.get(Invitation, invitation)))
    [mail] = post_mail()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Warmly" not in "".join(parts(mail))


# ── Nothing stops a mail ───────────────────────────────────────────────────────────────────

BROKEN = [
    {"subject": "For {nobody}", "opening": "Hello {nobody}"},
    {"subject": "{", "opening": "{{ first_name }} {% if %}"},
    {"subject": "{first_name.__class__}", "opening": "{0} {} {first_name!r}"},
    {"subject": "a\nBcc: all@evil.example", "opening": "\u2028\x0b"},
    {"subject": "   ", "opening": "   "},
]


@pytest.mark.parametrize("words", BROKEN)
@pytest.mark.parametrize("name", ["approved", SIGNATURE])
def test_words_that_cannot_be_sent_never_stop_a_mail(accepted, save, post_mail, saved, name, words):
    """As if they came round the form, or a placeholder went away with an upgrade."""
    save(MailWording(name=name, version=1, line=words["subject"], opening=words["opening"]))
    accepted()
    [mail] = post_mail()
    assert saved(Message)[0].state is State.SENT
    assert mail["Bcc"] is None
    assert "{nobody}" not in str(mail["Subject"]) + parts(mail)[0]
    assert "Nothing appears anywhere unless you allowed it." in parts(mail)[0]


def test_where_a_mail_has_nothing_to_put_there_ours_leaves(as_rosa, accepted, post_mail):
    reword(as_rosa, subject="About your {action}", opening="Hello {first_name}, your {action}")
    accepted(action="")
    [mail] = post_mail()
    assert mail["Subject"].startswith("Thank you: your")
    assert "Hello Ada" not in parts(mail)[0]


def test_the_list_says_when_ours_leaves_in_place_of_theirs(as_rosa, save):
    save(MailWording(name="approved", version=1, line="For {nobody}"))
    assert "Not sent: ours is" in as_rosa.get("/staff/mails").text
    assert "We do not know {nobody} in this mail" in as_rosa.get(AT).text


# ── Every mail is there ────────────────────────────────────────────────────────────────────


def test_every_mail_we_write_is_in_the_list_or_excused_with_a_reason(as_rosa):
    assert set(every.NAMES) == set(MAILS) | set(EXCUSED)
    assert not set(MAILS) & set(EXCUSED)
    assert all(len(reason) > 20 for reason in EXCUSED.values())
    page = as_rosa.get("/staff/mails").text
    for mail in MAILS.values():
        assert f'href="/staff/mails/{mail.name}"' in page, mail.name
        assert html.escape(mail.when, quote=False) in page
        assert html.escape(wording.ours(mail.name, "subject"), quote=False) in html.unescape(page)
    assert 'href="/staff/campaigns"' in page


@pytest.mark.parametrize("name", sorted(MAILS))
def test_the_words_shown_as_ours_are_the_words_ours_send(written, name):
    """Typed as they are shown, our own words make the very mail that leaves without them."""
    shown = {part: wording.ours(name, part) for part in wording.PARTS}
    assert not re.search(r"[{}][{}%]|[{}%][{}]", "".join(shown.values()))
    assert queries.fault(MAILS[name], *shown.values()) == ""
    assert written(name, shown) == written(name, {})


# An event may have no place; what is to be taken down stands somewhere.
NEVER_EMPTY = {"takedown": {"place"}, "takedown-late": {"place"}}


@pytest.mark.parametrize("state", every.STATES)
def test_a_placeholder_is_offered_only_where_the_mail_always_has_something_to_say(app, state):
    with app.test_request_context():
        for name, mail in MAILS.items():
            values = {key: every.SAMPLES.get(key, f"its {key}") for key in every.asked_for(name)}
            values |= {k: v for k, v in every.STATES[state].items() if k in values}
            for gap in mail.meanings.keys() - NEVER_EMPTY.get(name, set()):
                said = wording.of(name, values, {"subject": f"[{{{gap}}}]", "opening": ""})
                assert re.search(r"\[.+\]", said.subject), (name, gap)


def test_samples_name_all_that_a_mail_may_say(app):
    with app.test_request_context():
        for name in MAILS:
            missing = every.asked_for(name) - set(samples.context(name))
            assert not missing, (name, missing)


# ── Saving ─────────────────────────────────────────────────────────────────────────────────


def test_a_change_is_a_version_and_history_says_who_with_before_and_after(as_rosa, rosa, saved):
    reword(as_rosa)
    reword(as_rosa, seen=1, subject="Again, {first_name}")
    assert [(one.version, one.line) for one in saved(MailWording)] == [
        (1, SUBJECT),
        (2, "Again, {first_name}"),
    ]
    entry = saved(Entry)[-1]
    assert entry.about == saved(MailWording)[-1].subject == "mail_wording:2"
    assert (entry.verb, entry.by, entry.note) == ("reworded", f"staff:{rosa}", "Accepted")
    assert entry.data["before"]["subject"] == SUBJECT
    assert entry.data["after"]["subject"] == "Again, {first_name}"
    page = as_rosa.get(f"{AT}/versions").text
    assert "Rosa" in page
    assert "<ins" in page
    assert "Changed by Rosa" in as_rosa.get("/staff/mails").text


def test_the_same_again_makes_no_version(as_rosa, saved):
    ours = {part: wording.ours("approved", part) for part in wording.PARTS}
    page = as_rosa.post(AT, data=ours | {"seen": "0"}, follow_redirects=True).text
    assert "Nothing was changed." in page
    assert saved(MailWording) == []


def test_an_empty_field_is_ours_again(as_rosa, accepted, post_mail, saved):
    reword(as_rosa)
    reword(as_rosa, seen=1, subject=" ", opening="")
    accepted()
    assert post_mail()[0]["Subject"].startswith("Thank you:")
    assert saved(Entry)[-1].verb == "put back"


def test_one_press_goes_back_to_ours(as_rosa, saved):
    reword(as_rosa)
    assert as_rosa.post(f"{AT}/ours", data={"seen": "1"}).status_code == 303
    assert saved(MailWording)[-1].is_ours
    assert as_rosa.post(f"{AT}/ours", data={"seen": "1"}).status_code == 409


def test_an_earlier_version_can_be_started_from(as_rosa, saved):
    reword(as_rosa)
    reword(as_rosa, seen=1, subject="Another subject")
    assert f"{AT}?from=1" in as_rosa.get(f"{AT}/versions").text
    page = as_rosa.get(f"{AT}?from=1").text
    assert f'value="{SUBJECT}"' in page
    assert 'name="seen" type="hidden" value="2"' in page
    assert len(saved(MailWording)) == 2


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"subject": "Hello {nobody}"}, "We do not know {nobody} in this mail"),
        ({"opening": "Hello {link}"}, "We do not know {link} in this mail"),
        ({"opening": "Please give us five stars."}, "Take out “five stars”"),
        ({"subject": "Thank you for a glowing review"}, "Take out “glowing review”"),
        ({"opening": "x" * 2001}, "Use at most 2,000 characters"),
        ({"subject": "x" * 151}, "Use at most 150 characters"),
    ],
)
def test_T9_what_cannot_be_sent_is_refused_in_words_and_stays_typed(as_rosa, saved, said, sentence):
    answer = reword(as_rosa, **said)
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert sentence in page
    assert all(text in page for text in ({"subject": SUBJECT, "opening": OPENING} | said).values())
    assert saved(MailWording) == []


def test_T9_the_action_refuses_too_whoever_calls_it(app, act, rosa):
    from portal.errors import NotAllowed
    from portal.mails import actions

    for text in ("Give us five stars", "Hello {nobody}"):
        with pytest.raises(NotAllowed):
            act(
                lambda text=text: actions.reword(
                    MAILS["approved"], opening=text, seen=0, by=db.session.get(Staff, rosa)
                )
            )


def test_of_two_owners_at_once_the_second_is_told_who_and_when_and_keeps_what_was_typed(
    as_rosa, browser_of, save, saved
):
    theo = browser_of(
        staff=save(
            Staff(email="theo@acme.example", name="Theo", role=Role.OWNER, password_hash="x")
        )
    )
    reword(theo, subject="Theo’s subject")
    answer = reword(as_rosa)
    page = html.unescape(answer.text)
    assert answer.status_code == 409
    assert re.search(r"Theo reworded it at \d\d:\d\d UTC on \d+ \w+, before you saved\.", page)
    assert "Theo’s subject" in page
    assert OPENING in page
    assert len(saved(MailWording)) == 1
    assert (
        reword(as_rosa, seen=re.search(r'name="seen".*?value="(\d+)"', page)[1]).status_code == 303
    )


@pytest.mark.parametrize("seen", ["", "²", "9" * 30, "-1", "x"])
def test_a_form_that_says_no_version_changes_nothing(as_rosa, saved, seen):
    assert reword(as_rosa, seen=seen).status_code == 409
    assert saved(MailWording) == []


# ── Looking ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [*sorted(MAILS), SIGNATURE])
def test_each_can_be_looked_at_as_it_leaves_and_nothing_of_it_can_run(as_rosa, name):
    for kind in ("page", "text"):
        answer = as_rosa.get(f"/staff/mails/{name}/preview/{kind}")
        policy = answer.headers["Content-Security-Policy"]
        assert answer.status_code == 200
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy
        assert "script-src" not in policy
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert as_rosa.get(f"/staff/mails/{name}").status_code == 200


def test_what_is_typed_can_be_looked_at_before_it_is_saved(as_rosa, saved):
    said = {"subject": "Hi {first_name}", "opening": "Typed <b>just now</b>"}
    page = as_rosa.post(f"{AT}/preview/page", data=said).text
    text = as_rosa.post(f"{AT}/preview/text", data=said).text
    assert "<strong>Hi Kim</strong>" in page
    assert "Typed &lt;b&gt;just now&lt;/b&gt;" in page
    assert text.startswith("Hi Kim\n\nTyped <b>just now</b>")
    refused = as_rosa.post(f"{AT}/preview/page", data=said | {"opening": "{nobody} five stars"})
    assert refused.status_code == 422
    assert refused.mimetype == "text/plain"
    assert saved(MailWording) == []


def test_the_frame_is_allowed_on_this_page_and_only_from_here(as_rosa):
    assert "frame-src 'self'" in as_rosa.get(AT).headers["Content-Security-Policy"]
    assert "frame-src" not in as_rosa.get("/staff/mails").headers["Content-Security-Policy"]


def test_a_test_mail_goes_to_whoever_asks_and_says_so(as_rosa, ada, post_mail):
    reword(as_rosa)
    assert as_rosa.post(f"{AT}/test").status_code == 303
    [mail] = post_mail()
    assert (mail["To"], mail["Subject"]) == ("rosa@acme.example", "[Test] Good news, Kim")


@pytest.mark.parametrize("address", ["nothing", "invitation", "../base", "approved/preview/js"])
def test_what_there_is_not_is_not_found(as_rosa, address):
    assert as_rosa.get(f"/staff/mails/{address}").status_code == 404


def test_colleagues_read_and_only_owners_write(browser_of, save):
    for role in (Role.EDITOR, Role.VIEWER):
        staff = Staff(email=f"{role}@acme.example", name="X", role=role, password_hash="x")
        browser = browser_of(staff=save(staff))
        page = browser.get(AT).text
        assert "Owners change these words." in page
        assert 'name="opening"' not in page
        assert reword(browser).status_code == 403
