"""Settings: everything that can be set; each part is the config model of the code it tunes.

Where the values come from, and which layer wins, is in `layers`.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, field_validator, model_validator
from pydantic.fields import FieldInfo

from alerts.consume import ConsumeConfig
from alerts.deliver import DeliverConfig
from ingest.fetch.fetcher import FetchOptions
from ingest.intake import IntakeConfig
from ingest.polling.pace import PollingConfig
from ingest.sources.push import PushConfig
from ingest.workers.pool import WorkersConfig
from stream.config.secrecy import secrets_of_url
from stream.net import NetPolicy
from stream.open import StreamOptions
from stream.server import Server
from stream.untrusted.addresses import read_network, split_url
from stream.untrusted.paths import PlainPath
from wirewatch.needs import Shared
from wirewatch.server.limits import ConnectionLimits

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class WebSettings(BaseModel):
    """The HTTP server: pages, metrics, health and the push API."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535, description="0 takes any free port")
    token: SecretStr | None = Field(default=None, description="bearer token of POST /v1/articles")
    read_token: SecretStr | None = Field(
        default=None, description="bearer token of /v1/alerts, /openapi.json and /metrics"
    )
    users_file: Path | None = Field(
        default=None, description="who may sign in to the pages; `wirewatch web passwd NAME` writes it"
    )
    session_hours: float = Field(default=12.0, gt=0, le=24 * 30, description="how long one is signed in")
    open_metrics: bool = Field(default=False, description="/metrics for everybody, beyond loopback too")
    hosts: tuple[str, ...] = Field(default=(), description="names it answers to beside the loopback's")
    public_url: str | None = Field(default=None, description="where readers of mails reach the pages")
    proxies: tuple[str, ...] = Field(
        default=("127.0.0.1", "::1"),
        description="networks of reverse proxies: their X-Forwarded-For and -Proto are believed",
    )
    limits: ConnectionLimits = ConnectionLimits()

    @field_validator("public_url")
    @classmethod
    def _is_web_address(cls, url: str | None) -> str | None:
        parts = split_url(url) if url else None
        is_plain = parts is not None and not (parts.query or parts.fragment or "@" in parts.netloc)
        if url is not None and (parts is None or parts.scheme not in {"http", "https"} or not is_plain):
            raise ValueError(
                "wanted an http or https URL like https://wirewatch.example.org, no more behind it"
            )
        return url

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            if read_network(proxy) is None:
                raise ValueError(f"{proxy} is neither an address nor a network such as 10.0.0.0/8")
        return proxies

    @model_validator(mode="after")
    def _knows_somebody_beyond_loopback(self) -> "WebSettings":
        known = (self.token, self.read_token, self.users_file)
        if self.host not in LOOPBACK and not any(known):
            raise ValueError(
                f"web.host is {self.host}, and nobody could be told from a stranger: name users "
                "(`wirewatch web passwd NAME`, then web.users_file) for the pages, a token "
                "(WIREWATCH_WEB__TOKEN_FILE) for pushing, one (WIREWATCH_WEB__READ_TOKEN_FILE) for reading, "
                "or listen on 127.0.0.1"
            )
        return self


class DatabaseSettings(BaseModel):
    """Where alerts keep their state."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: SecretStr = Field(
        default=SecretStr(""),
        description="postgresql://user@host/database, as libpq reads it; empty: SQLite in the state folder",
    )
    password: SecretStr | None = Field(default=None, description="where it shall not stand in the URL")

    @field_validator("url")
    @classmethod
    def _is_a_url(cls, url: SecretStr) -> SecretStr:
        text = url.get_secret_value()
        if not text:
            return url
        parts = split_url(text)
        if parts is None:
            raise ValueError("it cannot be read as a URL: the port is a number, IPv6 stands in brackets")
        if parts.scheme not in {"postgresql", "postgres"} or not text.startswith(f"{parts.scheme}://"):
            raise ValueError("it begins with postgresql:// (empty: SQLite in the state folder)")
        # What stands behind a second @ would be taken for the host, and told in errors.
        if parts.netloc.count("@") > 1 or parts.fragment:
            raise ValueError("write @ in a user or password as %40, / as %2F, # as %23, ? as %3F")
        return url

    @property
    def place(self) -> str:
        """Where alerts are, for people, without who connects."""
        from stream.postgres import place_of

        return place_of(self.server) if self.server else "SQLite in the state folder"

    @property
    def server(self) -> Server | None:
        """Where PostgreSQL is; None: SQLite."""
        url = self.url.get_secret_value()
        return Server(url, self.password.get_secret_value() if self.password else None) if url else None


class IngestSettings(BaseModel):
    """How politely and how widely we read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fetch: FetchOptions = FetchOptions()
    polling: PollingConfig = PollingConfig()
    intake: IntakeConfig = IntakeConfig()
    workers: WorkersConfig = WorkersConfig()
    push: PushConfig = PushConfig()


class AlertSettings(BaseModel):
    """How records are matched and alerts delivered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    retention_days: float = Field(default=400, ge=1, le=36_500, description="of alerts that are settled")
    failing_tests: Literal["warn", "refuse"] = Field(
        default="warn", description="what a reload does with rules whose tests fail"
    )
    consume: ConsumeConfig = ConsumeConfig()
    deliver: DeliverConfig = DeliverConfig()


class LogSettings(BaseModel):
    """What is logged, and how it looks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "human", "json"] = "auto"


class Settings(BaseModel):
    """All settings. `config_dir` and `state_dir` count from the working directory."""

    # An error that quoted its input would print a secret.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    config_dir: PlainPath = Path("config")
    state_dir: PlainPath = Path("var")
    web: WebSettings = WebSettings()
    stream: StreamOptions = StreamOptions()
    database: DatabaseSettings = DatabaseSettings()
    ingest: IngestSettings = IngestSettings()
    alerts: AlertSettings = AlertSettings()
    net: NetPolicy = NetPolicy()
    log: LogSettings = LogSettings()

    @property
    def shared(self) -> Shared:
        """What is not in the state folder."""
        return Shared(log=bool(self.stream.kafka.bootstrap_servers), alerts=self.database.server is not None)


SETTINGS = TypeAdapter(Settings)
Place = tuple[str, ...]

GONE: Mapping[Place, str] = {
    ("stream", "partitions"): (
        "stream.partitions is gone, take it away: the embedded log has one reader, which also reads what was "
        "written in several partitions. On Kafka more matchers work side by side "
        "(stream.kafka.create.partitions)"
    ),
    ("stream", "lease_s"): (
        "stream.lease_s is gone, take it away: the embedded log has one reader, so nothing of it is leased"
    ),
}
"""Settings that an older version had, with what to say to who still has them."""


def fields_of(model: type[BaseModel], place: Place = ()) -> Iterator[tuple[Place, FieldInfo]]:
    """Every single setting of a model with its place, sections followed to their end."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from fields_of(kind, (*place, name))
        else:
            yield (*place, name), field


def value_at(settings: BaseModel, place: Place) -> object:
    """The value that stands at a place."""
    value: Any = settings
    for name in place:
        value = getattr(value, name)
    return value


def secrets_of(value: object) -> Iterator[str]:
    """Every secret in a model and in what it holds, in plain text: for the log's masker only.

    Of a URL that is no secret as a whole: who connects, and its query.
    """
    if isinstance(value, SecretStr):
        yield from _tellings(value.get_secret_value())
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            held = getattr(value, name)
            yield from secrets_of_url(held) if name == "url" and isinstance(held, str) else secrets_of(held)
    elif isinstance(value, Mapping):
        yield from secrets_of(tuple(value.values()))
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for item in value:
            yield from secrets_of(item)


def _tellings(secret: str) -> Iterator[str]:
    """A secret in the forms in which it may be told: of a URL also its password alone."""
    if secret:
        yield secret
    parts = split_url(secret) if "://" in secret else None
    if parts is not None and parts.password:
        yield from {parts.password, unquote(parts.password)}


def settings_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of config/settings.yaml, in which `config_dir` has no place."""
    schema = SETTINGS.json_schema()
    del schema["properties"]["config_dir"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:wirewatch:schema:settings:1",
        **schema,
    }
