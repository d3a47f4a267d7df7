from tests.publishing.conftest import approved, published, the_asset  # noqa: F401
