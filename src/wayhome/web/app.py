"""The app of a node: its pages and its machine doors."""

from starlette.applications import Starlette

from wayhome.web import doors
from wayhome.web.site import Site


def make_app(site: Site) -> Starlette:
    """Put the doors of a node together."""
    return Starlette(routes=doors.routes(site))
