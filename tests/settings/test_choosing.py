"""Owners choose how the portal looks and speaks; each change is kept, with who made it."""

import io
import re

import pytest
import sqlalchemy as sa
from PIL import Image

from portal.colours import INKS, contrast, ink_on, is_readable, readable
from portal.config import settings
from portal.db import db
from portal.history.models import Entry
from portal.settings import actions
from portal.settings.models import Setting
from portal.settings.queries import chosen
from portal.staff.models import Role, Staff

BRAND = {
    "brand_name": "Acme",
    "brand_tagline": "",
    "brand_colour": "#1f6f5c",
    "brand_legal_name": "",
    "brand_address": "1 Main Street, Springfield",
    "brand_privacy_url": "",
    "brand_contact_email": "hello@acme.example",
}


def choose(browser, **said):
    return browser.post("/staff/settings/brand", data=BRAND | said)


def test_a_chosen_name_is_on_the_next_page_in_mails_and_in_the_history(
    app, as_rosa, rosa, saved, as_stranger
):
    assert choose(as_rosa, brand_name="Acme Tools").status_code == 303

    assert "Acme Tools" in as_stranger.get("/stories").text
    with app.app_context():
        assert settings().brand_name == "Acme Tools"
    (row,) = saved(Setting)
    assert (row.name, row.value, row.by) == ("brand_name", "Acme Tools", f"staff:{rosa}")
    entry = saved(Entry)[-1]
    assert (entry.about, entry.verb, entry.by) == ("setting:brand_name", "changed", f"staff:{rosa}")
    assert entry.note == "Acme → Acme Tools"


def test_saving_the_same_again_writes_nothing(as_rosa, saved):
    choose(as_rosa)
    assert saved(Setting) == []


def test_going_back_to_the_environment_keeps_both_changes(as_rosa, saved, as_stranger):
    choose(as_rosa, brand_name="Acme Tools")
    as_rosa.post("/staff/settings/brand_name/environment")

    assert "Acme Tools" not in as_stranger.get("/stories").text
    assert [row.value for row in saved(Setting)] == ["Acme Tools", None]
    page = as_rosa.get("/staff/settings/brand_name/history").text
    assert "Acme → Acme Tools" in page
    assert "Acme Tools → Acme" in page


def test_who_puts_back_what_was_chosen_otherwise_meanwhile_is_told(as_rosa, saved):
    choose(as_rosa, brand_name="Acme Tools")
    page = as_rosa.get("/staff/settings/brand_name/history").text
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    choose(as_rosa, brand_name="Acme Works")
    answer = as_rosa.post("/staff/settings/brand_name/environment", data={"seen": seen})
    assert answer.status_code == 409
    assert re.search(
        r"You changed it at \d\d:\d\d UTC on \d+ \w+, in another tab or window\. Nothing",
        answer.text,
    )
    assert [row.value for row in saved(Setting)] == ["Acme Tools", "Acme Works"]


def test_a_form_shows_what_its_version_is_of_though_another_process_wrote_it(app, as_rosa, save):
    with app.app_context():
        app.extensions["goodword chosen"].due = float("inf")
        assert settings().brand_name == "Acme"
    save(Setting(name="brand_name", value="Elsewhere", by="staff:1"))
    assert 'value="Elsewhere"' in as_rosa.get("/staff/settings/brand").text


def test_the_colour_reaches_the_style_sheet(as_rosa, as_stranger):
    choose(as_rosa, brand_colour="#123456")
    assert "--brand:#123456" in as_stranger.get("/brand.css").text


def test_a_colour_no_words_can_be_read_on_is_refused_with_one_that_works(as_rosa, saved):
    grey = next(
        f"#{n:02x}{n:02x}{n:02x}"
        for n in range(256)
        if not is_readable(f"#{n:02x}" + f"{n:02x}" * 2)
    )
    answer = choose(as_rosa, brand_colour=grey, brand_name="Typed before")
    assert answer.status_code == 422
    assert readable(grey) in answer.text
    assert "Typed before" in answer.text
    assert saved(Setting) == []
    assert choose(as_rosa, brand_colour=readable(grey)).status_code == 303


def test_the_ink_is_the_one_that_reads_better():
    for colour in ("#000000", "#ffffff", "#7a3b5d", "#ffd500", "#767676"):
        best = max(contrast(ink, colour) for ink in INKS)
        assert contrast(ink_on(colour), colour) == best
    assert contrast("#000000", "#ffffff") == 21


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"brand_name": ""}, "Enter the name"),
        ({"brand_colour": "red"}, "Enter a colour like"),
        ({"brand_privacy_url": "javascript:alert(1)"}, "Begin with https://"),
        ({"brand_contact_email": "nobody"}, "Enter a mail address"),
    ],
)
def test_what_cannot_be_is_refused_in_words(as_rosa, saved, said, why):
    answer = choose(as_rosa, **said)
    assert answer.status_code == 422
    assert why in answer.text
    assert saved(Setting) == []


def logo() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGBA", (120, 40), (10, 60, 90, 128)).save(file, "PNG")
    file.seek(0)
    return file


def test_a_logo_takes_the_place_of_the_name_and_no_other_file_is_served(
    as_rosa, as_stranger, saved
):
    answer = choose(as_rosa, logo=(logo(), "logo.png"))
    assert answer.status_code == 303
    key = saved(Setting)[-1].value
    assert f'src="/brand/{key}.webp" alt="Acme"' in as_stranger.get("/stories").text
    picture = as_stranger.get(f"/brand/{key}.webp")
    assert picture.mimetype == "image/webp"
    assert as_stranger.get(f"/brand/{'0' * 32}.webp").status_code == 404

    as_rosa.post("/staff/settings/brand_logo/environment")
    assert as_stranger.get(f"/brand/{key}.webp").status_code == 404


def test_a_file_that_is_no_picture_keeps_what_was_typed(as_rosa):
    answer = choose(as_rosa, brand_name="Acme Two", logo=(io.BytesIO(b"<svg/>"), "logo.svg"))
    assert answer.status_code == 422
    assert "not a picture we can use" in answer.text
    assert "Acme Two" in answer.text


def test_who_is_asked_once_more_is_told_to_choose_the_logo_again(as_rosa, wait, saved):
    wait(minutes=11)
    asked = choose(as_rosa, brand_name="Acme Two", logo=(logo(), "logo.png"))
    assert asked.status_code == 422
    assert "Choose it again afterwards" in asked.text
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    assert kept["brand_name"] == "Acme Two"
    again = choose(as_rosa, **kept, confirm_password="wrong")
    assert "Choose it again afterwards" in again.text  # also after a mistyped password
    assert "Choose it again" not in choose(as_rosa, brand_name="Acme Two").text
    assert saved(Setting) == []


def test_mails_come_from_the_chosen_address(app, as_rosa):
    as_rosa.post("/staff/settings/mail", data={"mail_from": "voices@acme.example"})
    with app.app_context():
        assert settings().mail_from == "voices@acme.example"


def test_a_value_that_cannot_be_leaves_what_was_chosen(as_rosa, rosa, act, app, saved):
    as_rosa.post("/staff/settings/mail", data={"mail_from": "voices@acme.example"})
    said = {"mail_from": "nobody"}
    act(lambda: actions.change(settings(), said, by=db.session.get(Staff, rosa)))
    assert [row.value for row in saved(Setting)] == ["voices@acme.example"]


def test_only_owners_see_and_change_them(browser_of, save, saved):
    editor = browser_of(staff=save(Staff(email="e@acme.example", name="E", role=Role.EDITOR)))
    assert editor.get("/staff/settings").status_code == 403
    assert choose(editor, brand_name="Mine").status_code == 403
    assert saved(Setting) == []


def test_unknown_sections_and_names_are_not_found(as_rosa):
    for path in ("/staff/settings/secrets", "/staff/settings/secret_key/history"):
        assert as_rosa.get(path).status_code == 404
    assert as_rosa.post("/staff/settings/secret_key/environment").status_code == 404


def test_another_process_sees_it_after_a_moment_and_reads_no_oftener(app, act, save):
    """What is chosen elsewhere is read every two seconds, not at each request."""
    with app.app_context():
        chosen = app.extensions["goodword chosen"]
        assert settings().brand_name == "Acme"
        save(Setting(name="brand_name", value="Elsewhere", by="staff:1"))
        asked = []
        chosen.read = lambda read=chosen.read: asked.append(1) or read()
        chosen.due = float("inf")
        same = {id(settings()) for _ in range(50)}
        assert (len(same), asked) == (1, [])
        chosen.due = 0
        assert settings().brand_name == "Elsewhere"
        assert settings() is settings()


def test_a_database_that_is_away_changes_nothing(app, as_rosa):
    choose(as_rosa, brand_name="Acme Tools")
    with app.app_context():
        assert settings().brand_name == "Acme Tools"
        chosen = app.extensions["goodword chosen"]
        chosen.read, chosen.due = lambda: None, 0
        assert settings().brand_name == "Acme Tools"


def test_a_first_start_before_any_migration_complains_of_nothing(app, caplog):
    with app.app_context():
        db.session.execute(sa.text("DROP TABLE setting"))
        db.session.commit()
        assert chosen() is None
    assert caplog.text == ""


def test_a_database_that_is_away_is_written_to_the_log(app, caplog, monkeypatch):
    def away(*_args, **_more):
        raise sa.exc.OperationalError("SELECT", {}, OSError("gone"))

    with app.app_context():
        monkeypatch.setattr(sa.engine.Engine, "connect", away)
        assert chosen() is None
    assert "cannot be read" in caplog.text


def test_the_kept_referral_page_goes_when_a_setting_changes(app, as_rosa):
    from portal.referrals.pages import kept_pages

    with app.app_context():
        before = kept_pages()
        assert kept_pages() is before
    choose(as_rosa, brand_name="Acme Tools")
    with app.app_context():
        assert kept_pages() is not before


def test_a_choice_this_version_cannot_use_is_passed_over(app, save):
    save(Setting(name="brand_colour", value="no colour", by="staff:1"))
    save(Setting(name="gone_since", value="1", by="staff:1"))
    with app.app_context():
        assert settings().brand_colour == "#1f6f5c"


def test_settings_lead_to_everything_else_an_owner_words_or_rules(as_rosa):
    page = as_rosa.get("/staff/settings").text
    for path in ("prompts", "statements", "mails", "platforms", "gift-rules", "risk", "asks"):
        assert f'href="/staff/{path}">' in page
        assert as_rosa.get(f"/staff/{path}").status_code == 200
