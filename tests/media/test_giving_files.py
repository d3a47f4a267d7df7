"""Files beside a case study: judged by their bytes, private, counted, described, let go."""

import io

import pytest
from PIL import Image

from portal.advocates.models import Advocate
from portal.consent.actions import Circumstances
from portal.db import db
from portal.media import files
from portal.media.models import Upload
from portal.privacy import actions as privacy
from portal.submissions.models import Answer, Prompt, PromptKind, Submission, Version
from tests.media.test_giving_a_photo import bomb, picture
from tests.submissions.way import Way

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def story(as_ada, invitation, saved):
    """Ada’s case study, come to its files; ``page`` is where they are asked for."""
    story = Way(as_ada, invitation, "case-study")
    story.take("declined")
    asked = saved(Submission)[-1].prompt_set_id
    for prompt in (prompt for prompt in saved(Prompt) if prompt.prompt_set_id == asked):
        step = f"questions/{prompt.position}"
        if prompt.kind is PromptKind.FILES:
            story.page = step
        else:
            story.post(step, value="Some words." if prompt.required else "")
    return story


def give(story, data: bytes, name: str = "chart.png", field: str = "file", **more):
    """Choose a file and press the button beside it; the body is written by hand, as bytes."""
    parts = [f'name="{field}"; filename="{quoted(name)}"\r\n\r\n'.encode() + data]
    parts += [
        f'name="{key}"\r\n\r\n{value}'.encode() for key, value in ({"add": field} | more).items()
    ]
    edge = b"--edge\r\nContent-Disposition: form-data; "
    body = b"".join(edge + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    return story.browser.post(
        f"{story.url}/{story.page}", data=body, content_type="multipart/form-data; boundary=edge"
    )


def quoted(name: str) -> str:
    return name.replace('"', "%22")  # as browsers do


def stored(tmp_path) -> list:
    return sorted((tmp_path / "media").rglob("?" * 32))


def test_files_are_added_one_by_one_described_and_kept(story, saved):
    assert give(story, picture(kind="PNG")).location.endswith(f"{story.page}#files")
    assert give(story, PDF, "report.pdf").status_code == 303
    assert give(story, picture(size=(400, 80), kind="PNG"), "logo.png", "logo").status_code == 303
    page = story.text(story.page)
    for words in ("chart.png", "report.pdf", "logo.png", "What does it show?", "Remove"):
        assert words in page
    assert 'value="Logo of Analytical Engines"' in page

    refused = story.post(story.page)
    assert refused.status_code == 422
    assert "Say what “chart.png” shows" in refused.text
    assert story.post(story.page, **{"alt-1": "Calls per day, falling"}).status_code == 303
    assert [row["alt"] for row in saved(Answer)[-1].value] == [
        "Calls per day, falling",
        "",
        "Logo of Analytical Engines",
    ]


def test_going_on_without_any_file_is_an_answer_too(story):
    assert story.post(story.page).location == f"{story.url}/you"
    assert story.browser.get(f"{story.url}/next").location == f"{story.url}/you"


def test_a_picture_is_remade_and_keeps_what_is_see_through(story, saved):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)  # GPS latitude
    exif[0x010F] = "SecretCamera"
    give(story, picture(exif=exif, comment=b"SecretComment"), "shot.jpg")
    give(story, picture(size=(300, 90), kind="PNG", mode="RGBA", colour=(0, 90, 60, 0)), "l.png")
    shot, logo = (story.browser.get(f"/me/files/{n}").data for n in (1, 2))
    assert not dict(Image.open(io.BytesIO(shot)).getexif())
    assert b"Secret" not in shot
    assert Image.open(io.BytesIO(logo)).getchannel("A").getextrema() == (0, 0)
    assert Image.open(io.BytesIO(logo)).size == (300, 90)
    assert (saved(Upload)[1].width, saved(Upload)[1].height) == (300, 90)


def test_a_pdf_is_handed_out_as_a_download_that_can_run_nothing(story):
    give(story, PDF + b"<script>alert(1)</script>%%EOF", '<img src=x onerror="alert(1)">.html')
    answer = story.browser.get("/me/files/1")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Disposition"].endswith(".pdf")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data.startswith(b"%PDF-")
    page = story.text(story.page)
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=&#34;alert(1)&#34;&gt;.html" in page


ACCEPTED = "Choose a JPEG, PNG, WEBP or GIF picture, or a PDF"


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (bomb(20_000, 20_000), "chart.png", "more than 40 million pixels"),
        (b"GIF89a\x01\x00\x01\x00<script>alert(1)</script>", "chart.gif", "picture"),
        (picture()[:-400], "chart.jpg", "damaged or incomplete"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "logo.svg", ACCEPTED),
        (b"<!doctype html>%PDF-1.7 %%EOF", "report.pdf", ACCEPTED),
        (b"%PDF-1.7 cut short", "report.pdf", "PDF is damaged or incomplete"),
        (b"PK\x03\x04 a spreadsheet", "figures.xlsx", ACCEPTED),
        (b"MZ\x90\x00", "chart.png", ACCEPTED),
        (b"", "chart.png", "not empty"),
        (b"%PDF-" + b"0" * 5_300_000, "report.pdf", "larger than 5 MB"),
    ],
)
def test_the_hostile_corpus_is_refused_in_words_that_name_what_is_accepted(
    story, saved, tmp_path, data, name, why
):
    give(story, picture(kind="PNG"))
    before = stored(tmp_path)
    answer = give(story, data, name, **{"alt-1": "What I typed before"})
    assert answer.status_code == 422
    assert why in answer.text
    assert "<title>Error: " in answer.text
    assert 'value="What I typed before"' in answer.text
    assert len(saved(Upload)) == 1
    assert stored(tmp_path) == before


def test_a_wrong_ending_decides_nothing(story, saved):
    give(story, picture(kind="PNG"), "report.pdf")
    give(story, PDF, "photo.jpg")
    assert [upload.type for upload in saved(Upload)] == ["image/webp", "application/pdf"]


def test_a_logo_is_a_picture_and_there_is_one(story, saved, tmp_path):
    answer = give(story, PDF, "logo.pdf", "logo")
    assert answer.status_code == 422
    assert "Choose a JPEG, PNG, WEBP or GIF picture of at most 5 MB" in answer.text
    give(story, picture(kind="PNG"), "old.png", "logo")
    give(story, picture(kind="PNG"), "new.png", "logo")
    assert [upload.name for upload in saved(Upload)] == ["new.png"]
    assert len(stored(tmp_path)) == 1


def test_more_than_five_files_or_the_room_there_is_are_refused(story, monkeypatch):
    for n in range(5):
        assert give(story, PDF, f"{n}.pdf").status_code == 303
    assert "You can add 5 files here" in give(story, PDF, "6.pdf").text
    story.post(story.page, remove="1")
    monkeypatch.setattr(files, "MOST", 4)
    assert "There is room for" in give(story, PDF, "7.pdf").text


def test_what_is_removed_is_gone_and_twice_is_harmless(story, saved, tmp_path):
    give(story, PDF, "report.pdf")
    for _ in range(2):
        assert story.post(story.page, remove="1").status_code == 303
    assert saved(Upload) == []
    assert stored(tmp_path) == []


def test_what_was_sent_stays_with_what_was_sent(story, as_rosa, saved):
    give(story, PDF, "report.pdf")
    story.post(story.page)
    story.introduce()
    story.allow("words")
    story.send()
    [file] = saved(Version)[0].value("files")
    assert (file["name"], len(file["sha256"])) == ("report.pdf", 64)
    answer = as_rosa.get(f"/staff/submissions/{story.id}/files/1")
    assert answer.data == PDF
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (
        f"/staff/submissions/{story.id}/files/1"
        in as_rosa.get(f"/staff/submissions/{story.id}").text
    )

    seen = saved(Submission)[0].version
    change = {"note": "Tell us more about the chart.", "seen": seen}
    as_rosa.post(f"/staff/submissions/{story.id}/change-request", data=change)
    assert story.post(story.page, remove="1").status_code == 303
    assert "report.pdf" not in story.text(story.page)
    assert as_rosa.get(f"/staff/submissions/{story.id}/files/1").data == PDF


def test_T36_who_is_erased_takes_their_files_along(story, tmp_path, saved, act, ada):
    give(story, PDF, "report.pdf")
    keys = act(lambda: erase_ada(ada))
    assert saved(Upload) == []
    assert [path.name for path in stored(tmp_path)] == keys


def erase_ada(ada: int) -> list[str]:
    person = db.session.get(Advocate, ada)
    return privacy.erase(person, by=person, circumstances=Circumstances())


def test_only_their_owner_and_those_who_read_the_contribution_see_them(
    story, as_charlie, as_stranger, as_rosa
):
    give(story, PDF, "report.pdf")
    assert story.browser.get("/me/files/1").data == PDF
    assert as_charlie.get("/me/files/1").status_code == 404
    assert as_stranger.get("/me/files/1").status_code == 303
    assert as_rosa.get(f"/staff/submissions/{story.id}/files/1").status_code == 404  # not sent yet
