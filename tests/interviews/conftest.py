import pytest

from tests.submissions.conftest import the_submission, way  # noqa: F401


@pytest.fixture
def post_mail(post_mail, wait):
    """The same once the ten seconds are over in which staff can undo what they decided."""

    def later() -> list:
        wait(seconds=11)
        return post_mail()

    return later
