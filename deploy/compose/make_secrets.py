"""Make the passwords of docker-compose.yml, each once, as files in a folder: `make_secrets.py FOLDER`."""

import secrets
import sys
from pathlib import Path

NAMES = ("postgres-password", "web-token", "grafana-password")


def main(folder: Path) -> None:
    """Write what is not there yet; what is there stays."""
    for name in NAMES:
        path = folder / name
        if path.exists():
            continue
        # Whole or not at all: the others read it as soon as it has its name. Readable by all, since each
        # container has a user of its own; who may read is decided by who mounts the volume.
        partial = folder / f".{name}.tmp"
        partial.write_text(secrets.token_urlsafe(32))
        partial.chmod(0o444)
        partial.replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
