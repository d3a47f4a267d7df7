"""Write down what a platform allows: always a new version, the ones before stay (T12)."""

import re
from typing import Any

from portal.db import db, lock
from portal.errors import NotAllowed, Unfit
from portal.history.actions import Actor, record
from portal.incentives import copylint
from portal.platforms import queries
from portal.platforms.models import PlatformRule
from portal.staff.overtaking import overtaken


def add(values: dict[str, Any], *, by: Actor) -> PlatformRule:
    """A platform that is not in the table yet."""
    key = re.sub(r"[^a-z0-9]+", "-", values["name"].lower()).strip("-")[:40]
    if not key or key == "new":
        raise NotAllowed("Give it a name with letters in it.")
    lock(f"platform {key}")
    if queries.current(key):
        raise Unfit(f"“{values['name']}” is in the table already. Change its row there.")
    return _write(key, 1, values, by=by)


def change(platform: str, values: dict[str, Any], *, seen: int, by: Actor) -> PlatformRule:
    """A new version of a platform's row, even if only the day it was checked is new.

    ``seen`` is the version that was on the page; raises Stale when there is a newer one.
    """
    lock(f"platform {platform}")
    newest = queries.named(platform)
    if newest.version != seen:
        raise overtaken(newest, newest=newest.version)
    return _write(platform, newest.version + 1, values, by=by)


def _write(platform: str, version: int, values: dict[str, Any], *, by: Actor) -> PlatformRule:
    for text in (values["disclosure"], values["note"]):
        if phrase := copylint.objection(text):
            raise Unfit(f"Take out “{phrase}”: customers may read this beside an ask.")
    rule = PlatformRule(platform=platform, version=version, by=by.subject, **values)
    db.session.add(rule)
    record(rule, "written down", by=by, platform=platform, version=version)
    return rule
