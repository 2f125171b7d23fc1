"""Loading: records of files through a node's one door, in the order of need."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from wayhome.journal.intake import Intake
from wayhome.journal.lines import in_order_of_need
from wayhome.lists import ListFolder
from wayhome.records.kind import KindBook
from wayhome.records.refused import Refused
from wayhome.sources import LIST_BYTES, LISTS, find_file, lines_of, record_files


async def load(
    intake: Intake, book: KindBook, source: Path, told: Callable[[], None]
) -> tuple[int, Counter[str]]:
    """Take all records of a file, an export or a mirror; how many are kept, and what was refused.

    They are offered again while that brought something that others may have needed: a link brings
    a group within reach, and that group's own words came before the link.
    """
    paths = record_files(source)
    before = 0
    while True:
        taken, refused = 0, Counter[str]()
        lines = in_order_of_need(book, lambda: (one for path in paths for one in lines_of(path)))
        async for outcome in intake.receive_lines(lines, "peer"):
            told()
            if isinstance(outcome, Refused):
                refused[outcome.reason] += 1
            else:
                taken += 1
        if not refused or taken == before:
            return taken, refused
        before = taken


def load_lists(lists: ListFolder, wanted: Iterable[str], source: Path) -> None:
    """Take the list files beside records that lists here name, as far as they are what is named."""
    for name in wanted:
        content = find_file(source / LISTS / name, LIST_BYTES)
        if content is not None:
            lists.keep(name, content)
