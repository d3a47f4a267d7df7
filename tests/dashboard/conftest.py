from tests.publishing.conftest import approved, published, the_asset

__all__ = ["approved", "published", "the_asset"]
