"""Patterns are tried in a process of their own before a service runs them: what kills it is refused.

`check_pattern` says what RE2 cannot read; this is about what no reading can tell. RE2 is native code, and a
fault in such code ends the process that runs it. A second process runs all patterns together on texts made
for them (`alerts.match.tried`); it takes 60 ms and 1 ms more a pattern, and only when the patterns changed.
"""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping, Sequence

logger = logging.getLogger(__name__)

_COMMAND = (sys.executable, "-P", "-m", "alerts.match.tried")
_LONGEST_S = 600.0
_SHOWN_CHARS = 200


class PatternTrial:
    """Tries sets of patterns, and remembers the last that were sound. Use in one thread at a time."""

    def __init__(self, command: Sequence[str] = _COMMAND, longest_s: float = _LONGEST_S) -> None:
        self._command = tuple(command)
        self._longest_s = longest_s
        self._sound: list[list[str]] = []

    def refusals(self, sets: Sequence[Sequence[str]]) -> Mapping[str, str]:
        """The patterns that must not be run, each with what is wrong with it; `sets` are run together.

        A trial that cannot be made, or is not over in time, refuses them all: nobody knows then which.
        """
        wanted = [patterns for one in sets if (patterns := sorted(set(one)))]
        if not wanted or wanted == self._sound:
            return {}
        refused = self._try(wanted)
        if not refused:
            self._sound = wanted
        return refused

    def _try(self, sets: list[list[str]]) -> Mapping[str, str]:
        try:
            ended = subprocess.run(
                self._command,
                input=json.dumps(sets).encode(),
                capture_output=True,
                timeout=self._longest_s,
                check=True,
            )
            refused: dict[str, str] = json.loads(ended.stdout)
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            said = getattr(error, "stderr", None) or b""
            logger.warning("patterns not tried", extra={"reason": str(error), "said": said[-500:].decode()})
            why = f"the pattern could not be tried: {error}"[:_SHOWN_CHARS]
            return {pattern: why for one in sets for pattern in one}
        return refused
