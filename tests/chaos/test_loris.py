from pathlib import Path

import pytest

from tests.chaos.loris import torment


@pytest.mark.timeout(120)
def test_given_500_half_open_connections_when_held_then_health_pushes_and_deliveries_go_on(
    tmp_path: Path,
) -> None:
    figures, verdict = torment(tmp_path, 8, 500)

    assert verdict.violations == []
    assert figures["push: asked"] > 10
    assert figures["half-open connections, held by the server at most"] <= 500
