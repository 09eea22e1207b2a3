"""The command line: every command a thin shell over the packages, one file a group of commands.

Heavy imports stand inside the functions: `--help` and every filter start in well under a second.
"""

from wirewatch.cli.entry import main

__all__ = ["main"]
