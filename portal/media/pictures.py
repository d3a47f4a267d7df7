"""An uploaded picture made ours: checked by its content, turned upright, stripped, shrunk."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.errors import Unreadable

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
SIDE = 800  # longest side of what is kept
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

WRONG_KIND = "This is not a picture we can use. Choose a JPEG, PNG, WEBP or GIF."
BROKEN = "This picture is damaged or incomplete. Open it, save it once more, and choose that file."


def remake(data: bytes) -> Image.Image:
    """The picture these bytes hold, upright and at most 800 pixels a side, without metadata.

    Raises Unreadable in words. The size is read from the header before a pixel is decoded: a
    small file can unpack to gigabytes.
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
    if min(picture.size) < 64:
        raise Unreadable("This picture is too small to recognise anyone. Use at least 64 pixels.")
    try:
        picture.load()
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise Unreadable(BROKEN) from None
    return shrink(upright)


def too_large() -> str:
    return "This picture has more than 40 million pixels. Choose a smaller one."


def shrink(picture: Image.Image) -> Image.Image:
    """A new picture of nothing but the pixels, on white where it was see-through.

    Very wide or tall ones are cut to 4:3 around the middle (a little above it when tall, where
    faces are).
    """
    width, height = picture.size
    across, down = min(width, height * 4 // 3), min(height, width * 4 // 3)
    left, top = (width - across) // 2, (height - down) // 3
    picture = picture.crop((left, top, left + across, top + down))
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(picture, mask=picture.getchannel("A"))
    return plain


def webp(picture: Image.Image) -> bytes:
    """The file we keep."""
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=82, method=6)
    return file.getvalue()
