"""Every other language."""


def build_all() -> dict[str, str]:
    """The data files by name."""
    return {}
