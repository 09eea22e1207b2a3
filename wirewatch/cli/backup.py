"""`wirewatch backup`: a copy of the state's files, while a service runs or not."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wirewatch.cli.command import command
from wirewatch.cli.exits import UNAVAILABLE, USAGE, CommandError
from wirewatch.cli.output import complain
from wirewatch.cli.session import Session
from wirewatch.needs import LOCAL_ALERTS, LOCAL_LOG

if TYPE_CHECKING:
    from wirewatch.settings import Settings

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Where the copies go; made if it is not there.")]


def register(app: typer.Typer) -> None:
    """Add the command to the top level."""
    command(app, "wirewatch backup /backup/today", "wirewatch backup /backup/$(date +%F)")(backup)


def backup(session: Session, folder: Folder) -> None:
    """Copy the files of the state, each whole and checked; they may be in use.

    Copies that are there already are replaced one by one. What is on PostgreSQL is pg_dump's to save.
    """
    from stream.private import make_private_folder
    from stream.sqlite.backup import back_up

    settings = session.settings()
    names = _files(settings)
    if folder.exists() and folder.resolve() == settings.state_dir.resolve():
        raise CommandError(USAGE, f"{folder} is the state folder itself")
    make_private_folder(folder)
    for name in names:
        size = back_up(settings.state_dir / name, folder / name)
        complain(f"{folder / name}: {size / 1e6:.1f} MB")
    if settings.database.server is not None:
        complain(
            f"not copied: the alerts, {settings.database.place}; save them with pg_dump, before this copy"
        )


def _files(settings: "Settings") -> list[str]:
    """The files to copy; alerts first, so that their position is never past what the copied log holds."""
    wanted = [LOCAL_LOG] if settings.database.server else [LOCAL_ALERTS, LOCAL_LOG]
    found = [name for name in wanted if (settings.state_dir / name).is_file()]
    if not found:
        message = f"there is no state in {settings.state_dir}"
        raise CommandError(UNAVAILABLE, f"{message}: name its folder with --state-dir")
    return found
