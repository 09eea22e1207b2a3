"""Make the forms of a name or an adjective by the rules of its language."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

MAX_FORMS = 400  # of one name: more means that a rule is wrong


def forms(term: str, kind: str, rules: Mapping[str, Any]) -> list[str]:
    """All written forms of a term, itself first; of two words both change, of more the last."""
    table = rules.get("adjectives" if kind == "A" else "names") or {}
    words = term.split()
    is_whole = not rules.get("last_only") and len(words) <= 2
    last = len(words) - 1
    inflected = [
        _word_forms(word, table) if is_whole or place == last else [word] for place, word in enumerate(words)
    ]
    found = [" ".join(combination) for combination in product(*inflected)]
    found = [form for form in found if form]
    proclitics = rules.get("adjective_prefixes") or () if kind == "A" else ()
    made = [*found, *_prefixed(found, rules), *(prefix + form for form in found for prefix in proclitics)]
    if len(made) > MAX_FORMS:
        raise ValueError(f"{term}: {len(made)} forms")
    return list(dict.fromkeys([term, *made]))


def _word_forms(word: str, table: Mapping[str, list[str]]) -> list[str]:
    for ending, replacements in sorted(table.items(), key=lambda item: -len(item[0])):
        if ending and word.endswith(ending) and len(word) > len(ending) + 1:
            return [word[: -len(ending)] + new for new in replacements]
    if "" in table and len(word) > 1 and not word.isupper():
        return [word + new for new in table[""]]
    return [word]


def _prefixed(found: list[str], rules: Mapping[str, Any]) -> Iterator[str]:
    """Proclitics; after an article they may contract it ("ل" + "ال" is "لل")."""
    for form in found:
        for article, contracted in (rules.get("article") or {}).items():
            if form.startswith(article):
                rest = form.removeprefix(article)
                yield from (new + rest if new.endswith("لل") else new + form for new in contracted)
                break
        else:
            yield from (prefix + form for prefix in rules.get("prefixes") or ())
