"""What pages list of submissions and prompts, and which step of one comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from portal.campaigns.models import Action, CampaignState, Invitation, InvitationState
from portal.consent import companies
from portal.consent import queries as permissions
from portal.consent.models import Purpose
from portal.db import db
from portal.errors import NotFound
from portal.events import queries as events
from portal.events import told as speaking
from portal.events.models import Speaker
from portal.history import queries as history
from portal.submissions import crediting, kinds
from portal.submissions.models import Prompt, PromptKind, PromptSet, State, Submission


def prompt_set(action: Action, language: str = "en") -> PromptSet | None:
    """The newest prompts for an action; English where the language has none."""
    for tongue in dict.fromkeys((language, "en")):
        found = db.session.scalar(
            sa.select(PromptSet)
            .where(PromptSet.action == action, PromptSet.language == tongue)
            .order_by(PromptSet.version.desc())
            .limit(1)
        )
        if found:
            return found
    return None


def of(advocate_id: int, submission_id: int) -> Submission:
    """One contribution of this person; somebody else’s is not found."""
    found = db.session.scalar(
        sa.select(Submission).where(
            Submission.id == submission_id, Submission.advocate_id == advocate_id
        )
    )
    if found is None:
        raise NotFound("There is no contribution of yours at this address.")
    return found


def invitation_of(advocate_id: int, invitation_id: int) -> Invitation:
    """One invitation of this person; somebody else’s is not found."""
    found = db.session.scalar(
        sa.select(Invitation).where(
            Invitation.id == invitation_id, Invitation.advocate_id == advocate_id
        )
    )
    if found is None:
        raise NotFound("There is no invitation of yours at this address.")
    return found


def all_of(advocate_id: int) -> Sequence[Submission]:
    """Everything this person began, newest first."""
    return db.session.scalars(
        sa.select(Submission)
        .where(Submission.advocate_id == advocate_id)
        .order_by(Submission.id.desc())
    ).all()


def may_be_written(submission: Submission) -> bool:
    """Whether answers may still change: a started draft outlives the deadline, not the campaign."""
    if submission.state is State.CHANGES:
        return True
    invitation = submission.invitation
    return (
        submission.state is State.DRAFT
        and invitation.campaign.state is not CampaignState.CLOSED
        and invitation.state is not InvitationState.REVOKED
    )


def may_be_recredited(submission: Submission) -> bool:
    """Whether another credit may be chosen on its own page: once sent, while it may be shown."""
    over = (State.DRAFT, State.WITHDRAWN, State.DECLINED)
    return submission.receipt is not None and submission.state not in over


# ── The steps of a contribution, in order ──────────────────────────────────────────────────


@dataclass(frozen=True)
class Step:
    """One page of the way: its name, for a question its number, and whether it is behind us."""

    name: str
    done: bool
    number: int | None = None

    @property
    def place(self) -> dict[str, Any]:
        """What its address needs beside the contribution’s id."""
        return {"number": self.number} if self.number else {}


def steps(submission: Submission) -> list[Step]:
    """Offer, questions, about you, permissions, check: those that this contribution has."""
    way = []
    if submission.promise and not submission.versions:
        way.append(Step("offer", submission.choice is not None))
    for prompt in submission.prompt_set.prompts:
        way.append(Step("question", is_answered(submission, prompt), prompt.position))
    way.append(Step("you", submission.relation is not None))
    if submission.receipt is None:
        way.append(Step("consent", submission.choices.keys() >= set(asked(submission))))
    way.append(Step("check", False))
    return way


def next_step(submission: Submission) -> Step:
    """The first step still to be done; the last one is to check and send."""
    return next(step for step in steps(submission) if not step.done)


def may_visit(submission: Submission, name: str, number: int | None = None) -> bool:
    """Whether everything before this step is done."""
    for step in steps(submission):
        if (step.name, step.number) == (name, number):
            return True
        if not step.done:
            return False
    return False


def around(submission: Submission, name: str, number: int | None = None):
    """The steps before and after this one, or None at the ends."""
    way = steps(submission)
    here = next(i for i, s in enumerate(way) if (s.name, s.number) == (name, number))
    return (way[here - 1] if here else None), (way[here + 1] if here + 1 < len(way) else None)


def asked(submission: Submission) -> list[Purpose]:
    """The permissions asked for it: those of its kind that the credit chosen shows (T23)."""
    return crediting.within(submission.prompt_set.purposes, submission.credit)


def permitted(submission: Submission) -> set[Purpose]:
    """What may be used: by the receipt, or by the answers that will become one; of a yes to what
    the credit does not show, nothing is."""
    if submission.receipt:
        standing = permissions.state(submission.receipt)
        yes = [purpose for purpose, said in standing.items() if said.in_force]
    else:
        yes = [Purpose(name) for name, said in submission.choices.items() if said]
    return set(crediting.within(yes, submission.credit))


def waits_for_company(submission: Submission) -> bool:
    """Whether a yes to the company’s name waits for the company’s own (T28)."""
    if Purpose.COMPANY not in permitted(submission):
        return False
    story = submission.action is Action.CASE_STUDY  # which takes a yes to each text
    named = companies.may_be_named(submission.advocate.company, submission.receipt)
    return story or not named


def is_answered(submission: Submission, prompt: Prompt) -> bool:
    """A question is behind us once it holds an answer, or was seen and may stay empty."""
    answer = submission.answer_to(prompt)
    if answer is None or prompt.complaint(answer.value):
        return False
    if prompt.kind is PromptKind.EVENT and answer.value and answer.value["event"]:
        return events.may_choose(answer.value["event"], submission.advocate_id)
    return True


def prompt_at(submission: Submission, number: int) -> Prompt:
    for prompt in submission.prompt_set.prompts:
        if prompt.position == number:
            return prompt
    raise NotFound("There is no such question here.")


def in_sections(prompts: Sequence[Prompt]) -> list[list[Prompt]]:
    """The prompts in the order asked, those under one section heading together."""
    return [list(group) for _, group in groupby(prompts, key=lambda prompt: prompt.section)]


def answered(submission: Submission) -> list[dict[str, Any]]:
    """The words as last sent; of what is being written, as they stand."""
    if submission.current and submission.state is not State.CHANGES:
        return submission.current.answers
    return answers_now(submission)


def answers_now(submission: Submission) -> list[dict[str, Any]]:
    """What was typed so far, in the order asked; questions left empty fall away."""
    return [
        {
            "key": prompt.key,
            "kind": prompt.kind.value,
            "label": prompt.label,
            "public": prompt.public,
            "value": found.value,
        }
        for prompt in submission.prompt_set.prompts
        if (found := submission.answer_to(prompt)) and found.value not in ("", [])
    ]


def shown(kind: PromptKind, value) -> str:
    """An answer as text, for lists; results and files are one line each."""
    if value in (None, "", []):
        return ""
    if kind == PromptKind.RATING:
        return f"{value} out of 5 stars"
    if kind in {PromptKind.RESULTS, *kinds.CHECKED}:
        return kinds.shown(kind, value)
    if kind == PromptKind.FILES:
        return "\n".join(file["name"] + (f": {file['alt']}" * bool(file["alt"])) for file in value)
    return str(value)


# ── The story so far, in words ─────────────────────────────────────────────────────────────

TOLD = {
    "started": "You started",
    "submitted": "You sent it",
    "change asked": "We asked for a change",
    "change proposed": "We proposed a change",
    "proposal taken back": "We took our proposal back",
    "proposal refused": "You kept your own words",
    "reworded": "You sent your own wording",
    "signed off": "You approved the change",
    "approved": "We approved it",
    "declined": "We decided not to use it",
    "publication planned": "We planned when to show it",
    "published": "Published",
    "retired": "Taken off the page",
    "credited otherwise": "You changed how you are credited",
    "credited with less": "You changed how you are credited",
    "withdrawn": "You took it back",
    # Of an offer to speak.
    "turned down": "There was no place for you this time",
    "taken off": "You were taken off the list of speakers",
    "stepped down": "You gave your place back",
}
WITH_US = {State.SUBMITTED, State.APPROVED}
AHEAD = {
    State.DRAFT: ["With you, to finish and send", "We read it"],
    State.SUBMITTED: ["With our team"],
    State.CHANGES: ["With you, to change what you agree with and send again", "We read it again"],
    State.SIGNOFF: ["With you, to say yes or no to our change"],
    State.APPROVED: [],
}


def story(submission: Submission) -> list[dict]:
    """What happened, when, and what comes next: the first thing ahead is the one at hand."""
    speaker = events.for_reason(submission.subject)
    told = [
        {"title": TOLD[entry.verb], "at": entry.at, "done": True}
        for entry in history.of(submission, *([speaker] if speaker else ()))
        if entry.verb in TOLD
    ]
    coming: list[dict[str, Any]] = [{"title": it} for it in AHEAD.get(submission.state, ())]
    if submission.state in WITH_US:
        told += speaking.so_far(speaker) if speaker else ()
        last = _last_step(submission, speaker)
        coming += [last] if last else []
    if coming:
        coming[0] |= {"current": True, "text": _at_hand(submission, coming[0])}
    return told + coming


def _at_hand(submission: Submission, step: dict[str, Any]) -> str:
    if submission.state is State.SUBMITTED:
        return submission.prompt_set.next_step
    return step.get("text", "")


def _last_step(submission: Submission, speaker: Speaker | None) -> dict[str, str] | None:
    """How it ends, as far as the person agreed to it; None when nothing is to come."""
    if submission.action is Action.WEBINAR:
        return speaking.ahead(speaker)
    if Purpose.WORDS in permitted(submission):
        return {"title": "Published, within what you agreed to"}
    return {"title": "Kept between you and our team: you did not agree to have it shown"}
