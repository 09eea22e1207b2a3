"""What a request for a list of alerts asks for, and what the store has: one way for pages and the API."""

from collections.abc import Collection
from datetime import datetime

from starlette.requests import Request

from alerts.store.archive import FoundAlerts
from alerts.store.search import place_of
from wirewatch.web.filters import FILTERS, AlertFilter, alert_filter, unknown_parameter
from wirewatch.web.sight import Sight

UNKNOWN_AFTER = "after is the alert_id of the last alert you have"


def asked(request: Request, now: datetime, others: Collection[str] = ()) -> AlertFilter | str:
    """Read the filter of a request; a sentence for people on what is wrong with it, or in `others`' names."""
    query = request.query_params
    return unknown_parameter(query.multi_items(), (*FILTERS, *others)) or alert_filter(query, now)


def find_alerts(sight: Sight, chosen: AlertFilter, limit: int) -> FoundAlerts | None:
    """Search the store; None when the alert that the list should begin after is not there."""
    place = chosen.place
    if chosen.after:
        after = sight.archive.alert(chosen.after)
        if after is None:
            return None
        place = place_of(after.alert)
    return sight.archive.find(chosen.wanted, after=place, limit=limit)
