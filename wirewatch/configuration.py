"""Everything under config/, read and checked at once: sources, themes, watchlists, routes.

Whoever runs it (the daemon at start and reload, `wirewatch check`) gets every problem of every file, not
the first one.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from alerts.notice import OPERATOR_RULE, OPERATOR_TAG, OPERATOR_WATCHLIST
from alerts.routes import LoadedRoutes, MatcherKey, load_routes
from alerts.sinks.console import ConsoleConfig
from alerts.sinks.email import EmailConfig
from alerts.sinks.file import FileConfig
from alerts.sinks.kafka import KafkaSinkConfig
from alerts.sinks.nowhere import NowhereConfig
from alerts.sinks.webhook import WebhookConfig
from alerts.watchlist.load import Loaded
from alerts.watchlist.themes import LoadedThemes
from alerts.watchlist.trial import PatternTrial
from ingest.annotate.operators import LoadedNames, load_names
from ingest.sources.canary import CanarySourceConfig
from ingest.sources.feed import FeedSourceConfig
from ingest.sources.files import FilesSourceConfig
from ingest.sources.kafka import KafkaSourceConfig
from stream.config.check import Checked, load
from stream.config.problem import ConfigProblem
from wirewatch.environment import GAZETTEER
from wirewatch.rulefiles import THEMES, WATCHLISTS, read_rules, read_themes

if TYPE_CHECKING:
    from collections.abc import Collection

AnySource = Annotated[
    FeedSourceConfig | FilesSourceConfig | KafkaSourceConfig | CanarySourceConfig,
    Field(discriminator="kind"),
]
AnySink = Annotated[
    ConsoleConfig | FileConfig | EmailConfig | WebhookConfig | KafkaSinkConfig | NowhereConfig,
    Field(discriminator="kind"),
]

SOURCES = "sources.yaml"
ROUTES = "routes.yaml"


class SourcesFile(BaseModel):
    """config/sources.yaml: what is read; each source has an id of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: tuple[AnySource, ...]

    @field_validator("sources")
    @classmethod
    def _ids_differ(cls, sources: tuple[AnySource, ...], _info: ValidationInfo) -> tuple[AnySource, ...]:
        seen: set[str] = set()
        for number, source in enumerate(sources):
            if source.id in seen:
                raise PydanticCustomError(
                    "repeated_id",
                    "another source has this id",
                    {"wanted": "an id of its own", "at": (number, "id")},
                )
            seen.add(source.id)
        return sources


_SOURCES = TypeAdapter(SourcesFile)
_SINK: TypeAdapter[AnySink] = TypeAdapter(AnySink)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Themes, watchlists and routes as read: they are reloaded together, since they name each other."""

    themes: LoadedThemes
    watchlists: Loaded
    routes: LoadedRoutes[AnySink]

    @property
    def problems(self) -> tuple[ConfigProblem, ...]:
        """What is wrong with any of them."""
        return (*self.themes.problems, *self.watchlists.problems, *self.routes.problems)


def load_sources(config_dir: Path) -> Checked[SourcesFile]:
    """Read sources.yaml."""
    return load(config_dir / SOURCES, _SOURCES)


def load_gazetteer(config_dir: Path) -> LoadedNames:
    """Read the names that operators add; a folder that is not there has none."""
    return load_names(config_dir / GAZETTEER)


def load_themes_of(config_dir: Path) -> LoadedThemes:
    """Read the themes; a folder that is not there has none."""
    return read_themes(config_dir)


def load_rulebook(config_dir: Path, trial: PatternTrial | None = None) -> Rulebook:
    """Read themes, watchlists and routes; a `trial` that is kept tries regexes only when they change."""
    read = read_rules(config_dir, trial=trial)
    watchlists = read.watchlists
    rules = (*watchlists.rules, *watchlists.resting)
    names: dict[MatcherKey, Collection[str]] = {
        "rule": {rule.id for rule in rules} | {OPERATOR_RULE},
        "watchlist": {rule.watchlist for rule in rules} | {OPERATOR_WATCHLIST},
        "tag": {tag for rule in rules for tag in rule.tags} | {OPERATOR_TAG},
    }
    routes = load_routes(config_dir / ROUTES, _SINK, names)
    return Rulebook(read.themes, watchlists, routes)


def load_sinks(config_dir: Path) -> LoadedRoutes[AnySink]:
    """Read the routes alone, for who wants a sink and no rules."""
    return load_routes(config_dir / ROUTES, _SINK)


def rulebook_paths(config_dir: Path) -> tuple[Path, ...]:
    """What a change of the rulebook shows in."""
    return (config_dir / THEMES, config_dir / WATCHLISTS, config_dir / ROUTES)
