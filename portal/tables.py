"""Every table of the portal, for migrations and whoever needs the whole picture."""

from importlib import import_module
from pathlib import Path


def load_models() -> None:
    """Import each domain's ``models.py``, so that Model.metadata is complete."""
    for path in sorted(Path(__file__).parent.glob("*/models.py")):
        import_module(f"portal.{path.parent.name}.models")
