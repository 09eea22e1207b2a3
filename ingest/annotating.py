"""How a worker process gets its annotator: a function that pickles by name, built where it is used."""

from pathlib import Path

from ingest.annotate import load
from ingest.normalise import Annotate
from stream.config.problem import ConfigError


def load_annotate(names: Path | None = None) -> Annotate:
    """Load the gazetteers and return what annotates with them; takes some tenths of a second.

    `names` is the folder of the operators' names. Raises ConfigError where one of its files is unsound.
    """
    if names is None or not names.is_dir():
        return load().annotate
    from ingest.annotate.operators import load_names

    loaded = load_names(names)
    if any(problem.is_error for problem in loaded.problems):
        raise ConfigError(loaded.problems)
    return load(names=loaded.names).annotate
