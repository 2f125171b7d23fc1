"""Room for blobs: until when a node takes the attachments of an envelope, and how much of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from wayhome.cases.blobs import blob_id, chunk_sizes, is_chunk
from wayhome.cases.slots import Named
from wayhome.codec import limits
from wayhome.records.refused import Refused

HASH = 32
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Room:
    """How many bytes a group's attachments have been promised: of a day, in all, unfinished."""

    of_day: int = 0
    in_all: int = 0
    unfinished: int = 0

    @classmethod
    def of(cls, asked: Named, there: Iterable[tuple[Named, bool]]) -> Self:
        """Add up what is there for the group and day of one more; is each of it whole?"""
        sums: Counter[str] = Counter()
        for one, is_whole in there:
            if one.group == asked.group:
                sums["all"] += one.size
                sums["day"] += one.size if one.day == asked.day else 0
                sums["unfinished"] += 0 if is_whole else one.size
        return cls(sums["day"], sums["all"], sums["unfinished"])

    def has(self, size: int) -> bool:
        """Tell whether so much more fits."""
        return (
            self.of_day + size <= limits.BLOBS_A_DAY
            and self.in_all + size <= limits.BLOBS_ALL
            and self.unfinished + size <= limits.BLOBS_UNFINISHED
        )


def is_late(day: int, now: int) -> bool:
    """Tell whether what an envelope of that day names is not waited for any more."""
    return now // DAY > day + limits.BLOB_DAYS


def refuse_list(asked: Named, hashes: bytes) -> None:
    """Refuse a list that is not the one that the attachment is named after.

    Raises:
        Refused: `chunk-mismatch`.
    """
    if blob_id(hashes) != asked.id or len(hashes) != list_size(asked.size):
        raise Refused("chunk-mismatch", "the list is not the one whose hash was named")


def refuse_chunk(size: int, hashes: bytes, number: int, body: bytes) -> None:
    """Refuse bytes that are not the chunk of that number of a file of that padded size.

    Raises:
        Refused: `chunk-mismatch`.
    """
    sizes = chunk_sizes(size)
    is_size = number < len(sizes) and len(body) == sizes[number]
    if not is_size or not is_chunk(hashes, number, body):
        raise Refused("chunk-mismatch", "the chunk is not the one in the list")


def list_size(size: int) -> int:
    """Give the number of bytes of the list of a file of a padded size."""
    return HASH * len(chunk_sizes(size))
