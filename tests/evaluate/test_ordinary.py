from pathlib import Path

import pytest

from bench.evaluate import detection, ordinary


def test_given_the_pairs_when_counted_then_they_are_200_sorted_ones() -> None:
    pairs = ordinary.pairs()

    assert len(set(pairs)) == 200
    assert all(first < second for first, second in pairs)


def test_given_no_data_when_run_then_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = ordinary.main(tmp_path / "eval")

    assert code == 0
    assert "nothing matched" in capsys.readouterr().out


def test_given_the_data_when_run_then_alerts_are_listed_with_their_triggers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = detection.shared() / "eval"
    if not folder.is_dir():
        pytest.skip("the development sets are not on this machine")
    monkeypatch.setattr(ordinary, "ITEMS", 2_000)

    ordinary.main(folder, drawn=3)

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("200 pairs, each with every theme; 2,000 items")
    assert [line.split(".")[0].strip() for line in lines[-3:]] == ["1", "2", "3"]
