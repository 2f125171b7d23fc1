"""The kinds of the room, in the order of need."""

from wayhome.cases.kinds import figures, sealed
from wayhome.records.kind import Kind

KINDS: tuple[Kind, ...] = (figures.KIND, sealed.KIND)
