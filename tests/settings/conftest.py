from tests.publishing.conftest import approved  # noqa: F401
from tests.review.conftest import as_sam, sam  # noqa: F401
