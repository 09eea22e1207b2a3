"""What kafka-python logs: kept from our log where we say it ourselves, and heard where it says why."""

import logging

# Each try to connect, of each client, with a traceback: we say once that the log cannot be reached.
_TALKATIVE = ("kafka.cluster", "kafka.producer.sender", "kafka.coordinator.heartbeat")
_SAYS_WHY = "kafka.net"
_LOST = "Connection lost: "
_ONLY_TIME = ("Timeout", "TimedOut")  # says less than what was said before
# A broker that does not let us in may say so, or just hang up: one and the same refusal.
_REFUSALS = ("socket disconnected", "SaslAuthenticationFailed")
_HINT = " (are stream.kafka.tls and sasl, with its password, what that listener wants?)"


class LastWords(logging.Handler):
    """The last that was said of a connection that failed: its exception says only that time was up."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Remember why a connection was lost."""
        _, found, why = record.getMessage().partition(_LOST)
        if found and not (self.text and any(word in why for word in _ONLY_TIME)):
            self.text = why + (_HINT if any(word in why for word in _REFUSALS) else "")

    def forget(self) -> None:
        """What was said until now does not count."""
        self.text = ""


_heard = LastWords(logging.ERROR)


def listen() -> LastWords:
    """Set the levels of kafka-python's loggers, once for all clients of the process.

    At debug the admin client logs its configuration, password included; below warning it chatters.
    """
    _raise_level("kafka", logging.WARNING)
    for name in _TALKATIVE:
        _raise_level(name, logging.CRITICAL)
    net = logging.getLogger(_SAYS_WHY)
    net.propagate = False
    if _heard not in net.handlers:
        net.addHandler(_heard)
    return _heard


def _raise_level(name: str, level: int) -> None:
    logger = logging.getLogger(name)
    if logger.level < level:
        logger.setLevel(level)
