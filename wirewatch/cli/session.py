"""One call of the command line: its global flags, and what commands open with them."""

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from wirewatch.cli.exits import BAD_CONFIG, UNAVAILABLE, CommandError
from wirewatch.environment import CONFIG_DIR, GAZETTEER, config_dir_of, is_config_dir_named
from wirewatch.needs import LOCAL_ALERTS, LOCAL_LOG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wirewatch.layers import Layers
    from wirewatch.settings import Settings
    from wirewatch.wiring.database import AlertState
    from wirewatch.wiring.state import IngestState

STATE_FILES = (LOCAL_LOG, LOCAL_ALERTS)


@dataclass(slots=True)
class Session:
    """What every command is given first."""

    flags: dict[tuple[str, ...], object] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)

    def note(self, name: str, path: Path | None) -> None:
        """Take up a global flag where it was given; the one nearest to the command holds."""
        if path is not None:
            self.flags[(name,)] = str(path)

    @property
    def config_dir(self) -> Path:
        """The configuration folder, which need not be there unless somebody named it: CommandError then."""
        flag = self.flags.get(("config_dir",))
        named = Path(str(flag)) if flag else None
        folder = config_dir_of(named, os.environ)
        if is_config_dir_named(named, os.environ) and not folder.is_dir():
            name = "--config" if named else CONFIG_DIR
            raise CommandError(BAD_CONFIG, f"{name}: there is no folder {folder}")
        return folder

    @property
    def gazetteer(self) -> Path:
        """The folder of the names that the operator adds, which need not be there."""
        return self.config_dir / GAZETTEER

    @property
    def config_dir_if_there(self) -> Path | None:
        """The configuration folder; None when somebody named one that is not there."""
        try:
            return self.config_dir
        except CommandError:
            return None

    def settings(self) -> "Settings":
        """Load the settings; raises ConfigError with everything wrong with them."""
        return self.layers()[0]

    def layers(self) -> "tuple[Settings, Layers]":
        """Load the settings with where each comes from."""
        from wirewatch.layers import load_layers
        from wirewatch.settings import secrets_of

        settings, layers = load_layers(self.flags, os.environ)
        self.secrets.extend(secrets_of(settings))
        return settings, layers

    @contextmanager
    def alerts(self) -> "Iterator[AlertState]":
        """Open the database of alerts that a daemon has made, whether one runs or not; makes none."""
        from stream.timing import utc_now
        from wirewatch.wiring.database import attach_alerts

        settings = self.settings()
        if settings.database.server is None:
            _require(settings, LOCAL_ALERTS)
        state = attach_alerts(settings, utc_now)
        try:
            yield state
        finally:
            state.database.close()

    @contextmanager
    def ingest(self) -> "Iterator[IngestState]":
        """Open the file of ingest that a daemon has made here, whether one runs or not; makes none."""
        from wirewatch.wiring.state import open_ingest

        settings = self.settings()
        _require(settings, LOCAL_LOG)
        state = open_ingest(settings)
        try:
            yield state
        finally:
            state.database.close()


def _require(settings: "Settings", name: str) -> None:
    if (settings.state_dir / name).is_file():
        return
    message = f"there is no state in {settings.state_dir}: start `wirewatch run` there first"
    raise CommandError(UNAVAILABLE, f"{message}, or name its folder with --state-dir")
