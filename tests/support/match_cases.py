"""Random rules and events over so few words that rules hold often."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from alerts.watchlist.clauses import (
    All,
    AnyOf,
    Clause,
    Countries,
    Filter,
    Near,
    Not,
    Phrase,
    Regex,
    Text,
    Theme,
)
from alerts.watchlist.themes import LabelWords, NearWords, ThemeDefinition, ThemeWords
from stream.event import ArticleEvent, Field, Mention, Relation, Role, content_hash, identity

_TITLE: tuple[Field, int] = ("title", 0)
_ROLES: tuple[Role, ...] = ("participant", "passing")
COUNTRIES = ("IR", "TR", "RU", "US")
_WORDS = (
    "Iran", "TÜRKİYE", "türkiye’nin", "sign", "military", "cooperation", "cooperating", "drill", "drills",
    "deal", "denied", "not", "may", "opinion", "tatbikat", "ortak", "伊朗", "军演", "St.", "Petersburg",
)  # fmt: skip
PHRASES = (
    "iran", "turkiye", "military cooperation", "cooperat*", "mil* cooperat*", "drill", "drills deal",
    "st petersburg", "伊朗", "sign military", "deal*", "ortak tatbikat",
)  # fmt: skip
PATTERNS = (r"drills?", r"mil\w+ co\w+", r"deal.*drill", "t[üu]rk", r"\bsign\b", "伊朗")

THEMES = {
    "military": ThemeDefinition(
        "military",
        {
            "en": ThemeWords(
                triggers=("military cooperation", "cooperat*", "drill"),
                near=(NearWords((("sign", "deal"), ("military", "drills")), 4),),
                exclude=("drill deal", "sign military"),
            ),
            "tr": ThemeWords(triggers=("tatbikat", "ortak tatbikat")),
            "zh": ThemeWords(triggers=("军演",)),
        },
    ),
    "deals": ThemeDefinition("deals", {"en": ThemeWords(triggers=("deal*", "sign"), exclude=("deal sign",))}),
}
LABELS = LabelWords(
    {
        "en": {
            "denied": ("denied", "not", "deal"),
            "hypothetical": ("may",),
            "opinion": ("opinion",),
            "past": ("petersburg",),
        },
        "tr": {"suspended": ("ortak",)},
    }
)

_sentences = st.lists(
    st.tuples(st.sampled_from(_WORDS), st.sampled_from((" ", " ", " ", ", ", "; "))), min_size=1, max_size=7
).map(lambda parts: "".join(word + mark for word, mark in parts).rstrip(" ,;"))


def in_text(sentence: int) -> tuple[Field, int]:
    return "text", sentence


@st.composite
def events(draw: st.DrawFn) -> ArticleEvent:
    title = draw(st.one_of(st.just(""), _sentences))
    sentences = draw(st.lists(_sentences, max_size=4))
    text, starts = "", []
    for sentence in sentences:
        starts.append(len(text))
        text += sentence + draw(st.sampled_from((". ", "! ", ".\n", ".\n\n")))
    there = [*([_TITLE] if title else []), *map(in_text, range(len(sentences)))]
    places = st.sampled_from(there or [_TITLE])
    mentions = draw(
        st.lists(
            st.tuples(st.sampled_from(COUNTRIES), places, st.sampled_from(_ROLES)),
            max_size=6 if there else 0,
        )
    )
    relations = draw(
        st.lists(
            st.tuples(st.lists(st.sampled_from(COUNTRIES), min_size=2, max_size=2, unique=True), places),
            max_size=4 if there else 0,
        )
    )
    return ArticleEvent(
        event_id=identity(title + text),
        source=draw(st.sampled_from(("wire", "Other"))),
        title=title,
        text=text,
        lead=draw(st.sampled_from(("", sentences[0] if sentences else "", "Iran drills", title))),
        sentences=tuple(starts),
        language=draw(st.sampled_from(("en", "tr", "zh-Hans", "und", "fr"))),
        publisher=draw(st.sampled_from((None, "Ajans", "Daily"))),
        first_seen_at=datetime(2026, 1, 1, tzinfo=UTC),
        content_hash=content_hash(title, text),
        mentions=tuple(
            Mention(country=country, field=field, start=start, end=start + 1, sentence=number, role=role)
            for country, (field, number), role in mentions
            for start in [starts[number] if field == "text" else 0]
        ),
        relations=tuple(
            Relation(countries=(min(pair), max(pair)), field=field, sentence=number)
            for pair, (field, number) in relations
        ),
    )


_terms = st.one_of(
    st.builds(Phrase, st.sampled_from(PHRASES)),
    st.builds(Phrase, st.sampled_from(PHRASES), st.integers(1, 4)),
    st.builds(Near, st.lists(st.sampled_from(PHRASES), min_size=2, max_size=3).map(tuple), st.integers(2, 8)),
    st.builds(Regex, st.sampled_from(PATTERNS)),
)
_groups = st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=3, unique=True).map(tuple)
_labels = st.frozensets(st.sampled_from(("denied", "suspended", "hypothetical", "past", "opinion")))
_FILTERS = (
    Filter("when.source", "source", ("WIRE",)),
    Filter("when.source", "source", ("wire", "x")),
    Filter("when.source", "source", ("none",)),
    Filter("when.publisher", "publisher", ("ajans",)),
    Filter("when.publisher", "publisher", ("Daily", "ajans")),
    Filter("when.language", "language", ("en",)),
    Filter("when.language", "language", ("tr", "zh")),
    Filter("when.language", "language", ("zh-Hans",)),
)
_leaves: st.SearchStrategy[Clause] = st.one_of(
    st.builds(
        Countries,
        st.just("when.countries"),
        st.tuples(_groups, _groups),
        st.sampled_from(("pair", "together")),
        st.sampled_from(("participant", "participant", "mentioned")),
        st.sampled_from(("any", "any", "lead", "headline")),
    ),
    st.builds(Countries, st.just("when.countries"), st.tuples(_groups), st.just("together")),
    st.builds(
        Theme,
        st.just("when.theme"),
        st.sampled_from(tuple(THEMES)),
        _labels,
        st.sampled_from(("sentence", "sentence", "article")),
    ),
    st.builds(
        Text,
        st.just("when.text"),
        st.lists(_terms, min_size=1, max_size=2).map(tuple),
        st.sampled_from((("title", "lead", "text"), ("title",), ("lead",), ("title", "text"))),
        st.sampled_from(("sentence", "paragraph", "article")),
        st.booleans(),
    ),
    st.sampled_from(_FILTERS),
)
clauses: st.SearchStrategy[Clause] = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds(All, st.just("when"), st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(All, st.just("when"), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(AnyOf, st.just("when"), st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, st.just("when"), inner),
    ),
    max_leaves=5,
)
