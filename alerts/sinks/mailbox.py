"""A mail address with or without a name (RFC 5322, 3.4: mailbox), and how headers write it. Pure."""

from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address, AddressHeader, HeaderRegistry
from email.utils import quote

_NAME_CHARS = 100
_ATOMS = frozenset("!#$%&'*+-/=?^_`{|}~ ")
_WANTED = "wanted a mail address like desk@example.org or News desk <desk@example.org>"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Whose mail it is: `address` goes to the server, `name` may be empty."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What follows the @."""
        return self.address.rpartition("@")[2]

    @property
    def written(self) -> str:
        """As a header has it: a name quoted where it needs that, encoded (RFC 2047) where it is not ASCII."""
        if not self.name:
            return self.address
        return f"{_phrase(self.name)} <{self.address}>"


def read_mailbox(written: str) -> Mailbox:
    """Read one address, with or without a name; raises ValueError for anything else.

    Encoded words are refused: names are written as they are, and nothing is left for a reader to decode.
    """
    if not written.isprintable() or "=?" in written:
        raise ValueError(_WANTED)
    try:
        header = HeaderRegistry()("To", written)
    except Exception as error:  # its parser raises whatever its indices give
        raise ValueError(_WANTED) from error
    address = _only_address(header) if isinstance(header, AddressHeader) and not header.defects else None
    if address is None or not address.username or not address.domain:
        raise ValueError(_WANTED)
    name = " ".join(address.display_name.split())
    if len(name) > _NAME_CHARS:
        raise ValueError(f"a name in a mail address has {_NAME_CHARS} characters at most")
    return Mailbox(address.addr_spec, name)


def _only_address(header: AddressHeader) -> Address | None:
    """The address of a header with one and no more; a group (`Desk: a@example.org;`) is none."""
    groups = header.groups
    is_one = len(groups) == 1 and groups[0].display_name is None and len(groups[0].addresses) == 1
    return groups[0].addresses[0] if is_one else None


def _phrase(name: str) -> str:
    if not name.isascii():
        return " ".join(Header(name, "utf-8", maxlinelen=75).encode(linesep="\n").split())
    is_plain = all(char.isalnum() or char in _ATOMS for char in name)
    return name if is_plain else f'"{quote(name)}"'
