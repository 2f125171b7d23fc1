"""Nodes: the places an organiser's program reads records from, and hands its own in at."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from wayhome import outward
from wayhome.desk.known import KINDS, DeskFault, Known
from wayhome.desk.post import NotTaken, Way, refuse_refusal
from wayhome.journal.lines import kind_of, lines_in
from wayhome.pages.words import words
from wayhome.records.record import Record

MOST = 128 * 1024 * 1024  # bytes of one kind: a hundred thousand texts of organisers
_MEANS = {
    "unknown-group": "this node does not carry that group. Put the group's id into `home` of its"
    " node.toml, or have one of its groups link to it. A new charter waits there meanwhile",
    "unknown-charter": "the node does not hold the charter that it names; hand that in first",
    "unknown-author": "that charter does not name your key as an organiser's",
    "unknown-record": "the node does not hold what it corrects as your group's post; hand that in"
    " first",
    "unknown-petition": "the node does not hold the petition; hand that in first, or let it fetch"
    " from the other group's node",
    "not-on-panel": "the petition does not name your group on its panel",
    "wrong-kid": "the petition names another stamp key for your group",
    "storage": "the node's disk did not take it; nothing was kept. Try again later",
}


def read_places(places: Sequence[str]) -> Known:
    """Read what organisers have written from nodes' addresses, files and folders, as one.

    Raises:
        DeskFault: a place cannot be read; it is named.
    """
    return Known.of(line for place in places for line in _lines(place))


def read_ways(ways: Sequence[Way], lines: Iterable[bytes] = ()) -> tuple[Known, list[DeskFault]]:
    """Read what organisers have written from nodes that answer, and from lines that are here.

    Beside it stands what each of the others had to say for itself.
    """
    found, faults = list(lines), list[DeskFault]()
    for way in ways:
        try:
            found += [
                line for kind in KINDS for line in way.get(f"/records/{kind}.jsonl").splitlines()
            ]
        except DeskFault as fault:
            faults.append(fault)
    return Known.of(found), faults


def hand_in(node: str, records: Iterable[Record]) -> None:
    """Hand records to a node, in this order; once this returns, the node keeps them.

    Raises:
        DeskFault: the node refuses one, with its reason, or does not answer.
    """
    url = f"{node.rstrip('/')}/records"
    with told_as_fault(), outward.calling(node) as http:
        for record in records:
            _, answer = outward.hand_in(http, url, record.line)
            try:
                refuse_refusal(node, record, answer)
            except NotTaken as refused:
                raise DeskFault(_told(node, record, refused.reason)) from refused


@contextmanager
def told_as_fault() -> Iterator[None]:
    """Say of a node that it does not answer, or not as it should."""
    try:
        yield
    except outward.NoAnswer as fault:
        raise DeskFault(str(fault)) from fault


def _told(node: str, record: Record, reason: str) -> str:
    if not reason:
        return f"{node} answers, but does not say that it keeps it"
    means = _MEANS.get(reason) or words("en").refusals.get(reason, "no more is known")
    return f"{node} refuses {record.id}: {reason}: {means}"


def is_address(place: str) -> bool:
    """Tell whether a place is a node's address rather than a file."""
    return place.startswith(("http://", "https://"))


def _lines(place: str) -> Iterator[bytes]:
    if is_address(place):
        yield from _fetched(place.rstrip("/"))
        return
    path = Path(place)
    files = [path]
    if path.is_dir():  # an export, or a mirror; of a mirror only what organisers write
        files = sorted(path.glob("*.jsonl")) or sorted(path.glob("records/*.jsonl"))
    if not files:
        raise DeskFault(f"{place} has no .jsonl files in it")
    try:
        yield from _of_files(files)
    except OSError as error:
        raise DeskFault(f"{place}: {error.strerror}") from error


def _of_files(files: Iterable[Path]) -> Iterator[bytes]:
    """Stream what organisers write, of each kind as much as a node may give of it."""
    sizes = Counter[int]()
    for path in files:
        with path.open("rb") as file:
            for line in lines_in(file):
                kind = kind_of(line)
                sizes[kind] += len(line) if kind in KINDS else 0
                if sizes[kind] > MOST:
                    raise DeskFault(f"{path} has more than {MOST} bytes of kind {kind}")
                if kind in KINDS:
                    yield line


def _fetched(node: str) -> Iterator[bytes]:
    with told_as_fault(), outward.calling(node) as http:
        for kind in KINDS:
            url = f"{node}/records/{kind}.jsonl"
            try:
                whole = b"".join(outward.pieces(http, url, MOST))
            except outward.NoAnswer as fault:
                more = "; is it the address of a node?" if fault.status else ""
                raise DeskFault(f"{fault}{more}") from fault
            yield from whole.splitlines()
