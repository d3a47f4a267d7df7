"""An uploaded picture made ours: checked by its content, turned upright, stripped, shrunk."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.errors import Unreadable

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
SIDE = 800  # longest side of a photo we keep
WORKING_SIDE = 1600
SMOOTH = {"L", "LA", "RGB", "RGBA"}  # modes that shrink without being turned into another first
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

WRONG_KIND = "This is not a picture we can use. Choose a JPEG, PNG, WEBP or GIF."
BROKEN = "This picture is damaged or incomplete. Open it, save it once more, and choose that file."


@dataclass(frozen=True)
class Square:
    """The part of an upright picture its owner chose, in thousandths, so of any scale: the corner
    of its width and height, the side of its shorter side."""

    x: int
    y: int
    side: int

    def of(self, picture: Image.Image) -> Image.Image:
        """That part; however far off the numbers are, it lies within the picture."""
        width, height = picture.size
        side = min(max(round(min(width, height) * self.side / 1000), 64), width, height)
        left = min(max(round(width * self.x / 1000), 0), width - side)
        top = min(max(round(height * self.y / 1000), 0), height - side)
        return picture.crop((left, top, left + side, top + side))


def remake(data: bytes, square: Square | None = None) -> Image.Image:
    """A picture of a person out of these bytes: upright, at most 800 pixels a side, no metadata.

    Raises Unreadable in words.
    """
    return shrink(upright(data, least=64), square)


def keep(data: bytes, *, least: int = 16) -> Image.Image:
    """Any other picture: whole, see-through where it was, at most 1600 pixels a side."""
    picture = upright(data, least=least)
    picture.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.LANCZOS)
    plain = Image.new("RGBA", picture.size)
    plain.paste(picture)
    solid = plain.getchannel("A").histogram()[255] == plain.width * plain.height
    return plain.convert("RGB") if solid else plain


def upright(data: bytes, *, least: int) -> Image.Image:
    """The picture these bytes hold, turned as it was taken, of a handy size.

    The size is read from the header before a pixel is decoded: a small file can unpack to
    gigabytes. What may be decoded is shrunk before anything else is done to it.
    """
    if not data:
        raise Unreadable("Choose a picture.")
    if len(data) > MAX_BYTES:
        raise Unreadable("This picture is larger than 5 MB. Choose a smaller one.")
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unreadable(too_large()) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Unreadable(WRONG_KIND) from None
    if picture.width * picture.height > MAX_PIXELS:
        raise Unreadable(too_large())
    if min(picture.size) < least:
        raise Unreadable(f"This picture is too small to see anything. Use at least {least} pixels.")
    try:
        picture.draft("RGB", (WORKING_SIDE, WORKING_SIDE))  # JPEG: decoded smaller at once
        picture.load()
        if picture.mode in SMOOTH:
            make_handy(picture)
        straight = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise Unreadable(BROKEN) from None
    make_handy(straight)
    return straight


def make_handy(picture: Image.Image) -> None:
    """Shrink it to 1600 pixels a side, or so far that enough is left across for a photo."""
    scale = max(WORKING_SIDE / max(picture.size), SIDE / min(picture.size))
    if scale < 1:
        width, height = (round(side * scale) for side in picture.size)
        picture.thumbnail((width, height), Image.Resampling.LANCZOS)


def too_large() -> str:
    return "This picture has more than 40 million pixels. Choose a smaller one."


def shrink(picture: Image.Image, square: Square | None = None) -> Image.Image:
    """A new picture of nothing but the pixels, on white where it was see-through.

    What its owner chose of it. Unless they did, very wide or tall ones are cut to 4:3 around the
    middle (a little above it when tall, where faces are).
    """
    picture = square.of(picture) if square else middle(picture)
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(picture, mask=picture.getchannel("A"))
    return plain


def middle(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    across, down = min(width, height * 4 // 3), min(height, width * 4 // 3)
    left, top = (width - across) // 2, (height - down) // 3
    return picture.crop((left, top, left + across, top + down))


def webp(picture: Image.Image) -> bytes:
    """The file we keep."""
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=82, method=6)
    return file.getvalue()
