"""What annotating an article gives: sentences, mentions with roles, salient countries, relations."""

from dataclasses import dataclass

from stream.event import Mention, Relation


@dataclass(frozen=True, slots=True)
class Annotation:
    """The annotation of one article; the fields go into the `ArticleEvent` of the same names.

    `sentences` are start offsets into the text. `mentions` are in order of place, the title's first.
    `countries` are the salient ones, most salient first. `relations` are strongest first; one pair may
    have several, one a sentence.
    """

    sentences: tuple[int, ...]
    mentions: tuple[Mention, ...]
    countries: tuple[str, ...]
    relations: tuple[Relation, ...]
