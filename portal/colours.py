"""Which colours can be read on which (WCAG 2.2 relative luminance)."""

READABLE = 4.5  # the least contrast of text with what is behind it (1.4.3)
INKS = ("#ffffff", "#111111")


def luminance(colour: str) -> float:
    """0 for black, 1 for white."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on this colour."""
    return max(INKS, key=lambda ink: contrast(ink, colour))


def is_readable(colour: str) -> bool:
    """Whether words can be read on it, in black or in white."""
    return contrast(ink_on(colour), colour) >= READABLE


def readable(colour: str) -> str:
    """This colour, or its nearest darker shade that words can be read on."""
    shares = (1 - step / 100 for step in range(100))
    shades = (
        "#" + "".join(f"{round(int(colour[i : i + 2], 16) * share):02x}" for i in (1, 3, 5))
        for share in shares
    )
    return next(shade for shade in shades if is_readable(shade))
