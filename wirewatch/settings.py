"""Settings: flags, then WIREWATCH_* variables, then config/settings.yaml, then defaults.

The only place that reads the environment. Nested names use a double underscore
(`WIREWATCH_WEB__PORT=9000`); a secret may come from a file (`WIREWATCH_WEB__TOKEN_FILE=/run/token`).
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from alerts.consume import ConsumeConfig
from alerts.deliver import DeliverConfig
from ingest.fetch.fetcher import FetchOptions
from ingest.intake import IntakeConfig
from ingest.pace import PollingConfig
from ingest.sources.push import PushConfig
from ingest.workers import WorkersConfig
from stream.net import NetPolicy
from stream.open import StreamOptions

PREFIX = "WIREWATCH_"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class WebSettings(BaseModel):
    """The HTTP server: pages, metrics, health and the push API."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535, description="0 takes any free port")
    token: SecretStr | None = Field(default=None, description="bearer token of POST /v1/articles")

    @model_validator(mode="after")
    def _needs_token_beyond_loopback(self) -> "WebSettings":
        if self.host not in LOOPBACK and self.token is None:
            raise ValueError(
                f"web.host is {self.host}: set web.token (or WIREWATCH_WEB__TOKEN_FILE) first, "
                "or listen on 127.0.0.1"
            )
        return self


class DatabaseSettings(BaseModel):
    """Where alerts keep their state."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(default="", description="empty: SQLite under the state directory")


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

    consume: ConsumeConfig = ConsumeConfig()
    deliver: DeliverConfig = DeliverConfig()


class LogSettings(BaseModel):
    """What is logged, and how it looks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "human", "json"] = "auto"


class Settings(BaseSettings):
    """Everything that can be set; each part is the config model of the code it tunes."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        nested_model_default_partial_update=True,
    )

    config_dir: Path = Path("config")
    state_dir: Path = Path("var")
    web: WebSettings = WebSettings()
    stream: StreamOptions = StreamOptions()
    database: DatabaseSettings = DatabaseSettings()
    ingest: IngestSettings = IngestSettings()
    alerts: AlertSettings = AlertSettings()
    net: NetPolicy = NetPolicy()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(  # every layer is prepared by `Layers`, so that origins can be told
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the merged layers only."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


class Layers(BaseModel):
    """What each layer says, strongest first, so that a value's origin can be told."""

    model_config = ConfigDict(frozen=True)

    flags: dict[str, Any]
    environment: dict[str, Any]
    file: dict[str, Any]

    def merged(self) -> dict[str, Any]:
        """All layers in one, nested tables merged key by key."""
        return _merge(_merge(self.file, self.environment), self.flags)

    def origin(self, path: tuple[str, ...]) -> str:
        """Name the layer that decides one value: `flag`, `environment`, `file` or `default`."""
        for name, layer in (("flag", self.flags), ("environment", self.environment), ("file", self.file)):
            if _holds(layer, path):
                return name
        return "default"


class _Environment(EnvSettingsSource):
    """Environment variables, with `X_FILE` read as the value of `X`."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        values: dict[str, str | None] = {}
        for name, value in super()._load_env_vars().items():
            if name.startswith(PREFIX.lower()) and name.endswith("_file") and value:
                values[name.removesuffix("_file")] = Path(value).read_text(encoding="utf-8").strip()
            else:
                values[name] = value
        return values


def read_environment() -> dict[str, Any]:
    """What the environment sets, nested as the settings are; unreadable secret files raise OSError."""
    return _Environment(Settings)()


def config_dir_of(flags: Mapping[str, Any]) -> Path:
    """Where the configuration lives: it must be known before its file can be read."""
    return Path(flags.get("config_dir") or os.environ.get(f"{PREFIX}CONFIG_DIR") or "config")


def build(layers: Layers) -> Settings:
    """Validate the merged layers; raises pydantic's ValidationError."""
    return Settings(**layers.merged())


def leaves(settings: BaseModel, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value with its path, for `check --show-origin`; secrets come masked as pydantic masks them."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name), value


def secrets_of(settings: BaseModel) -> list[str]:
    """Every secret in plain text, for the log's masker only."""
    return [value.get_secret_value() for _, value in leaves(settings) if isinstance(value, SecretStr)]


def _merge(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(low)
    for name, value in high.items():
        both = isinstance(value, Mapping) and isinstance(low.get(name), Mapping)
        merged[name] = _merge(low[name], value) if both else value
    return merged


def _holds(layer: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    here: Any = layer
    for name in path:
        if not isinstance(here, Mapping) or name not in here:
            return False
        here = here[name]
    return True
