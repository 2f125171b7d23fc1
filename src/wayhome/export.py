"""Export: a node's public records as plain files, from which anyone can recount or start a node."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import httpx
import msgspec

from wayhome import outward
from wayhome.codec import limits
from wayhome.records.filter import Filter
from wayhome.sources import (
    LIST_BYTES,
    LISTS,
    RECORDS,
    SourceFault,
    lines_of,
    list_sums,
    told_as_fault,
)
from wayhome.store.store import Reader

Progress = Callable[[int], None]  # told the number of records written
_KINDS = 100  # of a node; ours has thirteen


def export(
    reader: Reader, list_files: Mapping[str, bytes], folder: Path, progress: Progress
) -> int:
    """Write `records.jsonl`, ascending by kind and id, and `lists/`; give the number of records.

    The same set of records gives the same bytes.

    Raises:
        FileExistsError: the folder has a file of records already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with (folder / RECORDS).open("xb") as file:
        for line in reader.lines(Filter()):
            file.write(line + b"\n")
            count += 1
            progress(1)
    (folder / LISTS).mkdir(exist_ok=True)
    for name, content in list_files.items():
        (folder / LISTS / name).write_bytes(content)
    return count


def export_from(address: str, folder: Path, progress: Progress) -> int:
    """Write what a node offers, as `export` does; nothing of it is checked here.

    Raises:
        FileExistsError: the folder has a file of records already.
        SourceFault: the node does not answer as a node does.
    """
    node = address.rstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    room = outward.Room(node, folder)
    with told_as_fault(), outward.calling(node) as http:
        kinds = _kinds(b"".join(outward.pieces(http, f"{node}/records", limits.PRESENTED)), node)
        urls = [f"{node}/records/{kind}.jsonl" for kind in kinds]
        count = _write_records(_all(http, urls, room), folder / RECORDS, progress)
        (folder / LISTS).mkdir(exist_ok=True)
        for petition, name in list_sums(lines_of(folder / RECORDS)):
            url = f"{node}/petition/{petition}/lists/{name}"
            content = outward.find_in(http, url, LIST_BYTES)
            if content is not None:
                room.add(len(content))
                (folder / LISTS / name).write_bytes(content)
    return count


def _kinds(told: bytes, node: str) -> list[int]:
    try:
        kinds = sorted(msgspec.json.decode(told, type=list[int]))
    except msgspec.DecodeError as error:
        raise SourceFault(f"{node} does not answer as a node ({type(error).__name__})") from error
    if len(kinds) > _KINDS:
        raise SourceFault(f"{node} does not answer as a node: it names {len(kinds)} kinds")
    return kinds


def _all(http: httpx.Client, urls: Iterable[str], room: outward.Room) -> Iterator[bytes]:
    for url in urls:
        yield from room.counted(outward.pieces(http, url, limits.MIRROR_FILE))


def _write_records(pieces: Iterator[bytes], path: Path, progress: Progress) -> int:
    count = 0
    with path.open("xb") as file:
        for piece in pieces:
            file.write(piece)
            progress(piece.count(b"\n"))
            count += piece.count(b"\n")
    return count
