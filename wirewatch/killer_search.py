"""The search for records that kill a matcher, as a program: `python -m wirewatch.killer_search CONFIG_DIR`.

Started by the alerts role (`alerts.quarantine`), which it lets die in its place: it compiles the rules of the
configuration as they are now and matches the records of its standard input with them.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from alerts.killers import find_killers
from alerts.match.compile import compile_rules
from alerts.match.matcher import Matcher
from alerts.watchlist.clauses import Rule
from stream.config.problem import ConfigError
from wirewatch.rulefiles import read_rules


def command(config_dir: Path) -> tuple[str, ...]:
    """How to start it."""
    return sys.executable, "-P", "-m", "wirewatch.killer_search", str(config_dir)


def main(config_dir: Path) -> None:
    """Write each killer as a line of JSON when it is found. Raises ConfigError for broken rules."""
    rules = read_rules(config_dir)
    if any(problem.is_error for problem in rules.problems):
        raise ConfigError(rules.problems)

    def compiled(chosen: Sequence[Rule]) -> Matcher:
        return compile_rules(chosen, rules.themes.themes, rules.themes.labels)

    values = msgspec.json.decode(sys.stdin.buffer.read(), type=list[bytes])
    for killer in find_killers(values, rules.watchlists.rules, compiled):
        sys.stdout.buffer.write(msgspec.json.encode(killer) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
