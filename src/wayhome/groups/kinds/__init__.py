"""The kinds of the room, in the order of need."""

from wayhome.groups.kinds import charter, cosign, link, season
from wayhome.records.kind import Kind

KINDS: tuple[Kind, ...] = (charter.KIND, cosign.KIND, link.KIND, season.KIND)
