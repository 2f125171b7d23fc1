"""Post: a desk's way to its nodes; what comes and goes lies with its envelopes.

Envelopes are fetched all, a shard at a time, so that a node learns nothing of which are read.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Protocol

import httpx
import msgspec
from msgspec import Meta

from wayhome import outward
from wayhome.cases.caseworkers import InSeason, in_season
from wayhome.cases.kinds.sealed import NUMBER, Envelope
from wayhome.cases.sealedfile import Attachment
from wayhome.cases.slots import SLOT_BYTES, shard_bits, shard_of
from wayhome.codec import limits
from wayhome.desk.envelopes import Envelopes
from wayhome.desk.known import DeskFault, Known
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.kinds.season import is_whole
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused

MOST = 64 * 1024 * 1024  # bytes of one answer


class Way(Protocol):
    """How one node is reached."""

    def get(self, path: str) -> bytes:
        """Give what lies at a path. DeskFault where it does not answer so."""

    def hand_in(self, record: Record) -> None:
        """Hand a record in; the node keeps it once this returns. DeskFault where it does not."""

    def hand_in_file(self, file: Attachment) -> None:
        """Hand a sealed file in, after the envelope that names it. DeskFault as above."""


@dataclass(frozen=True, slots=True)
class ByHttp:
    """A node by its address, through a proxy where one is given: Tor, as a rule.

    The proxy is part of it: a desk asks from threads, of which not every one knows the program's.
    """

    address: str
    proxy: str = ""

    def get(self, path: str) -> bytes:
        """As `Way` says."""
        with self._asked() as http:
            return b"".join(outward.pieces(http, self._url(path), MOST))

    def hand_in(self, record: Record) -> None:
        """As `Way` says."""
        with self._asked() as http:
            _, told = outward.hand_in(http, self._url("/records"), record.line)
        refuse_refusal(self.address, record, told)

    def hand_in_file(self, file: Attachment) -> None:
        """As `Way` says."""
        with self._asked() as http:
            for part, body in (("list", file.hashes), *enumerate(file.chunks)):
                url = self._url(f"/blob/{file.id}/{part}")
                status, _ = outward.hand_in(http, url, body, "PUT")
                if status != HTTPStatus.OK:
                    raise _odd(self.address, status)

    @contextmanager
    def _asked(self) -> Iterator[httpx.Client]:
        """Ask the node; what is wrong with its answers can be said in the reader's language."""
        try:
            with outward.calling(self.address, self.proxy) as http:
                yield http
        except outward.NoAnswer as fault:
            raise _odd(self.address, fault.status) from fault

    def _url(self, path: str) -> str:
        return self.address.rstrip("/") + path


def _odd(address: str, status: int) -> DeskFault:
    if not status:
        return DeskFault("%(node)s does not answer", node=address)
    if status == HTTPStatus.OK:
        return DeskFault("%(node)s sends without end; ask another node", node=address)
    return DeskFault("%(node)s answers %(status)s", node=address, status=status)


class NotTaken(DeskFault):
    """A node does not keep a record; ``reason`` is its own, empty where it gave none."""

    def __init__(self, address: str, reason: str) -> None:
        told = {"node": address, "why": reason or "no word"}
        super().__init__("%(node)s did not take it: %(why)s", "not-taken", **told)
        self.address, self.reason = address, reason


class _Answer(msgspec.Struct):
    refused: str = ""
    kept: str = ""
    held: str = ""


def refuse_refusal(address: str, record: Record, body: bytes) -> None:
    """Read what a node answers to a record.

    Raises:
        DeskFault: it does not answer as a node does.
        NotTaken: it does not keep it.
    """
    try:
        told = msgspec.json.decode(body, type=_Answer)
    except msgspec.DecodeError as error:
        raise DeskFault("%(node)s answers, but not as a node does", node=address) from error
    if told.refused or record.id not in (told.kept, told.held):
        raise NotTaken(address, told.refused)


class _Told(msgspec.Struct):
    """What a node says of a group before anybody seals."""

    bits: Annotated[int, Meta(ge=0)]
    records: list[msgspec.Raw]


@dataclass(frozen=True, slots=True)
class Group:
    """A group as its node tells it, judged here: who may write under which of its charters."""

    id: str
    head: str  # the charter in force
    charters: dict[str, Charter]  # every one that counts, each after those it replaces
    dates: dict[str, int]  # their own word for when each was written; it decides nothing
    bits: int

    @property
    def charter(self) -> Charter:
        """The one in force."""
        return self.charters[self.head]

    @property
    def line(self) -> list[tuple[Charter, int]]:
        """The charters with their dates, oldest first."""
        return [(one, self.dates[name]) for name, one in self.charters.items()]

    @property
    def in_season(self) -> tuple[InSeason, ...]:
        """The caseworkers, each with the moment since which her recipient is named."""
        return in_season(self.line)


class Post:
    """A group's envelopes in a desk's folder, and the nodes they come from and go to."""

    def __init__(self, folder: Path, group: str, ways: Sequence[Way], met: str = "") -> None:
        self._group = group
        self.met = met  # the newest charter that was ever seen in force
        self._ways = ways
        self.envelopes = Envelopes(folder, group)
        self.fault: DeskFault | None = None  # why no node did what was asked last

    def __len__(self) -> int:
        """Give the number of envelopes."""
        return len(self.envelopes)

    def group(self) -> Group:
        """Ask every node who the group is: one that says nothing of an amendment hides nothing.

        Raises:
            DeskFault: no node answers, or the charter is in dispute, or older than one that was
                seen before: else nodes that were put back would bring back who was dismissed.
        """
        told = self._told()
        known = Known.of([bytes(one) for each in told for one in each.records])
        if self.met and not known.standing.is_in_force(self.met):
            raise DeskFault(
                "the nodes hide a charter of this group that was in force (%(charter)s), or were"
                " put back behind it: ask another node, or have an organiser hand it in again",
                charter=self.met[:16],
            )
        head, followed = known.head(self._group), known.standing.followed(self._group)
        line = [one for one in known.standing.history(self._group) if one in followed]
        charters = {one: known.said_by(one) for one in line}
        if not is_whole(charters[head]):
            raise DeskFault("the node does not give the keys that the charter names: ask another")
        dates = {one: known.records[one].created_at for one in line}
        return Group(self._group, head, charters, dates, min(told[0].bits, limits.WORK_MOST))

    def fetch(self) -> int:
        """Take what is new at any node; give how many envelopes that is.

        Raises:
            DeskFault: no node answers.
        """
        before = len(self.envelopes)
        self._by_any(self._fetch)
        return len(self.envelopes) - before

    def hand_in(self, records: Iterable[Record]) -> None:
        """Give records to every node; they lie here once one has them.

        Raises:
            DeskFault: none takes it.
        """
        for record in records:
            self._by_any(partial(_hand_in, record))
            self.envelopes.keep([record])

    def hand_in_file(self, file: Attachment) -> None:
        """Give a sealed file to every node, after the envelope that names it.

        Raises:
            DeskFault: none takes it.
        """
        self._by_any(lambda way: way.hand_in_file(file))

    def file(self, path: str) -> bytes:
        """Fetch a part of an attachment from the first node that has it.

        Raises:
            DeskFault: none has.
        """
        return self._first(path)

    def _told(self) -> list[_Told]:
        found, faults = list[_Told](), [DeskFault("no node is given: --node")]
        for way in self._ways:
            try:
                found.append(_decoded(way.get(f"/envelopes/{self._group}.json")))
            except DeskFault as fault:
                faults.append(fault)
        if not found:
            raise faults[-1]
        return found

    def _by_any(self, doing: Callable[[Way], None]) -> None:
        """Do it at every node.

        Raises:
            DeskFault: it went well at none; the first one's words.
        """
        faults = list[DeskFault]()
        for way in self._ways:
            try:
                doing(way)
            except DeskFault as fault:
                faults.append(fault)
        self.fault = None
        if len(faults) == len(self._ways):
            self.fault = faults[0] if faults else DeskFault("no node is given: --node")
            raise self.fault

    def _first(self, path: str) -> bytes:
        faults = [DeskFault("no node is given: --node")]
        for way in self._ways:
            try:
                return way.get(path)
            except DeskFault as fault:
                faults.append(fault)
        raise faults[-1]

    def _fetch(self, way: Way) -> None:
        raw = way.get(f"/envelopes/{self._group}/slots")
        there = Counter(raw[at : at + SLOT_BYTES].hex() for at in range(0, len(raw), SLOT_BYTES))
        new = there - self.envelopes.slots
        bits = shard_bits(there.total())
        # which shards have something new every node knows that has handed out the others
        for number in sorted({shard_of(bytes.fromhex(slot), bits) for slot in new}):
            lines = way.get(f"/envelopes/{self._group}/{bits}/{number}.jsonl").splitlines()
            self.envelopes.keep(one for one in map(_sound, lines) if one is not None)


def _hand_in(record: Record, way: Way) -> None:
    way.hand_in(record)


def _sound(line: bytes) -> Record | None:
    """Read an envelope; None where it is none, or was cut."""
    try:
        record = read_line(line)
        return record if record.kind == NUMBER and Envelope.of(record) else None
    except Refused:
        return None


def _decoded(body: bytes) -> _Told:
    try:
        return msgspec.json.decode(body, type=_Told)
    except msgspec.DecodeError as error:
        raise DeskFault("the node answers, but not as a node does") from error
