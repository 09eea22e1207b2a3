import os
from pathlib import Path

import pytest

from ingest.files.folder import UnsafePathError, open_regular


def test_given_a_file_that_became_a_link_when_opened_then_it_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "inbox" / "a.txt").symlink_to(tmp_path / "secret")

    with pytest.raises(UnsafePathError, match="symbolic link"):
        open_regular(tmp_path / "inbox", tmp_path / "inbox" / "a.txt")


def test_given_a_folder_on_the_way_that_is_a_link_when_opened_then_it_is_unsafe(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_text("secret")
    (tmp_path / "inbox" / "sub").symlink_to(tmp_path / "outside")

    with pytest.raises(UnsafePathError, match="outside"):
        open_regular(tmp_path / "inbox", tmp_path / "inbox" / "sub" / "a.txt")


@pytest.mark.parametrize("name", ["../secret", "sub/../../secret", "..", "a\0.txt", "sub\0/a.txt"])
def test_given_a_path_that_leads_out_when_opened_then_it_is_unsafe(tmp_path: Path, name: str) -> None:
    (tmp_path / "inbox" / "sub").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")

    with pytest.raises(UnsafePathError):
        open_regular(tmp_path / "inbox", Path(f"{tmp_path}/inbox/{name}"))


def test_given_a_pipe_when_opened_then_nobody_waits_for_its_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")

    with pytest.raises(UnsafePathError, match="not a regular file"):
        open_regular(tmp_path, tmp_path / "a.txt")


def test_given_a_root_that_is_a_link_when_opened_then_what_is_in_it_is_inside(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text("fine")
    (tmp_path / "inbox").symlink_to(tmp_path / "real")

    with open_regular(tmp_path / "inbox", tmp_path / "inbox" / "a.txt") as file:
        content = file.read()

    assert content == b"fine"
