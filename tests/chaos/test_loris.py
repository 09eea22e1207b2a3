from pathlib import Path

import pytest

from tests.chaos.loris import torment


@pytest.mark.timeout(120)
def test_given_500_half_open_connections_when_held_then_health_pushes_and_deliveries_go_on(
    tmp_path: Path,
) -> None:
    # Beside other tests on a busy machine a second says little: the full length is measured alone.
    figures, verdict = torment(tmp_path, 8, 500, within_s=10)

    assert verdict.violations == []
    assert figures["push: asked"] >= 3
    assert figures["half-open connections, held by the server at most"] <= 500
