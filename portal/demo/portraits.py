"""Flat portraits for invented people, so that the demo shows photos of nobody."""

import io
import random

from PIL import Image, ImageDraw

GROUNDS = ["#d9e4dd", "#f1dfc9", "#dcd6ea", "#f0d6d2", "#d3e3ec"]
SKINS = ["#8d5a3c", "#c68b62", "#e5b48f", "#f2cfb0", "#6b4028"]
HAIRS = ["#2b211c", "#4a3426", "#7a5533", "#9c9389", "#1d1b22"]
CLOTHES = ["#37584d", "#6c3f57", "#2f4a6d", "#8a5a2b", "#4d4a5e"]


def draw_logo(company: str) -> bytes:
    """A mark for an invented company, on a see-through ground, as a PNG of 600 × 180 pixels."""
    pick = random.Random(company).choice
    colour = pick(CLOTHES)
    image = Image.new("RGBA", (600, 180), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((20, 30, 140, 150), 28, fill=colour)
    pen.polygon([(80, 52), (118, 128), (42, 128)], fill="white")
    pen.text((170, 90), company.split()[0], fill=colour, font_size=76, anchor="lm")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def draw(name: str) -> bytes:
    """The same portrait for the same name, as a PNG of 480 × 480 pixels."""
    pick = random.Random(name).choice
    image = Image.new("RGB", (960, 960), pick(GROUNDS))
    pen = ImageDraw.Draw(image)
    skin, hair = pick(SKINS), pick(HAIRS)
    if pick((True, False)):
        pen.rounded_rectangle((290, 250, 670, 720), 190, fill=hair)  # long hair, behind
    pen.ellipse((150, 690, 810, 1350), fill=pick(CLOTHES))
    pen.rounded_rectangle((415, 560, 545, 760), 60, fill=skin)
    pen.ellipse((325, 260, 635, 640), fill=skin)
    pen.pieslice((315, 225, 645, 600), 180, 360, fill=hair)
    pen.ellipse((315, 330, 395, 450), fill=hair)
    out = io.BytesIO()
    image.resize((480, 480), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()
