"""The failures both halves name."""


class StreamError(Exception):
    """A broken promise of the log, of an event or of the state under them."""


class BadEventError(StreamError):
    """Bytes that are no usable event; `reason` is bounded and becomes a metric label.

    Reasons: `invalid_json`, `invalid_event`, `unsupported_version`, `checksum`, `too_large`.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class CommitRefusedError(StreamError):
    """Another owner has advanced this position; what was computed from it must be thrown away."""


class LogFullError(StreamError):
    """The log cannot take more now (disk full); nothing of the batch was stored, try again later."""


class StateError(StreamError):
    """The state on disk cannot be used: corrupt, locked by another process, or of a newer version."""


class UnwritableError(StateError):
    """A file or folder cannot be made or written: read-only, not permitted, or in no such place."""


class BrokenDiskError(StateError):
    """The device under the state fails to read or write (EIO)."""


class UnavailableError(StateError):
    """The state cannot be reached or is too busy now; later it may be, without anybody's doing."""


class FileReplacedError(UnavailableError):
    """The file that is open is no longer the one at its path; a process that starts anew opens that one."""


class CommitUnknownError(UnavailableError):
    """The connection broke while a transaction was committed: all of it is stored, or nothing; ask."""


class LogUnavailableError(StreamError):
    """The log can't be reached now (broker down, topic missing, not let in); try again, nothing is lost.

    Of what was being appended some may stand in the log: append it again, readers know it by its key.
    """


class PositionLostError(StreamError):
    """The log no longer has what stood at our position; reading goes on where it is the one that we know.

    `partitions` are those it happened to. Reasons: `retention` (removed before we read it: that is lost),
    `replaced` (the log or topic is another one: read from its oldest record), `truncated` (it was restored
    from an older copy, or brokers lost records that we had read: read from there).
    """

    def __init__(self, reason: str, partitions: frozenset[int], detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.partitions = partitions
        self.detail = detail
