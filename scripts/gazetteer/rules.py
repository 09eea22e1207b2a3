"""Ambiguity and cues: YAML that people write, JSON that loads fast."""

import json

from ruamel.yaml import YAML

from scripts.gazetteer.rows import TABLES


def build_all() -> dict[str, str]:
    """data/rules.json: for every language with tables its cues and its ambiguous terms."""
    languages: dict[str, dict[str, object]] = {}
    for directory in sorted(path for path in TABLES.iterdir() if path.is_dir() and path.name != "world"):
        languages[directory.name] = {
            name: YAML(typ="safe").load((directory / f"{name}.yaml").read_text(encoding="utf-8"))
            for name in ("ambiguous", "cues")
            if (directory / f"{name}.yaml").exists()
        }
    return {"rules.json": json.dumps(languages, ensure_ascii=False, indent=0, sort_keys=True) + "\n"}
