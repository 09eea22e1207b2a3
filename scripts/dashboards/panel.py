"""Grafana's JSON from a few words: panels laid out from left to right, row after row.

The shape is that of schema version 39 (Grafana 11 and newer read it). Own code of a hundred lines rather than
grafana-foundation-sdk, whose releases are numbered by epochs that no lock file can follow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SOURCE = {"type": "prometheus", "uid": "prometheus"}
RATE = "[$__rate_interval]"
_COLUMNS = 24


@dataclass(frozen=True)
class Panel:
    """A picture of one or more queries: `queries` maps a legend to PromQL; `bad_from` turns it red."""

    title: str
    queries: Mapping[str, str]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 8
    height: int = 8
    about: str = ""
    bad_from: float | None = None
    bad_below: float | None = None
    stacked: bool = False


@dataclass(frozen=True)
class Row:
    """A heading and the panels under it."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True)
class Dashboard:
    """A page; `variables` maps a name to the label whose values it offers: `metric, label`."""

    uid: str
    title: str
    rows: Sequence[Row]
    variables: Mapping[str, str]


def stat(title: str, query: str, unit: str = "short", **more: Any) -> Panel:
    """Make a single number."""
    return Panel(title, {"": query}, unit, "stat", width=more.pop("width", 4), height=4, **more)


def dashboard_json(board: Dashboard) -> dict[str, Any]:
    """Write a page as Grafana stores it."""
    return {
        "uid": board.uid,
        "title": board.title,
        "tags": ["wirewatch"],
        "schemaVersion": 39,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "utc",
        "links": [
            {
                "type": "dashboards",
                "title": "Wirewatch",
                "tags": ["wirewatch"],
                "keepTime": True,
                "asDropdown": False,
            }
        ],
        "annotations": {"list": [_reloads()]},
        "templating": {"list": [_variable(name, values) for name, values in board.variables.items()]},
        "panels": [{"id": number, **one} for number, one in enumerate(_placed(board.rows), 1)],
    }


def _placed(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    y = 0
    for row in rows:
        place = {"h": 1, "w": _COLUMNS, "x": 0, "y": y}
        yield {"type": "row", "title": row.title, "collapsed": False, "gridPos": place, "panels": []}
        y, x, line = y + 1, 0, 0
        for panel in row.panels:
            if x + panel.width > _COLUMNS:
                y, x, line = y + line, 0, 0
            place = {"h": panel.height, "w": panel.width, "x": x, "y": y}
            yield {**_panel(panel), "gridPos": place}
            x, line = x + panel.width, max(line, panel.height)
        y += line


def _panel(panel: Panel) -> dict[str, Any]:
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "targets": [
            {
                "refId": chr(ord("A") + number),
                "datasource": SOURCE,
                "expr": query,
                "legendFormat": legend or "__auto",
                "instant": panel.kind != "timeseries",
                "range": panel.kind == "timeseries",
            }
            for number, (legend, query) in enumerate(panel.queries.items())
        ],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _OPTIONS[panel.kind],
    }


def _defaults(panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.bad_below is not None:
        steps = [{"color": "red", "value": None}, {"color": "green", "value": panel.bad_below}]
    if panel.bad_from is not None:
        steps.append({"color": "red", "value": panel.bad_from})
    defaults: dict[str, Any] = {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.kind == "timeseries":
        defaults["min"] = 0
        defaults["custom"] = {
            "fillOpacity": 15,
            "showPoints": "never",
            "stacking": {"mode": "normal" if panel.stacked else "none"},
        }
    return defaults


_OPTIONS: dict[str, dict[str, Any]] = {
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom"},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {"colorMode": "value", "reduceOptions": {"calcs": ["lastNotNull"]}},
    "bargauge": {
        "displayMode": "basic",
        "orientation": "horizontal",
        "reduceOptions": {"calcs": ["lastNotNull"]},
    },
}


def _variable(name: str, values: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": f"label_values({values})", "refId": "values"},
        "refresh": 2,
        "includeAll": True,
        "multi": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
        "sort": 1,
    }


def _reloads() -> dict[str, Any]:
    return {
        "name": "Configuration taken up",
        "datasource": SOURCE,
        "enable": True,
        "iconColor": "blue",
        "expr": "changes(wirewatch_config_last_reload_success_timestamp_seconds[1m]) > 0",
        "titleFormat": "configuration taken up",
    }
