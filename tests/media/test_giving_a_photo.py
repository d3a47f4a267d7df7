"""An advocate adds a photo of themselves; whatever is sent, only plain pixels are kept."""

import io
import struct
import zlib

import pytest
from PIL import Image

from portal.advocates.models import Advocate
from portal.errors import Unreadable
from portal.media import pictures
from portal.media.models import Photo


def picture(size=(1000, 900), kind="JPEG", colour="teal", mode="RGB", **more) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind, **more)
    return file.getvalue()


def send(browser, data: bytes, name="me.jpg", query="", **more):
    edge = "--edge\r\nContent-Disposition: form-data; "
    words = "".join(f'{edge}name="{key}"\r\n\r\n{value}\r\n' for key, value in more.items())
    head = f'{words}{edge}name="photo"; filename="{name}"\r\n\r\n'
    body = head.encode() + data + b"\r\n--edge--\r\n"
    return browser.post(
        f"/me/photo{query}", data=body, content_type="multipart/form-data; boundary=edge"
    )


def files(tmp_path) -> list:
    return sorted((tmp_path / "media").rglob("?" * 32))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_is_kept_small_and_shown_back_to_its_owner(as_ada, saved, tmp_path, kind):
    answer = send(as_ada, picture(kind=kind), f"me.{kind.lower()}")
    assert (answer.status_code, answer.location) == (303, "/me/photo")

    mine = as_ada.get("/me/photo.webp")
    kept = Image.open(io.BytesIO(mine.data))
    assert kept.format == "WEBP"
    assert max(kept.size) == 800
    assert mine.mimetype == "image/webp"
    assert "no-store" in mine.headers["Cache-Control"]
    assert len(files(tmp_path)) == 1
    assert saved(Advocate)[0].photo_id == saved(Photo)[0].id


def test_where_and_when_it_was_taken_is_gone(as_ada):
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)  # GPS latitude
    data = picture(exif=exif, comment=b"SecretComment", xmp=b"<x>SecretXmp</x>")
    assert b"SecretCamera" in data

    send(as_ada, data)
    kept = as_ada.get("/me/photo.webp").data

    assert not dict(Image.open(io.BytesIO(kept)).getexif())
    assert b"Secret" not in kept
    assert b"EXIF" not in kept


def test_a_picture_taken_sideways_stands_upright(as_ada):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90°
    send(as_ada, picture(size=(800, 600), exif=exif))
    kept = Image.open(io.BytesIO(as_ada.get("/me/photo.webp").data))
    assert kept.height > kept.width


def test_a_banner_is_cut_towards_a_square(as_ada):
    send(as_ada, picture(size=(3000, 300)))
    assert Image.open(io.BytesIO(as_ada.get("/me/photo.webp").data)).size == (400, 300)


def halves(size=(1000, 500)) -> bytes:
    """Red on the left, blue on the right."""
    image, file = Image.new("RGB", size, "red"), io.BytesIO()
    image.paste("blue", (size[0] // 2, 0, *size))
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("square", "size", "colour"),
    [
        ({"x": 0, "y": 0, "side": 1000}, (500, 500), "red"),
        ({"x": 500, "y": 0, "side": 1000}, (500, 500), "blue"),
        ({"x": 750, "y": 500, "side": 400}, (200, 200), "blue"),
        ({"x": 99999, "y": 99999, "side": 99999}, (500, 500), "blue"),
        ({"x": 900, "y": 0, "side": 1}, (64, 64), "blue"),
    ],
)
def test_the_square_that_was_chosen_is_kept(as_ada, square, size, colour):
    assert send(as_ada, halves(), **square).status_code == 303
    kept = Image.open(io.BytesIO(as_ada.get("/me/photo.webp").data)).convert("RGB")
    assert kept.size == size
    red, _, blue = kept.getpixel((kept.width // 2, kept.height // 2))
    assert (red > blue) == (colour == "red")


def test_numbers_that_are_none_leave_the_middle(as_ada):
    send(as_ada, halves(), x="left", y="-5", side="1" * 9)
    assert Image.open(io.BytesIO(as_ada.get("/me/photo.webp").data)).size == (666, 500)


def test_what_it_shows_is_asked_and_kept(as_ada, saved):
    send(as_ada, picture(), alt="Ada at the engine")
    assert saved(Photo)[0].alt == "Ada at the engine"
    assert 'alt="Ada at the engine"' in as_ada.get("/me/photo").text


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


NOT_OURS = "This is not a picture we can use."


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (bomb(20_000, 20_000), "me.png", "more than 40 million pixels"),
        (bomb(7_000, 6_000), "me.png", "more than 40 million pixels"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "me.svg", NOT_OURS),
        (b"<!doctype html><script>alert(1)</script>", "me.png", NOT_OURS),
        (b"GIF89a<script>alert(1)</script>", "me.gif", "picture"),
        (picture()[:-400], "me.jpg", "damaged or incomplete"),
        (picture(kind="TIFF"), "me.tiff", NOT_OURS),
        (picture(kind="BMP"), "me.jpg", NOT_OURS),
        (picture(size=(20, 20)), "me.jpg", "too small"),
        (b"\xff\xd8\xff" + b"0" * 6_000_000, "me.jpg", "larger than 5 MB"),
        (b"", "me.jpg", "Choose a picture"),
    ],
)
def test_what_is_no_fair_picture_is_refused_in_words(as_ada, saved, tmp_path, data, name, why):
    answer = send(as_ada, data, name)
    assert answer.status_code == 422
    assert why in answer.text
    assert "<title>Error: " in answer.text
    assert saved(Photo) == []
    assert files(tmp_path) == []


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")  # as in production
def test_the_size_is_read_before_a_pixel_is_decoded():
    with pytest.raises(Unreadable, match="more than 40 million pixels"):
        pictures.remake(bomb(7_000, 6_000))


def test_a_file_behind_a_picture_does_not_survive(as_ada):
    send(as_ada, picture() + b"<script>alert(1)</script>PK\x03\x04")
    assert b"script" not in as_ada.get("/me/photo.webp").data


def test_a_new_photo_replaces_the_old_and_its_file(as_ada, saved, tmp_path):
    send(as_ada, picture(colour="teal"))
    send(as_ada, picture(colour="gold"))
    [photo] = saved(Photo)
    assert [path.stem for path in files(tmp_path)] == [photo.key]


def test_removing_leaves_nothing_and_twice_is_harmless(as_ada, saved, tmp_path):
    send(as_ada, picture())
    for _ in range(2):
        assert as_ada.post("/me/photo/removal").status_code == 303
    assert saved(Photo) == []
    assert files(tmp_path) == []
    assert as_ada.get("/me/photo.webp").status_code == 404


def test_a_photo_on_the_way_to_the_permissions_leads_back_there(as_ada):
    assert as_ada.get("/me/photo?submission=7").status_code == 200
    assert send(as_ada, picture(), query="?submission=7").location == "/me/photo?submission=7"
    page = as_ada.get("/me/photo?submission=7").text
    assert "This is how it will appear" in page
    assert 'href="/me/submissions/7/consent">Continue' in page
    hostile = send(as_ada, picture(), query="?submission=//evil.example")
    assert hostile.location == "/me/photo"


def test_nobody_sees_the_photo_of_another(as_ada, as_charlie, as_stranger):
    send(as_ada, picture())
    assert as_charlie.get("/me/photo.webp").status_code == 404
    assert as_stranger.get("/me/photo.webp").status_code == 303
    assert send(as_stranger, picture()).status_code == 303
