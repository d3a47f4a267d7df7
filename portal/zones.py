"""Time zones by their IANA names: which there are, and what a clock on a wall there shows."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from portal.errors import Unreadable

REGIONS = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
)  # fmt: skip


@cache
def regions() -> dict[str, list[str]]:
    """Every zone named after a place, by region, for a list to choose from."""
    found: dict[str, list[str]] = {region: [] for region in REGIONS}
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if place and region in found:
            found[region].append(name)
    return found


@cache
def known() -> frozenset[str]:
    """Every name that may be chosen."""
    return frozenset({"UTC"}.union(*regions().values()))


def place(zone: str) -> str:
    """How a zone is called in a sentence: ``Berlin time``, ``New York time``, ``UTC``."""
    return zone if zone == "UTC" else f"{town(zone)} time"


def town(zone: str) -> str:
    """The place a zone is named after: ``Buenos Aires``."""
    return zone.rpartition("/")[2].replace("_", " ")


def local(moment: datetime, zone: str) -> datetime:
    """This moment as a clock there shows it; a zone we do not know counts as UTC."""
    return moment.astimezone(ZoneInfo(zone if zone in known() else "UTC"))


def spoken(moment: datetime, zone: str) -> str:
    """``Tuesday 3 November 2026, 15:00 Berlin time``."""
    there = local(moment, zone)
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M} {place(zone)}"


def host_time(moment: datetime, zone: str, host: str) -> str:
    """The same moment where the host is, as far as it differs: ``16:00 Berlin time`` or more."""
    there = local(moment, host)
    if zone == host:
        return ""
    same_day = there.date() == local(moment, zone).date()
    return f"{there:%H:%M} {place(host)}" if same_day else spoken(moment, host)


def moment(wall: datetime, zone: str) -> datetime:
    """The one moment at which a clock there shows this (naive) time.

    Raises Unreadable for a time that clocks skip, or show twice, on the night they change.
    """
    first, second = (
        wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(ZoneInfo("UTC"))
        for fold in (0, 1)
    )
    if first == second:
        return first
    if first < second:
        raise Unreadable(
            f"{wall:%H:%M} happens twice that day: the clocks in {town(zone)} go back. "
            "Choose another time"
        )
    raise Unreadable(
        f"{wall:%H:%M} does not exist that day: the clocks in {town(zone)} go forward. "
        "Choose another time"
    )
