"""Sources: where a recount's records come from: a node's address, a folder, a file.

Nothing in a source is believed, whether it was fetched or handed over: of an address and a folder
alike, records are read line by line, and a list file only when a list that counts names it. What is
fetched is written to a file first, because a recount reads its records twice.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self

from wayhome import outward
from wayhome.codec import limits
from wayhome.journal.lines import lines_in
from wayhome.petition.kinds import closing_list, petition
from wayhome.petition.kinds.closing_list import ClosingList
from wayhome.petition.listfile import ID_BYTES, ListFiles
from wayhome.petition.recount import petitions_in
from wayhome.records.record import read_line
from wayhome.records.refused import Refused

RECORDS = "records.jsonl"  # of an export
LISTS = "lists"
LIST_BYTES = ID_BYTES * limits.LIST_IDS  # of a list file
_SHEET = limits.MIRROR_FILE  # bytes: a million signatures and all papers

Progress = Callable[[int], None]  # told the bytes that have come


class SourceFault(Exception):  # noqa: N818 - told to the person in words
    """A source cannot be read, or does not say which petition is meant."""


@dataclass(frozen=True, slots=True)
class Source:
    """Files of lines, what finds a list file by its sum, and what a node published as its count."""

    files: tuple[Path, ...]
    find_list: Callable[[str], bytes | None]
    published: bytes | None = None


class Sources(AbstractContextManager["Sources"]):
    """All sources of one recount, as one; what was fetched is removed at the end."""

    def __init__(self, places: Sequence[str], petition_id: str, progress: Progress) -> None:
        """Open every source; the petition's id may be empty where there is one petition only.

        Raises:
            SourceFault: in words.
        """
        self._stack = ExitStack()
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._progress = progress
        try:
            self.petition = petition_id or self._only_one(places)
            self.all = [self._open(place) for place in places]
        except BaseException:
            self._stack.close()
            raise

    @property
    def lists(self) -> ListFiles:
        """The list files, by their sum; each is read or fetched when it is asked for."""
        return _Lists(self.all)

    def lines(self) -> Iterator[bytes]:
        """Stream all lines of all sources; may be asked for again."""
        for source in self.all:
            for path in source.files:
                yield from lines_of(path)

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove what was fetched."""
        self._stack.close()

    def _only_one(self, places: Sequence[str]) -> str:
        found: dict[str, str] = {}
        for place in places:
            if _is_address(place):
                path = self._fetched(f"{_trimmed(place)}/records/{petition.NUMBER}.jsonl", _SHEET)
                found |= petitions_in(lines_of(path))
            else:
                found |= petitions_in(
                    line for path in record_files(Path(place)) for line in lines_of(path)
                )
        if len(found) == 1:
            return next(iter(found))
        if not found:
            raise SourceFault("there is no petition in these records")
        several = "\n".join(f"  --petition {name}  {title}" for name, title in found.items())
        raise SourceFault(f"there are several petitions; say which one:\n{several}")

    def _open(self, place: str) -> Source:
        if _is_address(place):
            return self._fetch(_trimmed(place))
        path = Path(place)
        folder = path / LISTS if path.is_dir() else path.parent / LISTS
        published = path / "petition" / self.petition / "tally.json"  # of a mirror
        return Source(
            record_files(path),
            lambda name: find_file(folder / name, LIST_BYTES),
            find_file(published, limits.TALLY),
        )

    def _fetch(self, node: str) -> Source:
        asked = f"{node}/petition/{self.petition}"
        try:
            sheet = self._fetched(f"{asked}/sheet.jsonl", _SHEET)
        except SourceFault as fault:
            cause = fault.__cause__
            if isinstance(cause, outward.NoAnswer) and cause.status == HTTPStatus.NOT_FOUND:
                raise SourceFault(f"{fault}: there is no petition {self.petition}") from cause
            raise
        published = self._found(f"{asked}/tally.json", limits.TALLY)
        return Source(
            (sheet,),
            lambda name: self._found(f"{asked}/lists/{name}", LIST_BYTES),
            published or None,
        )

    def _fetched(self, url: str, most: int) -> Path:
        path = self._folder / sha256(url.encode()).hexdigest()
        room = outward.Room(url, self._folder, most)
        with told_as_fault(), outward.calling(url) as http, path.open("wb") as file:
            for piece in room.counted(outward.pieces(http, url, most, self._progress)):
                file.write(piece)
        return path

    def _found(self, url: str, most: int) -> bytes | None:
        with told_as_fault():
            return outward.find(url, most)


class _Lists:
    """The list files of several sources: each comes from the first that has what its name says."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    def __getitem__(self, name: str) -> bytes:
        for source in self._sources:
            found = source.find_list(name)
            if found is not None and sha256(found).hexdigest() == name:
                return found
        raise KeyError(name)


@contextmanager
def told_as_fault() -> Iterator[None]:
    """Say of a source that it does not answer, or not as it should."""
    try:
        yield
    except outward.NoAnswer as fault:
        raise SourceFault(str(fault)) from fault


def lines_of(path: Path) -> Iterator[bytes]:
    """Stream the lines of a file that are not empty; one too long for a record comes in pieces."""
    with path.open("rb") as file:
        yield from filter(None, lines_in(file))


def find_file(path: Path, most: int) -> bytes | None:
    """Give a file of so many bytes at most; None where there is none, or it is longer."""
    if not path.is_file():  # nor a pipe, nor a device without an end
        return None
    with path.open("rb") as file:
        content = file.read(most + 1)
    return content if len(content) <= most else None


def record_files(path: Path) -> tuple[Path, ...]:
    """Give the files of lines at a place: itself, those of an export, or those of a mirror.

    Raises:
        SourceFault: there are none.
    """
    found: Iterable[Path] = (path,)
    if path.is_dir():
        found = sorted(path.glob("*.jsonl")) or sorted(path.glob("records/**/*.jsonl"))
    found = tuple(found)
    if not found or not all(one.is_file() for one in found):
        raise SourceFault(f"{path} is neither a file of records nor a folder with .jsonl files")
    return found


def list_sums(lines: Iterable[bytes]) -> set[tuple[str, str]]:
    """Give petition and sum of every list file that closing lists among ``lines`` name.

    Raises:
        SourceFault: they are more than any node holds.
    """
    marked = b',"kind":%d,' % closing_list.NUMBER
    found: set[tuple[str, str]] = set()
    for line in lines:
        if marked in line:
            try:
                said = ClosingList.of(read_line(line))
            except Refused:  # a recount will say so
                continue
            found |= {(said.petition, said.sum), (said.petition, said.withdrawn_sum)}
            if len(found) > limits.LISTS_NAMED:
                raise SourceFault(f"more than {limits.LISTS_NAMED} list files are named")
    return found


def _is_address(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _trimmed(address: str) -> str:
    return address.rstrip("/")
