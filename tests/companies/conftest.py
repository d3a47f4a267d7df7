from tests.publishing.conftest import approved, published  # noqa: F401
