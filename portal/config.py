"""Every setting: its name, default, and one line on why. Read from ``GOODWORD_*``.

A secret has no default, and may come from a file instead: ``GOODWORD_SECRET_KEY_FILE=/run/…``.
All faults are listed at once, before anything starts.
"""

import os
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Annotated

from flask import current_app
from pydantic import AfterValidator, EmailStr, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from portal import zones

ROOT = Path(__file__).parent.parent
PREFIX = "GOODWORD_"

Key = Annotated[SecretStr, Field(min_length=32)]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


def a_zone(name: str) -> str:
    if name not in zones.known():
        raise ValueError("is no time zone, such as Europe/Berlin")
    return name


Zone = Annotated[str, AfterValidator(a_zone)]


class SmtpSecurity(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class ReviewMarkup(StrEnum):
    OFF = ""
    SOFTWARE = "SoftwareApplication"
    PRODUCT = "Product"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", env_ignore_empty=True, validate_assignment=True
    )

    base_url: str = Field(
        description="Where people reach this portal, e.g. https://customers.example.com. "
        "Every link is built from it; a request for another host is refused."
    )
    secret_key: Key = Field(description="Signs session cookies. At least 32 characters.")
    link_keys: Annotated[list[Key], NoDecode, Field(min_length=1)] = Field(
        description="Signs links in mails, comma-separated, oldest first; the newest signs."
    )
    signing_keys: Annotated[list[SecretStr], NoDecode] = Field(
        default=[],
        description="Sign what the verify pages and evidence files say (Ed25519; each 32 bytes as "
        "base64, or PEM), comma-separated, oldest first; the newest signs. Unset, one is derived "
        "from the secret key: enough to look around, not to be relied on.",
    )
    data_keys: Annotated[list[Key], NoDecode] = Field(
        default=[],
        description="Seal secrets in the database (second factors, reward codes), "
        "comma-separated, oldest first; the newest seals. Unset, one follows from the secret key.",
    )
    database_url: str = Field(
        default=f"sqlite:///{ROOT}/var/goodword.sqlite",
        description="sqlite:///FILE (one machine) or postgresql+psycopg://… (several).",
    )
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default=[], description="Further host names this portal answers to, comma-separated."
    )
    proxy_hops: int = Field(
        default=0, ge=0, le=5, description="How many proxies in front to trust for the address."
    )
    node_name: str = Field(
        default_factory=socket.gethostname,
        description="This machine's name among workers; keep it the same across restarts.",
    )
    rate_limit_storage: str = Field(
        default="memory://", description="redis://… when several app processes share limits."
    )
    media_url: str = Field(
        default=f"file://{ROOT}/var/media",
        description="Where photos and files are kept: file:///DIRECTORY, or s3://BUCKET/PREFIX.",
    )
    s3_endpoint: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="Address of an S3-compatible server, e.g. https://minio.example.com. "
        "Unset: Amazon’s own.",
    )
    s3_region: str = Field(default="us-east-1", description="The region of the bucket.")
    s3_access_key: str = Field(
        default="", description="Opens the bucket. Unset: what the machine itself may open."
    )
    s3_secret_key: SecretStr = Field(default=SecretStr(""), description="Its other half.")
    click_log_dir: str = Field(
        default="",
        description="Where web processes note visits to referral links until the worker of the "
        "same machine loads them: a directory on a local disk. Unset: beside the SQLite file, or "
        "`var/clicks` with PostgreSQL.",
    )

    disposable_list: str = Field(
        default="",
        description="A file of domains that hand out mailboxes to be thrown away, one a line, in "
        "place of the list that comes along. Missing or unreadable: the list that comes along.",
    )

    known_contacts_key: str = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        description="The sha256 of the key with which a program may keep the list of customers and "
        "open opportunities (docs/integrating.md). Unset: no program may.",
    )

    second_approval: Annotated[dict[str, int], NoDecode] = Field(
        default={"CHF": 500, "EUR": 500, "GBP": 500, "USD": 500},
        description="A reward worth more than this needs the approval of two different people: "
        "amounts by currency, e.g. EUR:500,USD:500. A currency left out needs one person only.",
    )
    tax_thresholds: Annotated[dict[int, int], NoDecode] = Field(
        default={},
        description="US dollars one person may get in a year before a tax form must be on file, "
        "for the years this version does not know yet (2025: 600 and 2026: 2000 are built in), "
        "e.g. 2027:2000.",
    )
    codes_low: int = Field(
        default=10, ge=0, description="Staff are warned when fewer reward codes than this are left."
    )
    payout_url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="Where approved rewards are ordered to be paid out, see docs/rewards.md. "
        "HTTPS, on a public address.",
    )
    payout_secrets: Annotated[list[SecretStr], NoDecode] = Field(
        default=[],
        description="Sign those orders (Standard Webhooks; each whsec_ and base64), "
        "comma-separated; each of them signs, so that they can be changed without a gap.",
    )
    payout_loopback: bool = Field(
        default=False,
        description="Let the address above be on this machine, without HTTPS. For trying it out.",
    )

    smtp_host: str = Field(default="localhost", description="The mail relay.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_security: SmtpSecurity = Field(
        default=SmtpSecurity.STARTTLS,
        description="starttls or tls (certificate checked), or none for a relay on this machine.",
    )
    smtp_username: str = Field(default="", description="Leave empty for a relay without sign-in.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Its password.")
    mail_from: EmailStr = Field(
        default="customers@example.com", description="The address mails come from."
    )

    quiet_hours: str = Field(
        default="21-8",
        pattern=r"^([01]?\d|2[0-3])-([01]?\d|2[0-3])$",
        description="Hours in which no marketing mail leaves, on the clock of whoever gets it: "
        "from-to; 0-0 for none.",
    )
    ask_every_days: int = Field(
        default=60, ge=1, le=730, description="At most one ask per person in so many days."
    )
    asks_per_company: int = Field(
        default=5,
        ge=0,
        description="How many people of one company may be asked in that time; 0 for no limit.",
    )

    usual_days_received: int = Field(
        default=0,
        ge=0,
        le=365,
        description="How many days usually pass from a recommendation until someone is in touch; "
        "whoever recommended reads it. 0: they read that there is no usual time yet.",
    )
    usual_days_contacted: int = Field(
        default=0, ge=0, le=365, description="The same until it is clear whether you can help."
    )
    usual_days_qualified: int = Field(
        default=0, ge=0, le=365, description="The same until you meet."
    )
    usual_days_meeting: int = Field(
        default=0, ge=0, le=365, description="The same from there until they decide."
    )
    sector_words_public: str = Field(
        default="",
        max_length=300,
        description="Words in the sector column of customer files that mean a public body, "
        "comma-separated, beside those that are built in. Offers are off there.",
    )
    sector_words_healthcare: str = Field(
        default="", max_length=300, description="The same for healthcare."
    )
    sector_words_finance: str = Field(
        default="", max_length=300, description="The same for banks and insurers."
    )
    sector_words_education: str = Field(
        default="", max_length=300, description="The same for schools and universities."
    )

    brand_name: str = Field(default="Your company", description="The name customers know.")
    brand_tagline: str = Field(default="", description="One line under it on public pages.")
    brand_colour: Colour = Field(
        default="#1f6f5c", description="One colour for buttons and links, as #rrggbb."
    )
    brand_logo: str = Field(
        default="",
        pattern=r"^([0-9a-f]{32})?$",
        description="The file shown in place of the name: chosen on the settings page, which "
        "stores it.",
    )
    brand_legal_name: str = Field(default="", description="The legal entity, for the footer.")
    brand_address: str = Field(
        default="", description="Postal address; marketing mail must carry it (T38)."
    )
    brand_privacy_url: str = Field(default="", description="Your privacy notice.")
    brand_time_zone: Zone = Field(
        default="UTC",
        description="The clock your team mostly plans on, as an IANA name like Europe/Berlin. "
        "Your pages tell times by it; evidence is told in UTC. Forms for times begin with it, "
        "and say so beside the field.",
    )
    brand_contact_email: EmailStr = Field(
        default="customers@example.com", description="Whom people may write to with a question."
    )

    second_factor_required: bool = Field(
        default=True,
        description="Whether colleagues who sign in with a password must also have a code or a "
        "passkey. Owners may choose otherwise on the settings page.",
    )
    sso_issuer: str = Field(
        default="",
        pattern=r"^(https://\S+|http://(localhost|127\.0\.0\.1)(:\d+)?(/\S*)?)?$",
        description="Your company’s OpenID Connect provider, e.g. https://login.example.com. "
        "Its `/.well-known/openid-configuration` is read. Unset: no company sign-in.",
    )
    sso_name: str = Field(default="your company", description="How the button calls it.")
    sso_client_id: str = Field(default="", description="What the provider knows this portal as.")
    sso_client_secret: SecretStr = Field(
        default=SecretStr(""), description="Its secret there, if it has one."
    )
    sso_domains: Annotated[list[str], NoDecode] = Field(
        default=[],
        description="Mail domains whose people may come in, comma-separated. Unset: only who was "
        "invited.",
    )
    sso_new_people: str = Field(
        default="invited",
        pattern=r"^(invited|viewer|editor)$",
        description="What someone of these domains becomes at their first sign-in: viewer or "
        "editor; or `invited`: an owner must have invited them.",
    )

    review_markup: ReviewMarkup = Field(
        default=ReviewMarkup.OFF,
        description="SoftwareApplication or Product: tell search engines what the reviews page "
        "shows, about a product of the brand’s name. Unset: tell them nothing.",
    )
    source_url: str = Field(
        default="",
        description="Where the source of this portal can be had, shown in the footer; the licence "
        "asks for it once you run a changed version.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, FileSource(settings_cls)

    @property
    def unsaid_by_name(self) -> dict[str, str]:
        """The settings which say who writes our mails (T38) and that nobody has set, in words."""
        fields = type(self).model_fields
        found = {}
        if self.brand_name == fields["brand_name"].default:
            found["brand_name"] = "the name customers know"
        if not self.brand_address.strip():
            found["brand_address"] = "your postal address"
        if self.brand_contact_email == fields["brand_contact_email"].default:
            found["brand_contact_email"] = "a mail address for questions"
        return found

    @property
    def unsaid(self) -> str:
        """What every mail has to say of who writes it (T38) and nobody has written down yet."""
        *others, last = self.unsaid_by_name.values() or [""]
        return f"{', '.join(others)} and {last}" if others else last

    def hour(self, at: datetime) -> str:
        """As the team’s clock shows it: ``15:02 CET``."""
        return zones.hour(at, self.brand_time_zone)

    def day(self, at: datetime) -> str:
        """The day there: ``24 November``."""
        there = zones.local(at, self.brand_time_zone)
        return f"{there.day} {there:%B}"

    @field_validator("base_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[a-z0-9.\-\[\]:]+", value.rstrip("/"), re.IGNORECASE):
            raise ValueError("must be a scheme and a host, like https://customers.example.com")
        return value.rstrip("/").lower()

    @field_validator("media_url")
    @classmethod
    def _a_place_for_files(cls, value: str) -> str:
        if not re.fullmatch(r"file:///\S+|s3://[a-z0-9][a-z0-9.\-]+(/\S*)?", value):
            raise ValueError("must be file:///DIRECTORY or s3://BUCKET/PREFIX")
        return value

    @field_validator("second_approval", "tax_thresholds", mode="before")
    @classmethod
    def _pairs(cls, value):
        if not isinstance(value, str):
            return value
        pairs = [part.partition(":") for part in value.split(",") if part.strip()]
        if not all(name.strip() and figure.strip().isdecimal() for name, _, figure in pairs):
            raise ValueError("must be pairs of a name and a whole number, like EUR:500,USD:500")
        return {name.strip().upper(): int(figure) for name, _, figure in pairs}

    @field_validator("payout_secrets")
    @classmethod
    def _secrets_to_sign(cls, secrets: list[SecretStr]) -> list[SecretStr]:
        for text in (secret.get_secret_value() for secret in secrets):
            if not re.fullmatch(r"whsec_[\w+/]{32,}={0,2}", text, re.A):
                raise ValueError(
                    "must be whsec_ and at least 24 bytes as base64, as `echo whsec_$(openssl rand "
                    "-base64 32)` gives them"
                )
        return secrets

    @field_validator(
        "link_keys",
        "signing_keys",
        "data_keys",
        "payout_secrets",
        "allowed_hosts",
        "sso_domains",
        mode="before",
    )
    @classmethod
    def _comma_separated(cls, value):
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("signing_keys")
    @classmethod
    def _keys_to_sign(cls, keys: list[SecretStr]) -> list[SecretStr]:
        for text in (key.get_secret_value() for key in keys):
            if not text.startswith("-----BEGIN") and not re.fullmatch(r"[\w+/]{43}=", text, re.A):
                raise ValueError(
                    "must be 32 bytes as base64, as `openssl rand -base64 32` gives them"
                )
        return keys

    @cached_property
    def click_log(self) -> Path:
        """The folder of the click log (see ``clicks.log``)."""
        if self.click_log_dir:
            return Path(self.click_log_dir)
        if self.database_url.startswith("sqlite:///"):
            return Path(self.database_url.removeprefix("sqlite:///") + "-clicks")
        return ROOT / "var" / "clicks"

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def hosts(self) -> list[str]:
        """The host names (with port) this portal answers to."""
        return [self.base_url.partition("://")[2], *self.allowed_hosts]


class BadSettings(Exception):
    """The settings cannot be used; the message lists every fault."""


class FileSource(EnvSettingsSource):
    """``GOODWORD_X_FILE=/path`` means: the value of x stands in that file."""

    def get_field_value(self, field, field_name):
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        value = Path(path).read_text().strip() if path else None
        return value, field_name, False


def load(**overrides) -> Settings:
    """The settings of this process; raises BadSettings with one line per fault."""
    read_env_file()
    try:
        return Settings(**overrides)
    except ValidationError as error:
        faults = [
            f"  {PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()
        ]
        raise BadSettings(
            "Goodword cannot start with these settings:\n"
            + "\n".join(faults)
            + "\n`python3 dev.py serve` writes a first settings file (.env); "
            "every setting is explained in docs/settings.md."
        ) from None
    except SettingsError as error:  # a file that cannot be read
        raise BadSettings(f"Goodword cannot start: {error.__cause__}") from None


def read_env_file() -> None:
    """Take ``GOODWORD_*`` lines from the file GOODWORD_ENV_FILE names (default ``.env``).

    What is set in the environment already wins.
    """
    path = Path(os.environ.get(f"{PREFIX}ENV_FILE", ROOT / ".env"))
    if not path.is_file():
        return
    for line in path.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip().startswith(PREFIX):
            os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


def settings() -> Settings:
    """The settings of the app at work: the environment’s, and over them what owners chose."""
    extensions = current_app.extensions  # looked up once: this is asked several times a page
    given, chosen = extensions["goodword"], extensions.get("goodword chosen")
    return chosen.over(given) if chosen else given


def reread() -> None:
    """Let this process see what was just chosen; others see it within ``Chosen.FRESH``."""
    current_app.extensions["goodword chosen"].due = 0.0


class Chosen:
    """What owners chose on the settings page, read again every few seconds.

    The same object comes back until something changes, so whoever keeps pages can compare.
    """

    FRESH = 2.0  # seconds

    def __init__(self, read: Callable[[], dict[str, str] | None]):
        self.read = read
        self.due = 0.0
        self._choices: dict[str, str] = {}
        self._given: Settings | None = None
        self._both: Settings | None = None
        self._reading = Lock()

    def over(self, given: Settings) -> Settings:
        """These settings, with the choices in place of theirs."""
        if self._both is not None and self._given is given and monotonic() < self.due:
            return self._both
        if self._reading.acquire(blocking=self._both is None):  # one reads, the others go on
            try:
                self._refresh(given)
            finally:
                self._reading.release()
        return self._both or given

    def _refresh(self, given: Settings) -> None:
        self.due = monotonic() + self.FRESH
        choices = self.read()
        if choices is None:  # they cannot be read just now
            choices = self._choices
        if self._both is None or self._given is not given or choices != self._choices:
            self._both = laid_over(given, choices)
            self._given, self._choices = given, choices


def laid_over(given: Settings, choices: dict[str, str]) -> Settings:
    """Settings with some said otherwise; a choice that cannot be is passed over."""
    if not choices:
        return given
    both = given.model_copy()
    for name, value in choices.items():
        with suppress(ValidationError):
            setattr(both, name, value)
    return both
