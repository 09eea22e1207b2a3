from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wirewatch.web.scene import Scene, scene, serving


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as opened:
        yield opened


@pytest.fixture
def origin(stage: Scene) -> Iterator[str]:
    with serving(stage.sight) as address:
        yield address
