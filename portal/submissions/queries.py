"""What pages list of submissions and prompts."""

import sqlalchemy as sa

from portal.campaigns.models import Action
from portal.db import db
from portal.submissions.models import PromptSet


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
