"""Files beside the words: added one by one, described, removed. The answer lists what is there."""

from collections.abc import Mapping
from typing import Any

from portal.errors import NotFound, Unreadable
from portal.history.actions import Actor
from portal.media import files
from portal.media.models import Upload, UploadKind
from portal.submissions import actions
from portal.submissions.models import MOST_FILES, Prompt, Submission

LONGEST_ALT = 300


def listed(submission: Submission, prompt: Prompt) -> list[dict[str, Any]]:
    """The files of this answer, as its version will hold them."""
    answer = submission.answer_to(prompt)
    return list(answer.value or []) if answer else []


def attach(
    submission: Submission, prompt: Prompt, data: bytes, name: str, kind: UploadKind, *, by: Actor
) -> list[str]:
    """Add a file to the answer; keys of files to delete once committed. Raises Unreadable.

    A new logo takes the place of the one before.
    """
    actions.hold_open(submission)
    rows = listed(submission, prompt)
    if kind is UploadKind.ATTACHMENT and len(of_kind(rows, kind)) >= MOST_FILES:
        raise Unreadable(f"You can add {MOST_FILES} files here. Remove one first.")
    upload = files.take(data, name, kind, owner_id=submission.advocate_id, by=by)
    gone: list[str] = []
    if kind is UploadKind.LOGO:
        for row in of_kind(rows, kind):
            rows, more = _without(submission, rows, row["id"], by=by)
            gone += more
    alt = f"Logo of {submission.advocate.company.name}" if kind is UploadKind.LOGO else ""
    actions.answer(submission, prompt, [*rows, row_of(upload, alt)], seen=None, by=by)
    return gone


def detach(submission: Submission, prompt: Prompt, upload_id: int, *, by: Actor) -> list[str]:
    """Take a file out of the answer; keys of files to delete once committed.

    What was sent before stays with what was sent. Twice is harmless.
    """
    actions.hold_open(submission)
    rows, gone = _without(submission, listed(submission, prompt), upload_id, by=by)
    actions.answer(submission, prompt, rows, seen=None, by=by)
    return gone


def describe(submission: Submission, prompt: Prompt, alts: Mapping[int, str], *, by: Actor) -> None:
    """Say what each picture shows, for those who cannot see it. No files is an answer too."""
    actions.hold_open(submission)
    rows = [
        row | {"alt": alts.get(row["id"], row["alt"])[:LONGEST_ALT] if row["picture"] else ""}
        for row in listed(submission, prompt)
    ]
    actions.answer(submission, prompt, rows, seen=None, by=by)


def row_of(upload: Upload, alt: str) -> dict[str, Any]:
    return {
        "id": upload.id,
        "kind": upload.kind.value,
        "name": upload.name,
        "picture": upload.is_picture,
        "size": upload.size,
        "sha256": upload.sha256,
        "alt": alt,
    }


def of_kind(rows: list[dict[str, Any]], kind: UploadKind) -> list[dict[str, Any]]:
    return [row for row in rows if row["kind"] == kind]


def sent_with(submission: Submission, upload_id: int) -> bool:
    """Whether this file went out with any version of the words."""
    return any(
        row["id"] == upload_id
        for version in submission.versions
        for answer in version.answers
        if answer["kind"] == "files"
        for row in answer["value"]
    )


def file_sent_with(submission: Submission, upload_id: int) -> Upload:
    """For those who read a contribution: a file sent with it, and no other. Raises NotFound."""
    if not sent_with(submission, upload_id):
        raise NotFound("There is no such file with this contribution.")
    return files.of(submission.advocate_id, upload_id)


def _without(submission: Submission, rows: list[dict[str, Any]], upload_id: int, *, by: Actor):
    left = [row for row in rows if row["id"] != upload_id]
    if left == rows or sent_with(submission, upload_id):
        return left, []
    upload = files.of(submission.advocate_id, upload_id)
    return left, [files.let_go(upload, by=by)]
