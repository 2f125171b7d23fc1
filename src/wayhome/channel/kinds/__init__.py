"""The kinds of the room."""

from wayhome.channel.kinds import post
from wayhome.records.kind import Kind

KINDS: tuple[Kind, ...] = (post.KIND,)
