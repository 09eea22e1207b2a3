"""Build config/grafana/dashboards/ from scripts/dashboards/pages.py: `python scripts/build_dashboards.py`."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from dashboards.pages import PAGES
from dashboards.panel import dashboard_json

FOLDER = Path(__file__).parents[1] / "config" / "grafana" / "dashboards"


def built() -> dict[str, str]:
    """The text of each file, by name."""
    return {
        f"{page.uid}.json": json.dumps(dashboard_json(page), indent=2, ensure_ascii=False) + "\n"
        for page in PAGES
    }


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in built().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
