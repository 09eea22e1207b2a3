"""ArticleEvent v1: the schema of the log, with its encoding.

Names follow ninjs 3.1 and schema.org NewsArticle where those have one. Four times are kept apart:
published (what the publisher says), modified, first seen (by us), fetched. All instants are aware UTC.
"""

import base64
import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from stream.errors import BadEventError

SCHEMA_VERSION = 1
MAX_EVENT_BYTES = 1024 * 1024

Role = Literal["participant", "passing"]
Field = Literal["title", "text"]
# An index of a database holds no key of any length, and no number of any size.
EventId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
RevisionNumber = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]  # on the wire one without an offset is refused


class Mention(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False
):
    """One place where a text names a country.

    `start`/`end` are character offsets into `field` of the event; `sentence` counts from 0 in `text`
    (the title is sentence 0 of `title`). `reason` says why the role was given, for people.
    """

    country: str
    field: Field
    start: int
    end: int
    sentence: int
    role: Role
    reason: str = ""


class Relation(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False
):
    """A sentence that reports something between two countries; `countries` is sorted."""

    countries: tuple[str, str]
    field: Field
    sentence: int
    reason: str = ""


class Extraction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How the text was won, so that a better extractor can be run again later."""

    method: str
    version: str = ""
    warnings: tuple[str, ...] = ()


class ArticleEvent(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="schema_version",
    tag=SCHEMA_VERSION,
):
    """One article in one revision, normalised and annotated. Immutable.

    On the wire it also carries `schema_version`, the major version, as its tag.

    `event_id` is stable over revisions (see `identity`); `content_hash` differs between them.
    `sentences` holds the start offset of every sentence of `text`: sentence i ends where i + 1 starts.
    `countries` are the salient ones, most salient first; `mentions` holds all.
    """

    event_id: EventId
    source: str
    title: str
    first_seen_at: Instant
    content_hash: str
    revision: RevisionNumber = 1
    url: str | None = None
    url_found: str | None = None
    guid: str | None = None
    lead: str = ""
    text: str = ""
    body_kind: Literal["full", "summary", "none"] = "full"
    language: str = "und"
    publisher: str | None = None
    publisher_country: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    dateline: str | None = None
    credit: str | None = None
    caption: str | None = None
    published_at: Instant | None = None
    published_precision: Literal["second", "minute", "day", "inferred"] | None = None
    published_source: str | None = None
    published_raw: str | None = None
    modified_at: Instant | None = None
    fetched_at: Instant | None = None
    backlog: bool = False
    story: str | None = None
    extraction: Extraction | None = None
    sentences: tuple[int, ...] = ()
    mentions: tuple[Mention, ...] = ()
    countries: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    unknown: dict[str, Any] = msgspec.field(default_factory=dict, name="x-unknown")

    @property
    def key(self) -> str:
        """What keeps its order on the log: the story where known, else the article."""
        return self.story or self.event_id

    def sentence_span(self, field: Field, sentence: int) -> tuple[int, int]:
        """Character offsets of a sentence in its field; the title is one sentence."""
        if field == "title":
            return 0, len(self.title)
        starts = self.sentences or (0,)
        end = starts[sentence + 1] if sentence + 1 < len(starts) else len(self.text)
        return starts[sentence], end

    def sentence_text(self, field: Field, sentence: int) -> str:
        """The sentence itself, without the white space around it."""
        start, end = self.sentence_span(field, sentence)
        return (self.title if field == "title" else self.text)[start:end].strip()


class _Version(msgspec.Struct):
    schema_version: int = SCHEMA_VERSION


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(ArticleEvent)
_version_decoder = msgspec.json.Decoder(_Version)
_KNOWN = frozenset(f.encode_name for f in msgspec.structs.fields(ArticleEvent)) | {"schema_version"}


def encode(event: ArticleEvent) -> bytes:
    """Write an event as one line of JSON; fields we did not know stand where they stood: at the top."""
    if not event.unknown:
        return _encoder.encode(event)
    document = msgspec.to_builtins(msgspec.structs.replace(event, unknown={}))
    return _encoder.encode({**event.unknown, **document})


def encode_for_log(event: ArticleEvent) -> bytes:
    """Write an event for a log. BadEventError: `too_large` past 1 MiB, `invalid_event` if unencodable."""
    try:
        data = encode(event)
    except (UnicodeEncodeError, msgspec.MsgspecError, TypeError) as error:
        raise BadEventError("invalid_event", str(error)) from error
    if len(data) > MAX_EVENT_BYTES:
        raise BadEventError("too_large", f"{event.event_id}: {len(data)} bytes, at most {MAX_EVENT_BYTES}")
    return data


def decode(data: bytes) -> ArticleEvent:
    """Read an event.

    Unknown top-level fields of a newer minor version are kept in `unknown`. Raises BadEventError with
    reason `unsupported_version` for a newer major version, `invalid_json` or `invalid_event` otherwise.
    """
    try:
        return _decoder.decode(data)
    except msgspec.ValidationError:
        return _decode_slowly(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadEventError("invalid_json", str(error)) from error


def _decode_slowly(data: bytes) -> ArticleEvent:
    try:
        version = _version_decoder.decode(data).schema_version
        if version > SCHEMA_VERSION:
            raise BadEventError("unsupported_version", str(version))
        document = msgspec.json.decode(data)
        known = {name: value for name, value in document.items() if name in _KNOWN}
        unknown = {name: value for name, value in document.items() if name not in _KNOWN}
        event = msgspec.convert(known, ArticleEvent)
    except msgspec.ValidationError as error:
        raise BadEventError("invalid_event", str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadEventError("invalid_json", str(error)) from error
    return msgspec.structs.replace(event, unknown=unknown)


def json_schema() -> dict[str, Any]:
    """The event as JSON Schema 2020-12, with what other writers must know."""
    (_, components) = msgspec.json.schema_components([ArticleEvent], ref_template="#/$defs/{name}")
    event = components.pop("ArticleEvent")
    event["properties"].pop("x-unknown", None)
    event["additionalProperties"] = True
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:wirewatch:schema:article-event:1",
        **event,
        "$defs": components,
    }


def identity(key: str) -> str:
    """Turn an identity key into an event id: 26 characters of base32, 130 bits of SHA-256."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode()[:26]


def content_hash(title: str, text: str) -> str:
    """Hash what a reader would call the article: equal hashes are no new revision."""
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:32]
