"""Languages as rules and themes name them: BCP 47 tags whose parts CLDR knows, and what a wrong one meant."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from stream.config.problem import did_you_mean

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_WANTED = "a language tag of BCP 47, like en, zh-Hant or pt-BR"
# Countries taken for their languages; `se`, `kr` and `mn` are languages of others.
_BY_COUNTRY = dict(
    pair.split(":")
    for pair in "jp:ja cn:zh gr:el ua:uk cz:cs dk:da al:sq rs:sr ir:fa iq:ar il:he in:hi vn:vi us:en".split()
)


def check_language(written: str) -> str:
    """Return a tag as it is; raises PydanticCustomError with a suggestion for one that no text can have.

    Its language, script and region must be ones that CLDR knows; other parts are not looked at.
    """
    unknown = _unknown_part(written) if _TAG.fullmatch(written) else written
    if unknown is None:
        return written
    raise PydanticCustomError(
        "language",
        "{what} is no language known here",
        {
            "what": f'"{unknown}"',
            "wanted": _WANTED,
            "suggestion": _meant(unknown.strip()) if written.startswith(unknown) else None,
        },
    )


def _unknown_part(tag: str) -> str | None:
    names, scripts, territories = _known()
    language, *rest = tag.split("-")
    if language.lower() not in names:
        return language
    for part in rest:
        if len(part) == 1:  # an extension, whose parts have meanings of their own
            return None
        is_script = len(part) == 4 and part.isalpha()
        is_region = len(part) == 2 or (len(part) == 3 and part.isdigit())
        if (is_script and part.title() not in scripts) or (is_region and part.upper() not in territories):
            return part
    return None


def _meant(written: str) -> str | None:
    names = _known()[0]
    by_name = {name.casefold(): code for code, name in names.items()}
    code = by_name.get(written.casefold()) or _BY_COUNTRY.get(written.casefold())
    if code:
        return f"write {code} ({names[code]})"
    near = did_you_mean(written, names.values()) if len(written) > 3 else None
    name = near.split('"')[1] if near else None
    return f"did you mean {by_name[name.casefold()]} ({name})?" if name else None


@lru_cache(maxsize=1)
def _known() -> tuple[Mapping[str, str], frozenset[str], frozenset[str]]:
    """English names by code of language, and the codes of scripts and regions; some 50 ms the first time."""
    from babel import Locale

    locale = Locale("en")
    languages = {code: str(name) for code, name in locale.languages.items() if "_" not in code}
    return languages, frozenset(locale.scripts), frozenset(locale.territories)


LanguageTag = Annotated[
    str, AfterValidator(check_language), Field(json_schema_extra={"pattern": f"^{_TAG.pattern}$"})
]
