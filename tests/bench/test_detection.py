import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bench.evaluate import detection
from bench.evaluate.detection import Counts


class Aid:
    """Stands for the alerts side: all is aid, and nothing is worth an alert."""

    def find_themes(self, text: str, language: str) -> set[str]:
        del text, language
        return {"aid"}

    def count_alerts(self, texts: Sequence[str]) -> Mapping[str, int]:
        del texts
        return {}


def test_given_no_sets_when_scored_then_it_says_so_and_succeeds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = detection.main(["--shared", str(tmp_path)])

    assert code == 0
    assert "nothing scored" in capsys.readouterr().out


def test_given_a_set_when_scored_then_the_detector_stands_beside_its_baselines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {
            "id": "a",
            "lang": "en",
            "text": "Kenya thanked Uganda.",
            "pairs": [["KE", "UG"]],
            "themes": ["aid"],
        },
        {
            "id": "b",
            "lang": "en",
            "text": "Kenya thanked Uganda, Chad officials said.",
            "pairs": [["UG", "KE"]],
        },
        {"id": "c", "lang": "en", "text": "Norway thanked Chile.", "pairs": [["NO", "PE"]]},
    ]
    (tmp_path / "eval").mkdir()
    (tmp_path / "eval" / "tiny_dev.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    code = detection.main(["--shared", str(tmp_path), "--errors", "1"], Aid())

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert lines[0].endswith("R 1/1 1.000")
    assert "all named" in lines[1]
    assert "P 0.400" in lines[1]
    assert "first two" in lines[2]
    assert "detector" in lines[3]
    assert "P 0.667" in lines[3]
    assert lines[4].startswith("    c: wanted [('NO', 'PE')], found [('CL', 'NO')]")


def test_given_counts_when_scored_then_precision_recall_and_the_interval_agree() -> None:
    counts = [Counts(1, 0, 0), Counts(1, 1, 0), Counts(0, 0, 1), Counts(2, 0, 1)]

    value = detection.score(counts)
    low, high = detection.interval(counts)

    assert value.precision == pytest.approx(4 / 5)
    assert value.recall == pytest.approx(4 / 6)
    assert low <= value.f1 <= high


def test_given_nothing_found_when_scored_then_it_is_zero_and_no_error() -> None:
    assert detection.score([Counts(0, 0, 3)]) == (0.0, 0.0, 0.0)
