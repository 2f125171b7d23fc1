"""Lines: records of a file in the order of need, which is not the order of their numbers."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from wayhome.codec import limits
from wayhome.records.kind import KindBook
from wayhome.store.line import claimed_place

_UNKNOWN = -1


def kind_of(line: bytes) -> int:
    """Give the kind that a line claims; -1 when it is not a canonical line."""
    claimed = claimed_place(line)
    return claimed[0] if claimed else _UNKNOWN


def lines_in(file: BinaryIO) -> Iterator[bytes]:
    """Stream the lines of a file; one too long for a record comes in pieces."""
    while line := file.readline(limits.RECORD_BYTES + 2):
        yield line.removesuffix(b"\n")


def in_order_of_need(book: KindBook, read: Callable[[], Iterable[bytes]]) -> Iterator[bytes]:
    """Give every line that ``read`` gives, so that what a kind needs comes before it.

    ``read`` is called once for each kind that is there and once more, so that nothing has to be
    held in memory. Lines of unknown kinds come last, to be refused.
    """
    there = {kind_of(line) for line in read()}
    known = [kind.number for kind in book.in_order()]
    for number in known:
        if number in there:
            yield from (line for line in read() if kind_of(line) == number)
    if there.difference(known):
        yield from (line for line in read() if kind_of(line) not in known)
