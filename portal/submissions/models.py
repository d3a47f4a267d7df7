import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.advocates.models import Advocate
from portal.campaigns.models import Action, Invitation
from portal.consent.models import Receipt
from portal.db import Model
from portal.errors import NotAllowed
from portal.incentives.models import Choice, Outcome, Reward
from portal.submissions import kinds


class PromptKind(enum.StrEnum):
    SHORT = "short"  # one line
    LONG = "long"  # several paragraphs
    RATING = "rating"  # 1 to 5, real radio inputs
    CHOICE = "choice"  # one of ``choices``
    RESULTS = "results"  # rows of metric, before, after, period, how measured
    NUMBER = "number"  # a figure with its ``unit``, between ``lowest`` and ``highest``
    DATES = "dates"  # up to three days
    PEOPLE = "people"  # rows of roles, never of names (T30)
    LINKS = "links"  # addresses of web pages
    EVENT = "event"  # one of the open events, or days that suit
    FILES = "files"  # pictures and PDFs, and a logo: rows of what ``media.Upload`` holds


IN_ROWS = {PromptKind.RESULTS, PromptKind.DATES, PromptKind.PEOPLE, PromptKind.LINKS}
LONGEST = {PromptKind.SHORT: 150, PromptKind.LONG: 10_000}  # characters


MOST_FILES = 5


class Credit(enum.StrEnum):
    """How someone wants to be named, once they allow their name at all."""

    FULL = "full"  # name and job title
    INITIALS = "initials"
    ROLE = "role"  # job title only
    ANONYMOUS = "anonymous"


class Origin(enum.StrEnum):
    BUILTIN = "builtin"
    EDITED = "edited"  # by staff: ours never replaces it by itself


class PromptSet(Model):
    """What one action asks, at one version. Drafts keep the version they began with."""

    __tablename__ = "prompt_set"
    __table_args__ = (sa.UniqueConstraint("action", "language", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[Action]
    language: Mapped[str] = mapped_column(sa.String(10))
    version: Mapped[int]
    title: Mapped[str]  # "Give a quote"
    summary: Mapped[str]  # one sentence for the card
    minutes: Mapped[int]
    next_step: Mapped[str]  # what happens after sending
    shown_where: Mapped[str]  # where the words may appear
    purposes: Mapped[list[str]]  # which permissions are asked, in this order
    sha256: Mapped[str] = mapped_column(sa.String(64))
    origin: Mapped[Origin] = mapped_column(default=Origin.BUILTIN)
    builtin_sha256: Mapped[str] = mapped_column(sa.String(64))  # of ours, when this was made
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    prompts: Mapped[list["Prompt"]] = relationship(
        back_populates="prompt_set", order_by="Prompt.position", lazy="selectin"
    )


class Prompt(Model):
    """One guided question."""

    __tablename__ = "prompt"
    __table_args__ = (
        sa.UniqueConstraint("prompt_set_id", "key"),
        sa.UniqueConstraint("prompt_set_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    prompt_set_id: Mapped[int] = mapped_column(sa.ForeignKey(PromptSet.id))
    prompt_set: Mapped[PromptSet] = relationship(back_populates="prompts")
    position: Mapped[int]
    key: Mapped[str] = mapped_column(sa.String(40))
    kind: Mapped[PromptKind]
    question: Mapped[str]  # the page's heading
    label: Mapped[str]  # the short form, for summaries and stories
    hint: Mapped[str] = mapped_column(default="")
    example: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")  # what to say when it is empty
    required: Mapped[bool] = mapped_column(default=True)
    choices: Mapped[list[str]] = mapped_column(default=list)
    words_min: Mapped[int | None]
    words_max: Mapped[int | None]
    public: Mapped[bool] = mapped_column(default=True)  # may be shown, given the permission
    section: Mapped[str] = mapped_column(default="")  # what it belongs to, e.g. "The results"
    unit: Mapped[str] = mapped_column(sa.String(40), default="")
    lowest: Mapped[int | None]
    highest: Mapped[int | None]
    most: Mapped[int | None]  # rows

    def complaint(self, value: Any) -> str:
        """Why this answer will not do, in a sentence; empty when it will."""
        if value in (None, "", []):
            return self.error if self.required else ""
        if self.kind is PromptKind.RATING:
            return "" if value in range(1, 6) else self.error
        if self.kind is PromptKind.CHOICE:
            return "" if value in self.choices else self.error
        if self.kind in kinds.CHECKED:
            return kinds.complaint(self, value)
        if self.kind is PromptKind.RESULTS:
            whole = all(row["metric"] and row["before"] and row["after"] for row in value)
            return "" if whole else "Enter what you measured, and the value before and after"
        if self.kind is PromptKind.FILES:
            unseen = [file["name"] for file in value if file["picture"] and not file["alt"]]
            return f"Say what “{unseen[0]}” shows" if unseen else ""
        limit = LONGEST[self.kind]
        return f"{self.label} must be {limit:,} characters or fewer" if len(value) > limit else ""


class State(enum.StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES = "changes-asked"
    SIGNOFF = "signoff"  # words or a cut of ours wait for their author's yes (T3)
    APPROVED = "approved"
    PUBLISHED = "published"
    RETIRED = "retired"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


# What may happen, from where, to where. Pages draw their buttons from this table and actions
# obey it, so the two cannot disagree.
MOVES = {
    "submit": ({State.DRAFT, State.CHANGES}, State.SUBMITTED),
    "ask for a change": ({State.SUBMITTED}, State.CHANGES),
    "approve": ({State.SUBMITTED}, State.APPROVED),
    "decline": ({State.SUBMITTED}, State.DECLINED),
    "propose words": ({State.SUBMITTED, State.SIGNOFF}, State.SIGNOFF),
    "propose a cut": ({State.APPROVED, State.RETIRED, State.SIGNOFF}, State.SIGNOFF),
    "sign off": ({State.SIGNOFF}, State.APPROVED),
    "read again": ({State.SIGNOFF}, State.SUBMITTED),
    "keep whole": ({State.SIGNOFF}, State.APPROVED),
    "publish": ({State.APPROVED, State.RETIRED}, State.PUBLISHED),
    "retire": ({State.PUBLISHED}, State.RETIRED),
    "withdraw": (set(State) - {State.WITHDRAWN, State.DECLINED}, State.WITHDRAWN),
}


class Relationship(enum.StrEnum):
    """The submitter's tie to us; anything but none is said before the words (T2)."""

    NONE = "none"
    EMPLOYEE = "employee"
    RELATIVE = "relative"
    PARTNER = "partner"
    RESELLER = "reseller"
    INVESTOR = "investor"


class Submission(Model):
    """One advocate's contribution, on its way from a draft to the public page."""

    __tablename__ = "submission"
    __table_args__ = (
        sa.UniqueConstraint("invitation_id", "action"),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL",
            name="submitted_at_if_submitted",
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'published', 'retired', 'declined')"
            " OR decided_at IS NOT NULL",
            name="decided_at_if_decided",
        ),
        sa.Index("ix_submission_state_submitted_at_id", "state", "submitted_at", "id"),
        sa.Index(
            "ix_submission_to_publish",
            "state",  # the same in all, and what SQLite chooses an index by
            "decided_at",
            "id",
            sqlite_where=sa.text("state = 'approved' AND action IN ('quote', 'case-study')"),
            postgresql_where=sa.text("state = 'approved' AND action IN ('quote', 'case-study')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey(Invitation.id))
    invitation: Mapped[Invitation] = relationship()
    advocate_id: Mapped[int] = mapped_column(sa.ForeignKey(Advocate.id), index=True)
    advocate: Mapped[Advocate] = relationship()
    action: Mapped[Action]
    prompt_set_id: Mapped[int] = mapped_column(sa.ForeignKey(PromptSet.id))
    prompt_set: Mapped[PromptSet] = relationship(lazy="joined", innerjoin=True)
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    language: Mapped[str] = mapped_column(sa.String(10), default="en")

    # The offer as it stood before the first word, and what was said to it (T10, T11).
    promise: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    choice: Mapped[Choice | None]
    employer_allows: Mapped[bool] = mapped_column(default=False)

    # The consent page's answers until they are sent: {purpose: true | false}.
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    receipt_id: Mapped[int | None] = mapped_column(sa.ForeignKey(Receipt.id), unique=True)
    receipt: Mapped[Receipt | None] = relationship()

    relation: Mapped[Relationship | None]
    credit: Mapped[Credit] = mapped_column(default=Credit.FULL)  # obeyed within the permission
    attested_at: Mapped[datetime | None]  # own words, real use (T2)
    note: Mapped[str] = mapped_column(default="")  # staff's newest word to the advocate
    ground: Mapped[str] = mapped_column(default="")  # why it was declined
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]

    answers: Mapped[list["Answer"]] = relationship(back_populates="submission", lazy="selectin")
    versions: Mapped[list["Version"]] = relationship(
        back_populates="submission", order_by="Version.number"
    )

    reward: Mapped[Reward | None] = relationship(  # owed for it; written by incentives alone (T8)
        primaryjoin=lambda: (
            sa.orm.foreign(Reward.reason) == "submission:" + sa.cast(Submission.id, sa.String)
        ),
        viewonly=True,
        uselist=False,
    )

    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}

    @property
    def outcome(self) -> Outcome:
        """What came of the reward promised for it, as it has to be said now (T10)."""
        return self.reward.state.outcome if self.reward else Outcome.PROMISED

    @property
    def company_name(self) -> str:
        """What the company of its author was called when they agreed to its being named."""
        return self.receipt.under_name if self.receipt else self.advocate.company.name

    @property
    def current(self) -> "Version | None":
        """The newest words sent."""
        return self.versions[-1] if self.versions else None

    @property
    def reference(self) -> str:
        """What the advocate may quote to us; known once sent."""
        return self.receipt.reference if self.receipt else ""

    def allows(self, move: str) -> bool:
        return self.state in MOVES[move][0]

    def move(self, move: str) -> None:
        if not self.allows(move):
            raise NotAllowed(f"You cannot {move} something that is {self.state.replace('-', ' ')}.")
        self.state = MOVES[move][1]

    def answer_to(self, prompt: Prompt) -> "Answer | None":
        return next((a for a in self.answers if a.prompt_id == prompt.id), None)


class Answer(Model):
    """What the advocate typed so far; the only text here that may change."""

    __tablename__ = "answer"
    __table_args__ = (sa.UniqueConstraint("submission_id", "prompt_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey(Submission.id))
    submission: Mapped[Submission] = relationship(back_populates="answers")
    prompt_id: Mapped[int] = mapped_column(sa.ForeignKey(Prompt.id))
    prompt: Mapped[Prompt] = relationship(lazy="joined", innerjoin=True)
    value: Mapped[Any] = mapped_column(sa.JSON)  # a string, a number, or rows
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Version(Model):
    """The words exactly as sent, at one moment. The database refuses to change them (T3)."""

    __tablename__ = "version"
    __table_args__ = (sa.UniqueConstraint("submission_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey(Submission.id))
    submission: Mapped[Submission] = relationship(back_populates="versions")
    number: Mapped[int]
    answers: Mapped[list[Any]]  # [{key, kind, label, public, value}], in the order asked
    rating: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    def value(self, key: str) -> Any:
        """The answer to one prompt, or None."""
        return next((a["value"] for a in self.answers if a["key"] == key), None)
