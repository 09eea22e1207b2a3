"""How a worker process gets its annotator: a function that pickles by name, built where it is used."""

from ingest.annotate import load
from ingest.normalise import Annotate


def load_annotate() -> Annotate:
    """Load the gazetteers and return what annotates with them; takes some tenths of a second."""
    return load().annotate
