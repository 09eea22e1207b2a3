"""`make eval`: every score we have, on the data of ../shared/eval or of $WIREWATCH_SHARED.

Arguments are those of detection; `--gate [--accept]` compares with the stored floors instead (gate.py),
`--ordinary [N]` lists the alerts that ordinary news would raise (ordinary.py).
"""

import sys

from bench.evaluate import detection, gate, ingest, ordinary
from bench.evaluate.product import Product


def main(arguments: list[str]) -> int:
    """Print both tables, or pass the gate; return the exit code."""
    if "--gate" in arguments:
        return gate.main(arguments, Product)
    if "--ordinary" in arguments:
        drawn = arguments[arguments.index("--ordinary") + 1 :]
        return ordinary.main(detection.shared() / "eval", int(drawn[0]) if drawn else ordinary.DRAWN)
    if "--set" not in arguments:
        ingest.main()
    return detection.main(arguments, Product())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
