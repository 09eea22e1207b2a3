import pytest

from ingest.annotate import Annotator, load


@pytest.fixture(scope="session")
def annotator() -> Annotator:
    return load()
