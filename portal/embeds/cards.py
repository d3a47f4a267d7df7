"""A picture of published words to share, with their label and disclosure inside it (T2, T10)."""

from functools import lru_cache
from io import BytesIO
from typing import Any

from font_source_sans_pro import SourceSansPro, SourceSansProSemibold
from font_source_serif_pro import SourceSerifPro
from PIL import Image, ImageDraw, ImageFont

from portal.config import settings
from portal.errors import NotFound
from portal.publishing import plain

WIDTH, HEIGHT, TALLEST, MARGIN = 1200, 630, 2400, 72
GROUND, INK, QUIET, BOX = "#faf7f2", "#24211d", "#5f5a53", "#efe9df"
SIZES = (64, 56, 48, 42, 36, 32, 28)
GAP = 28

Line = tuple[str, ImageFont.FreeTypeFont, str, bool]  # text, font, colour, on a ground of its own


def draw(item: dict[str, Any]) -> bytes:
    """A PNG of 1200 × 630, taller where the words need it: they are never cut to fit (T3).

    Raises NotFound for words too long for a picture, or in a script whose letters we lack.
    """
    if not all(has(sign) for _, text in plain.lines(item) for sign in text):
        raise NotFound("There is no card for these words: we lack some of their letters.")
    for size in SIZES:
        parts = [part(kind, text, size) for kind, text in plain.lines(item)]
        needed = sum(map(height, parts)) + GAP * (len(parts) - 1) + 2 * MARGIN
        if needed <= HEIGHT:
            break
    if needed > TALLEST:
        raise NotFound("There is no card for these words: they are too long for a picture.")
    return paint(parts, max(needed, HEIGHT))


def paint(parts: list[Line], tall: int) -> bytes:
    picture = Image.new("RGB", (WIDTH, tall), GROUND)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 18, tall), fill=settings().brand_colour)
    spare = tall - 2 * MARGIN - sum(map(height, parts)) - GAP * (len(parts) - 1)
    top = MARGIN + spare // 2
    for one in parts:
        text, font, colour, boxed = one
        left = MARGIN
        if boxed:
            box = (left - 16, top - 6, left + width(text, font) + 16, top + height(one) + 6)
            pen.rounded_rectangle(box, radius=10, fill=BOX)
        pen.multiline_text((left, top), text, font=font, fill=colour, spacing=font.size * 0.28)
        top += height(one) + GAP
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def part(kind: str, text: str, size: int) -> Line:
    """One thing on the card: which letters, how large, and broken into lines."""
    if kind == plain.WORDS:
        font, colour = letters(SourceSerifPro, size), INK
    elif kind == plain.CREDIT:
        font, colour = letters(SourceSansProSemibold, 32), INK
    elif kind == plain.CHECK:
        font, colour = letters(SourceSansPro, 22), QUIET
    else:
        font, colour = letters(SourceSansPro, 28), INK
    return folded(text, font), font, colour, kind in (plain.TIE, plain.DISCLOSURE, plain.EXPECTED)


def folded(text: str, font: ImageFont.FreeTypeFont) -> str:
    """The text with a line break wherever the next word would not fit; its own breaks stay."""
    lines = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and font.getlength(longer) > WIDTH - 2 * MARGIN:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return "\n".join(lines)


def height(one: Line) -> int:
    lines = one[0].count("\n") + 1
    ascent, descent = one[1].getmetrics()
    return round(lines * (ascent + descent) + (lines - 1) * one[1].size * 0.05)


def width(text: str, font: ImageFont.FreeTypeFont) -> int:
    return round(max(font.getlength(line) for line in text.split("\n")))


@lru_cache(maxsize=16)
def letters(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


@lru_cache(maxsize=4000)
def has(sign: str) -> bool:
    """Whether both typefaces can draw it; what they lack they draw as an empty box."""
    if sign.isspace():
        return True
    fonts = (letters(SourceSerifPro, 28), letters(SourceSansPro, 28))
    return all(bytes(font.getmask(sign)) != bytes(font.getmask("\U000fffff")) for font in fonts)
