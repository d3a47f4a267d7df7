"""Time zones by their IANA names: which there are, and what a clock on a wall there shows."""

from datetime import UTC, datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

from portal import clock
from portal.errors import Unreadable

REGIONS = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
)  # fmt: skip

# How countries are written beside their code and the name in the table of the zones.
ALSO = {
    "GB": "united kingdom|great britain|uk|england|scotland|wales|northern ireland",
    "DE": "deutschland", "AT": "österreich", "CH": "schweiz|suisse",
    "NL": "the netherlands|holland", "CZ": "czechia", "TR": "türkiye",
    "KR": "south korea|korea|republic of korea",
    "VN": "viet nam", "AE": "uae", "CI": "ivory coast", "BA": "bosnia and herzegovina",
    "MM": "myanmar",
}  # fmt: skip


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


def of_country(country: str) -> str:
    """The clock of a country, by its English name or its code; empty where it has several."""
    code = _codes().get(" ".join(country.split()).casefold(), "")
    found = _table("zone.tab", 2).get(code, [])
    months = [datetime(clock.now().year, month, 15, tzinfo=UTC) for month in range(1, 13)]
    clocks = {tuple(ZoneInfo(zone).utcoffset(moment) for moment in months) for zone in found}
    return found[0] if len(clocks) == 1 and found[0] in known() else ""


@cache
def _codes() -> dict[str, str]:
    """The code of each country by whatever it is called, in small letters."""
    named = {name: code for code, names in _table("iso3166.tab", 1).items() for name in names}
    named |= {name: code for code, names in ALSO.items() for name in names.split("|")}
    return {name.casefold(): code for name, code in named.items()} | {
        code.casefold(): code for code in named.values()
    }


@cache
def _table(name: str, column: int) -> dict[str, list[str]]:
    """A table of the zone data: country code → what stands in a column of its lines."""
    found: dict[str, list[str]] = {}
    text = (resources.files("tzdata.zoneinfo") / name).read_text("utf-8")
    for line in text.splitlines():
        cells = line.split("\t")
        if not line.startswith("#") and len(cells) > column:
            found.setdefault(cells[0], []).append(cells[column])
    return found


def place(zone: str) -> str:
    """How a zone is called in a sentence: ``Berlin time``, ``New York time``, ``UTC``."""
    return zone if zone == "UTC" else f"{town(zone)} time"


def town(zone: str) -> str:
    """The place a zone is named after: ``Buenos Aires``."""
    return zone.rpartition("/")[2].replace("_", " ")


def begins_with(zone: str) -> str:
    """Said beside a field for a zone: nobody plans on another clock unseen."""
    return f"It begins with your team’s clock: {place(zone)}."


def local(moment: datetime, zone: str) -> datetime:
    """This moment as a clock there shows it; a zone we do not know counts as UTC."""
    return moment.astimezone(ZoneInfo(zone if zone in known() else "UTC"))


def hour(moment: datetime, zone: str) -> str:
    """What a clock there shows, and which clock it is: ``15:02 CET``, ``17:02 UTC+03``."""
    there = local(moment, zone)
    name = there.tzname() or "UTC"
    return f"{there:%H:%M} {name if name.isalpha() else f'UTC{name}'}"


def spoken(moment: datetime, zone: str) -> str:
    """``Tuesday 3 November 2026, 15:00 Berlin time``."""
    there = local(moment, zone)
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M} {place(zone)}"


def host_time(moment: datetime, zone: str, host: str) -> str:
    """The same moment where the host is, as far as it differs: ``16:00 Berlin time`` or more."""
    there, here = local(moment, host), local(moment, zone)
    if there.utcoffset() == here.utcoffset():
        return ""
    same_day = there.date() == here.date()
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
