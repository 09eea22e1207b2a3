import errno
import socket

import pytest

from stream.unreachable import in_words


class FarAwayHTTPError(Exception):
    """One that no table knows."""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), "connection refused by 10.1.2.3:25"),
        (OSError(errno.EHOSTUNREACH, "x"), "no route to the host at 10.1.2.3:25"),
        (OSError("Multiple exceptions: [Errno 111] a, [Errno 111] b"), "connection refused by 10.1.2.3:25"),
        (socket.gaierror(-2, "x"), "no such host: 10.1.2.3:25"),
        (TimeoutError(), "no answer in time at 10.1.2.3:25"),
        (FarAwayHTTPError("https://secret@host"), "far away http at 10.1.2.3:25"),
    ],
)
def test_given_a_failure_of_the_network_when_put_in_words_then_it_says_what_and_where(
    error: Exception, said: str
) -> None:
    assert in_words(error, "10.1.2.3:25") == said


def test_given_a_failure_with_a_cause_when_put_in_words_then_the_cause_speaks() -> None:
    outer = FarAwayHTTPError("outer")
    outer.__cause__ = ConnectionResetError(errno.ECONNRESET, "x")

    assert in_words(outer) == "connection reset"
