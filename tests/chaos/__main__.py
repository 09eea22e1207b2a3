"""Every fault driver, one after the other, at full length: `make chaos`."""

import subprocess
import sys
import time

DRIVERS = {
    "regex": "100,000 patterns and 100,000 terms from a grammar through the engines of the service",
    "kill": "500 kills of one process on its embedded log",
    "clock": "14 steps of the clock, from 10 minutes to 30 days, under load",
    "postgres": "100 faults around PostgreSQL: crashes, cut connections, lost answers to COMMIT",
    "workers": "300 kills, 20 crashes of PostgreSQL, 10 zombies: matchers, deliverers, an ingester on Kafka",
    "brokers": "30 outages of the one broker",
    "lost_log": "the log's file lost, or put back from a backup, under split roles in every order",
    "storm": "a matcher joins or leaves every two seconds",
    "loris": "500 half-open connections held for five minutes",
    "values": "a million URLs, dates and headers as nobody should write them",
    "rolling": "three brokers killed in turn under load",
}


def main(names: list[str]) -> int:
    """Run those named, or all; returns 1 when one did not add up."""
    failed = []
    for name in names or list(DRIVERS):
        sys.stdout.write(f"\n=== {name}: {DRIVERS[name]}\n")
        sys.stdout.flush()
        began = time.monotonic()
        code = subprocess.run([sys.executable, "-m", f"tests.chaos.{name}"], check=False).returncode
        sys.stdout.write(f"    {time.monotonic() - began:.0f} s\n")
        failed += [name] if code else []
    sys.stdout.write(f"\n{'failed: ' + ', '.join(failed) if failed else 'all of it adds up'}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
