"""What people do to submissions."""

from pathlib import Path

from portal import seeds
from portal.db import db
from portal.submissions import queries
from portal.submissions.models import Action, Prompt, PromptSet


def load_prompts() -> int:
    """Add built-in prompt sets whose content is new, as new versions; how many were added."""
    added = 0
    for path in sorted(Path(__file__).parent.glob("prompts.*.json")):
        language = path.name.split(".")[1]
        for item in seeds.read(path):
            digest = seeds.digest(item)
            newest = queries.prompt_set(Action(item["action"]), language)
            if newest and newest.sha256 == digest:
                continue
            prompts = [
                Prompt(position=place, **prompt)
                for place, prompt in enumerate(item.pop("prompts"), 1)
            ]
            version = newest.version + 1 if newest else 1
            db.session.add(
                PromptSet(
                    **item, language=language, version=version, sha256=digest, prompts=prompts
                )
            )
            added += 1
    db.session.flush()
    return added
