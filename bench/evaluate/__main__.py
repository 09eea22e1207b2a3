"""`make eval`: every score we have, on the data of ../shared/eval or of $WIREWATCH_SHARED.

Arguments are those of detection; `--gate [--accept]` compares with the stored floors instead (gate.py).
"""

import sys

from bench.evaluate import detection, gate, ingest
from bench.evaluate.product import Product


def main(arguments: list[str]) -> int:
    """Print both tables, or pass the gate; return the exit code."""
    if "--gate" in arguments:
        return gate.main(arguments, Product)
    if "--set" not in arguments:
        ingest.main()
    return detection.main(arguments, Product())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
