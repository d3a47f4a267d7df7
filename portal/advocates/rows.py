"""One customer as a row says it: cleaned, or refused in words."""

import re
import unicodedata
from datetime import date, datetime

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from portal import clock, zones
from portal.addresses import canonical_email, name_key
from portal.advocates import caring
from portal.advocates.columns import LABELS
from portal.advocates.importing import ImportFile, Row
from portal.advocates.models import Sector
from portal.config import settings

LANGUAGES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr",
    "spanish": "es", "español": "es", "italian": "it", "italiano": "it", "dutch": "nl",
    "nederlands": "nl", "portuguese": "pt", "português": "pt", "polish": "pl", "polski": "pl",
}  # fmt: skip
YES, NO = {"yes", "y", "true", "1", "x", "ja", "oui"}, {"", "no", "n", "false", "0", "nein", "non"}
# Words by which a sector under gift rules is known (T13); anything else is private.
SECTOR_WORDS = {
    Sector.PUBLIC: "public government military defense defence judiciary legislative municipal",
    Sector.HEALTHCARE: "health healthcare hospital medical pharmaceuticals pharma",
    Sector.FINANCE: "finance financial bank banking insurance investment capital",
    Sector.EDUCATION: "education school university academic e-learning",
}


def meaning(sector: Sector) -> set[str]:
    """The words that mean this sector: ours, and those the owners add."""
    added = getattr(settings(), f"sector_words_{sector}").lower()
    return {*SECTOR_WORDS[sector].split(), *re.split(r"[\s,]+", added)} - {""}


class CustomerRow(BaseModel):
    """The values of one row. Blank means: the file does not say."""

    model_config = ConfigDict(str_strip_whitespace=True)

    email: str = Field(max_length=254)
    email_key: str = ""
    first_name: str = Field(max_length=100)
    last_name: str = Field("", max_length=100)
    company: str = Field(max_length=200)
    company_key: str = ""
    external_id: str = Field("", max_length=100)
    job_title: str = Field("", max_length=150)
    phone: str = Field("", max_length=60)
    city: str = Field("", max_length=100)
    country: str = Field("", max_length=100)
    language: str = Field("", max_length=10)
    time_zone: str = Field("", max_length=60)
    customer_since: date | None = None
    website: str = Field("", max_length=300)
    sector: Sector | None = None
    owner: str = Field("", max_length=254)
    tags: list[str] = []
    stopped: date | None = None  # since when; never lifted by a file
    left: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _split_name(cls, cells: dict) -> dict:
        whole = cells.get("name", "")
        if cells.get("first_name") or cells.get("last_name") or not whole:
            return cells
        if "," in whole:
            last, _, first = whole.partition(",")
        else:
            first, _, last = whole.partition(" ")
        return cells | {"first_name": first.strip(), "last_name": last.strip()}

    @field_validator("*")
    @classmethod
    def _one_line(cls, value):
        if isinstance(value, str) and any(unicodedata.category(sign) == "Cc" for sign in value):
            raise ValueError("the {label} holds a line break or another control sign")
        return value

    @field_validator("email", "first_name", "company")
    @classmethod
    def _needed(cls, value: str) -> str:
        if not value:
            raise ValueError("the {label} is missing")
        return value

    @field_validator("email")
    @classmethod
    def _mail_address(cls, value: str) -> str:
        try:
            validate_email(value, check_deliverability=False)
        except EmailNotValidError:
            raise ValueError(f"“{value}” is not a mail address") from None
        return value

    @field_validator("language", mode="before")
    @classmethod
    def _language(cls, value: str) -> str:
        code = LANGUAGES.get(value.casefold(), value.replace("_", "-"))
        if code and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{2,4})?", code):
            raise ValueError(f"“{value}” is not a language we know; write a code such as en or de")
        return code

    @field_validator("time_zone")
    @classmethod
    def _time_zone(cls, value: str) -> str:
        named = {zone.casefold(): zone for zone in zones.known()}
        if value and value.casefold() not in named:
            raise ValueError(f"“{value}” is not a time zone we know; write it like Europe/Berlin")
        return named.get(value.casefold(), "")

    @field_validator("customer_since", mode="before")
    @classmethod
    def _date(cls, value: str, info: ValidationInfo) -> date | None:
        return read_date(value, (info.context or {}).get("day_first")) if value else None

    @field_validator("stopped", "left", mode="before")
    @classmethod
    def _since(cls, value: str, info: ValidationInfo) -> date | None:
        if value.casefold() in YES:
            return clock.now().date()
        if value.casefold() in NO:
            return None
        return read_date(value, (info.context or {}).get("day_first"))

    @field_validator("sector", mode="before")
    @classmethod
    def _sector(cls, value: str) -> Sector | None:
        words = set(re.split(r"(?:[^\w-]|_)+", value.lower().replace("e-learning", "education")))
        found = (sector for sector in SECTOR_WORDS if words & meaning(sector))
        return next(found, Sector.PRIVATE) if value else None

    @field_validator("tags", mode="before")
    @classmethod
    def _tags(cls, value: str) -> list[str]:
        words = caring.split(value)
        if fault := caring.objection(words):
            raise ValueError(f"{fault[:1].lower()}{fault[1:].rstrip('.')}")
        return words

    @model_validator(mode="after")
    def _keys(self):
        self.email_key = canonical_email(
            validate_email(self.email, check_deliverability=False).normalized
        )
        self.company_key = name_key(self.company)
        if len(self.email_key) > 254 or len(self.company_key) > 200:
            raise ValueError("the mail address or the company is too long")
        return self


def parse(file: ImportFile) -> list[tuple[Row, CustomerRow | str]]:
    """Each row with its values, or with the reason it is refused."""
    days_first = day_first(row.cells.get("customer_since", "") for row in file.rows)
    result: list[tuple[Row, CustomerRow | str]] = []
    for row in file.rows:
        if row.problem:
            result.append((row, row.problem))
            continue
        try:
            values = CustomerRow.model_validate(row.cells, context={"day_first": days_first})
        except ValidationError as error:
            result.append((row, "; ".join(sentences(error)) + shifted(row)))
        else:
            result.append((row, values))
    return result


def sentences(error: ValidationError) -> list[str]:
    said = []
    for fault in error.errors():
        label = LABELS.get(str(fault["loc"][0]), "") if fault["loc"] else ""
        if fault["type"] == "string_too_long":
            said.append(f"the {label} is longer than {fault['ctx']['max_length']} characters")
        elif fault["type"] == "missing":
            said.append(f"the {label} is missing")
        else:
            said.append(str(fault["ctx"]["error"]).replace("{label}", label))
    return said


def shifted(row: Row) -> str:
    """A hint when the mail address stands in another column than this row’s neighbours’."""
    if "@" in row.cells.get("email", ""):
        return ""
    where = next((name for name, cell in row.elsewhere.items() if "@" in cell), None)
    return f". A mail address stands under “{where}”: are the cells shifted?" if where else ""


# ── Dates ──────────────────────────────────────────────────────────────────────────────────

SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\b")


def day_first(values) -> bool | None:
    """Whether 3/4/2020 is in April or in March, as far as the column gives it away."""
    pairs = [(int(m[1]), int(m[2])) for m in map(SLASHED.match, values) if m]
    if any(a > 12 for a, _ in pairs):
        return True
    return False if any(b > 12 for _, b in pairs) else None


def read_date(value: str, days_first: bool | None) -> date:
    """A day from ISO, 24.8.2020, 24 Aug 2020, or slashes whose order the column settles."""
    if match := SLASHED.match(value):
        if days_first is None and match[1] != match[2]:
            raise ValueError(f"“{value}” can be read as two days; write {match[3]}-12-31 style")
        month, day = (match[2], match[1]) if days_first else (match[1], match[2])
        value = f"{match[3]}-{month:0>2}-{day:0>2}"
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y"):
        try:
            return datetime.strptime(value[:10] if form == "%Y-%m-%d" else value, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(f"“{value}” is not a date; write it as 2020-12-31")
