from tests.publishing.conftest import approved, published

__all__ = ["approved", "published"]
