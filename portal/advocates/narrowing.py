"""What a list of customers can be narrowed to, beside a search and a country."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import sqlalchemy as sa

from portal.addresses import name_key
from portal.advocates.models import Advocate, Company, Sector, Tag
from portal.fields import number_of


def called(key: str) -> sa.Select:
    """The ids of companies one of whose names, of today or before, holds this ``name_key``."""
    named = sa.orm.aliased(Company)
    itself = sa.func.coalesce(named.merged_into_id, named.id)
    return sa.select(itself).where(named.name_key.contains(key, autoescape=True))


@dataclass(frozen=True)
class Narrow:
    """Empty means: any. It is read from an address, so nothing in it needs to make sense."""

    company: str = ""  # part of its name
    sector: str = ""
    tag: str = ""
    owner: str = ""  # the number of a colleague

    def __bool__(self) -> bool:
        return any(self.asked().values())

    def asked(self) -> dict[str, str]:
        """What stands in the address of this list."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}

    def apply(self, chosen: sa.Select) -> sa.Select:
        """The same customers, fewer of them; the query has their companies joined."""
        if key := name_key(self.company):
            chosen = chosen.where(Advocate.company_id.in_(called(key)))
        if self.sector in list(Sector):
            chosen = chosen.where(Company.sector == Sector(self.sector))
        if self.tag:
            chosen = chosen.where(Advocate.tags.any(Tag.name == self.tag))
        if number := number_of(self.owner):
            chosen = chosen.where(Company.owner_id == number)
        return chosen


ANY = Narrow()


def read(args: Mapping[str, str]) -> Narrow:
    """What the address of a list asks for."""
    return Narrow(**{one.name: args.get(one.name, "").strip()[:100] for one in fields(Narrow)})
