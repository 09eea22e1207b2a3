"""The shipped routes, their examples included: what is commented out works once it is not."""

import re
from pathlib import Path

from wirewatch.configuration import load_sinks

ROOT = Path(__file__).parents[2]
_EXAMPLE = re.compile(r"^  # (?=desk-|- |  )", re.MULTILINE)


def test_given_the_examples_of_the_shipped_routes_when_uncommented_then_they_are_sound(
    tmp_path: Path,
) -> None:
    text = (ROOT / "config" / "routes.yaml").read_text()
    for name, secret in (
        ("smtp-password", "pass-example"),
        ("webhook-secrets", "whsec_c2VjcmV0LWV4YW1wbGU="),
    ):
        (tmp_path / name).write_text(secret)
        text = text.replace(f"/run/secrets/{name}", str(tmp_path / name))
    (tmp_path / "routes.yaml").write_text(_EXAMPLE.sub("  ", text))

    loaded = load_sinks(tmp_path)

    assert loaded.problems == ()
    assert {"desk-mail", "desk-hook"} <= set(loaded.sinks)
    assert loaded.router is not None
    assert any(route.match.watchlist == ("europe",) for route in loaded.router.routes)
