"""What was done, said on the next page with a way back beside it."""

from typing import Any

from flask import flash

from portal.db import Model


def tell(said: str, thing: Model) -> None:
    """Flash a sentence with an Undo button for the decision just made on ``thing``."""
    with_way_back: Any = {"text": said, "undo": [thing.subject]}
    flash(with_way_back)
