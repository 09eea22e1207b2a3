"""Sockets for kafka-python that close themselves: it forgets those of a try to connect that failed."""

import socket
import ssl
from typing import Any

from kafka.net.inet import KafkaNetSocket

from stream.kafka.options import TlsOptions

_SCHEME = "direct"
DIRECT = f"{_SCHEME}://"
"""As a proxy's URL: none at all, but sockets of ours."""


class _Plain(socket.socket):
    def __del__(self) -> None:
        self.close()


class _Tls(ssl.SSLSocket):
    def __del__(self) -> None:
        self.close()


class _Direct(KafkaNetSocket):  # type: ignore[misc]  # kafka-python has no types
    """How kafka-python opens a socket for that URL."""

    SCHEMES = (_SCHEME,)

    def socket(self, family: int = -1, sock_type: int = -1, proto: int = -1) -> Any:
        return _Plain(family, sock_type, proto)


def tls_context(options: TlsOptions) -> ssl.SSLContext:
    """What we trust and show. Raises OSError for a file that is missing or no certificate."""
    context = ssl.create_default_context(cafile=str(options.ca_file) if options.ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _Tls
    if options.cert_file:
        password = options.key_password.get_secret_value() if options.key_password else None
        key = str(options.key_file) if options.key_file else None
        context.load_cert_chain(str(options.cert_file), key, password)
    return context
