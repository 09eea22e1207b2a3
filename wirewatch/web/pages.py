"""The pages."""

from starlette.routing import BaseRoute

from wirewatch.web.sight import Sight


def page_routes(sight: Sight) -> list[BaseRoute]:
    """Build the routes of the pages."""
    del sight
    return []
