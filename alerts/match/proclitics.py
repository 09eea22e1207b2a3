"""Small words that Arabic and Hebrew write in one with the next: "and", "in", "to", "the"."""

_GLUED = {
    "ar": ("و", "ب", "ل"),
    "he": ("ו", "ב", "ל", "ה"),
}  # each costs a term for each phrase: the rarer ones not
_ARTICLE = "ال"


def with_proclitics(phrase: str, language: str) -> list[str]:
    """The phrase as it is, and as it stands after each small word that its language glues to it."""
    glued = [prefix + phrase for prefix in _GLUED.get(language.lower()[:2], ())]
    if glued and phrase.startswith(_ARTICLE):
        glued.append("لل" + phrase.removeprefix(_ARTICLE))  # "to the" loses a letter
    return [phrase, *glued]
