from tests.publishing.conftest import approved, published, the_asset  # noqa: F401
from tests.review.conftest import as_vera, sent  # noqa: F401
