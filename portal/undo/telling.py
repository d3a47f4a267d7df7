"""What was done, said on the next page with a way back beside it."""

from typing import Any

from flask import flash

from portal.db import Model


def tell(said: str, thing: Model) -> None:
    """Flash a sentence with an Undo button for the decision just made on ``thing``."""
    tell_of(said, [thing.subject])


def tell_of(said: str, names: list[str]) -> None:
    """The same of several things, as ``reward:7``; of none it is the sentence alone."""
    with_way_back: Any = {"text": said, "undo": names} if names else said
    flash(with_way_back)
