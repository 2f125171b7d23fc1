"""Presented: how a node presents itself, as JSON; with the records it decides every page."""

import msgspec

from wayhome.cases.law import fault_of
from wayhome.codec import limits
from wayhome.web.site import Face, Site

NAME = "site.json"


class BadPresented(ValueError):  # noqa: N818 - what a stranger wrote, not our mistake
    """It is not what a node says of itself."""


class Presented(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Home groups, how far the node carries others, and its face, with the law."""

    home: tuple[str, ...]
    reach: int
    face: Face

    @property
    def json(self) -> bytes:
        """Give it as one line; the same node gives the same bytes."""
        return msgspec.json.encode(self, order="sorted") + b"\n"


def presented(site: Site) -> Presented:
    """Give how a site presents itself."""
    return Presented(site.home, site.steps, site.face)


def read_presented(raw: bytes) -> Presented:
    """Read what a node or a mirror says of itself.

    Raises:
        BadPresented: it is something else.
    """
    if len(raw) > limits.PRESENTED:
        raise BadPresented("larger than anything a node says of itself")
    try:
        said = msgspec.json.decode(raw, type=Presented)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadPresented(str(error)) from error
    if said.face.law and (fault := fault_of(said.face.law)):
        raise BadPresented(fault)
    return said
