"""Quiet hours: no mail that asks for something arrives in the night of whoever gets it."""

from datetime import datetime, timedelta

from portal import zones


def over(now: datetime, zone: str, hours: str) -> datetime | None:
    """When the quiet hours end that ``now`` falls into, on a clock in ``zone``; None outside.

    ``hours`` is from-to, such as "21-8"; the same hour twice means none.
    """
    start, end = (int(hour) for hour in hours.split("-"))
    there = zones.local(now, zone)
    passed, length = (there.hour - start) % 24, (end - start) % 24
    if passed >= length:
        return None
    wall = there.replace(minute=0, second=0, microsecond=0, tzinfo=None)
    morning = (wall + timedelta(hours=length - passed)).replace(tzinfo=there.tzinfo)
    return morning.astimezone(now.tzinfo)
