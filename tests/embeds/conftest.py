"""Ada's words are published, and may be seen beyond our pages."""

from tests.publishing.conftest import approved, published, the_asset

__all__ = ["approved", "published", "the_asset"]
