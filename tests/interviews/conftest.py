from tests.submissions.conftest import the_submission, way  # noqa: F401
