"""Make the secrets of docker-compose.yml, each once, as files in a folder: `make_secrets.py FOLDER`."""

import secrets
import sys
from pathlib import Path

from wirewatch.web.access.users import User, hashed, nobody, write_users

PASSWORDS = ("postgres-password", "web-token", "read-token", "grafana-password", "web-password")
USERS = "web-users"
ADMIN = "admin"


def main(folder: Path) -> None:
    """Write what is not there yet; what is there stays."""
    for name in PASSWORDS:
        path = folder / name
        if path.exists():
            continue
        partial = folder / f".{name}.tmp"
        partial.write_text(secrets.token_urlsafe(32))
        publish(partial, path)
    if not (folder / USERS).exists():
        password = (folder / "web-password").read_text()
        partial = folder / f".{USERS}.new"
        write_users(partial, nobody().with_user(User(ADMIN, "editor", hashed(password))))
        publish(partial, folder / USERS)


def publish(partial: Path, path: Path) -> None:
    """Give a file its name, whole: the others read it as soon as it has it.

    Readable by all, since each container has a user of its own; who may read is who mounts the volume.
    """
    partial.chmod(0o444)
    partial.replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
