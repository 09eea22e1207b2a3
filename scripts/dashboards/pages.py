"""All pages. Every query on them is asked of a real run by tests/acceptance/test_prometheus.py."""

from collections.abc import Sequence

from dashboards.alerts import ALERTS
from dashboards.ingest import INGEST
from dashboards.log import LOG
from dashboards.overview import OVERVIEW
from dashboards.panel import Dashboard

PAGES: Sequence[Dashboard] = (OVERVIEW, INGEST, ALERTS, LOG)
