import stat
from pathlib import Path

import pytest

from alerts.store.database import open_sqlite
from tests.wirewatch.cli.conftest import Call
from wirewatch.settings import Settings
from wirewatch.wiring.state import open_state


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "var"
    open_state(Settings(state_dir=folder)).close()
    return folder


def test_given_a_state_when_backed_up_twice_then_both_files_are_there_whole_and_nobody_elses(
    call: Call, state: Path, tmp_path: Path
) -> None:
    copies = tmp_path / "deep" / "copies"

    codes = [call("backup", str(copies), "--state-dir", str(state)).code for _ in range(2)]

    assert codes == [0, 0]
    assert sorted(path.name for path in copies.iterdir()) == ["alerts.db", "ingest.db"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in copies.iterdir()} == {0o600}
    open_sqlite(copies / "alerts.db").close()


def test_given_no_state_when_backed_up_then_it_says_how_to_name_one(call: Call, tmp_path: Path) -> None:
    ran = call("backup", str(tmp_path / "copies"), "--state-dir", str(tmp_path / "nowhere"))

    assert ran.code == 69
    assert "--state-dir" in ran.err
    assert not (tmp_path / "copies").exists()


def test_given_the_state_folder_itself_when_backed_up_into_then_it_is_refused(
    call: Call, state: Path
) -> None:
    ran = call("backup", str(state), "--state-dir", str(state))

    assert ran.code == 2
    assert "the state folder itself" in ran.err


def test_given_a_damaged_file_when_backed_up_then_the_older_copy_stays(
    call: Call, state: Path, tmp_path: Path
) -> None:
    copies = tmp_path / "copies"
    call("backup", str(copies), "--state-dir", str(state))
    good = (copies / "alerts.db").read_bytes()
    content = bytearray((state / "alerts.db").read_bytes())
    content[4096 : 4096 * 6] = b"\xa5" * (4096 * 5)
    (state / "alerts.db").write_bytes(content)

    ran = call("backup", str(copies), "--state-dir", str(state))

    assert ran.code == 78
    assert "corrupt" in ran.err
    assert (copies / "alerts.db").read_bytes() == good
    assert sorted(path.name for path in copies.iterdir()) == ["alerts.db", "ingest.db"]


def test_given_alerts_on_postgres_when_backed_up_then_it_says_whose_they_are(
    call: Call, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREWATCH_DATABASE__URL", "postgresql://me:canary@db.example/news")

    ran = call("backup", str(tmp_path / "copies"), "--state-dir", str(state))

    assert ran.code == 0
    assert "PostgreSQL at db.example:5432/news; save them with pg_dump" in ran.err
    assert "canary" not in ran.err
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["ingest.db"]
