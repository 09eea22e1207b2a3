"""A configuration made of the examples in a document, to be read by the loaders of the service."""

import re
from collections.abc import Mapping
from pathlib import Path
from shutil import copytree

from stream.config.node import Mapping as MappingNode
from stream.config.node import plain
from stream.config.read import read
from tests.docs.blocks import ROOT, Block

_PROOF = re.compile(r"^# ([✓✗]) (.+)$", re.MULTILINE)
_SECRET = re.compile(r"/run/secrets/[\w-]+")
_RULE = "watchlist: example\nrules:\n  - id: example\n    when:\n{when}    tests:\n{tests}"
_EXPECT = {"✓": "match", "✗": "no_match"}


def new_config(folder: Path, **files: str) -> Path:
    """Copy the shipped configuration and write `name=text` over its files (`name.yaml`)."""
    config = copytree(ROOT / "config", folder / "config")
    for name, text in files.items():
        (config / f"{name}.yaml").write_text(_with_secrets(text, folder), encoding="utf-8")
    return config


def _with_secrets(text: str, folder: Path) -> str:
    """Put the secrets that an example names into files of ours: they are read when it is loaded."""
    for named in set(_SECRET.findall(text)):
        secret = folder / Path(named).name
        secret.write_text("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\n")
        text = text.replace(named, str(secret))
    return text


def watchlist_of(block: Block) -> str:
    """A watchlist as it stands, or around a lone condition whose comments say what it must match.

    `# ✓ words` or `# ✓ {title: …, publisher: …}` is an article that matches, `# ✗` one that does not.
    """
    if block.kind == "yaml watchlist":
        return block.text
    tests = "".join(
        f"      - {{article: {_article(words)}, expect: {_EXPECT[mark]}}}\n"
        for mark, words in _PROOF.findall(block.text)
    )
    when = "".join(f"      {line}\n" for line in block.text.splitlines())
    return _RULE.format(when=when, tests=tests)


def _article(words: str) -> str:
    return words if words.startswith("{") else "'" + words.replace("'", "''") + "'"


def mapping_of(path: Path) -> Mapping[str, object]:
    """A YAML file as plain values."""
    document, problems = read(path)
    assert problems == ()
    assert document is not None
    assert isinstance(document.root, MappingNode)
    value = plain(document.root)
    assert isinstance(value, dict)
    return value
