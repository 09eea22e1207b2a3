from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wirewatch.web.scene import Scene, scene


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as opened:
        yield opened
