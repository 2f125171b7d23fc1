"""Draft: what somebody means to say, not signed yet."""

from dataclasses import dataclass

from wayhome.records.record import Tag


@dataclass(frozen=True, slots=True)
class Draft:
    """A record without author, id and sig; `created_at` is the author's claim, in Unix seconds."""

    kind: int
    tags: tuple[Tag, ...]
    content: str
    created_at: int
