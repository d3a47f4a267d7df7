"""Built-in prompts and statements: JSON files whose changed items become new versions."""

import hashlib
import json
from pathlib import Path
from typing import Any


def read(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text())


def canonical(item: Any) -> bytes:
    """The one way an item is written as bytes: JSON, keys sorted, no spaces, UTF-8."""
    text = json.dumps(item, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def digest(item: Any) -> str:
    """The sha256 under which an item is known; the same words, the same digest."""
    return hashlib.sha256(canonical(item)).hexdigest()
