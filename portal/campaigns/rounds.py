"""What the worker does every few seconds for all campaigns."""

from collections.abc import Callable
from functools import partial

from portal.campaigns import actions, sending


def due() -> list[Callable[[], object]]:
    """What is to be done now, a piece for each campaign: only looks. Commit after each piece."""
    return [
        *(partial(actions.send_scheduled, number) for number in sending.scheduled()),
        *(partial(sending.move_on, number) for number in sending.on_their_way()),
    ]
