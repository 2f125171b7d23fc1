"""Held: records that are accepted but not public yet, sealed until the moment of their release.

Each release moment has a key page of its own. When what it sealed is public, the page is erased,
and with it every trace of when and in which order those records came.
"""

from binascii import unhexlify
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import RLock

from wayhome.crypto.keypage import BadPage, KeyPage, finish_erasures
from wayhome.records.filter import Filter
from wayhome.records.kind import Slot, draws_on_none
from wayhome.records.record import Record, read_line
from wayhome.store.store import Held, StorageFault, Store

_STEP = 1264  # bytes: sealed records show their size in these steps


@dataclass(frozen=True, slots=True)
class Wait:
    """A record on its way to be held, and until when."""

    record: Record
    slot: Slot | None
    until: int
    quotas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Trace:
    """What memory knows of one held record; the rest is sealed in the store."""

    until: int
    key: bytes
    id: bytes
    author: bytes
    kind: int
    digest: bytes  # of the line, so that the same bytes are known again
    quotas: tuple[str, ...]


class HeldRecords:
    """All that one node holds. Safe for threads; only the intake calls what changes it."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        quotas: Callable[[Record], tuple[str, ...]] = draws_on_none,
    ) -> None:
        self._store = store
        self._quotas = quotas
        self._folder = folder
        self._lock = RLock()
        self._pages: dict[int, KeyPage] = {}
        self._traces: dict[bytes, _Trace] = {}
        self._authors: dict[bytes, set[bytes]] = {}
        self._by_id: dict[bytes, _Trace] = {}
        self._kinds: Counter[int] = Counter()
        self._drawn: Counter[str] = Counter()
        self.lost = 0  # how many could not be opened at the start
        self._open()

    def until_of(self, line: bytes) -> int | None:
        """Give the release moment of exactly this line, or None when it is not held."""
        trace = self._by_id.get(_claimed_id(line)) if self._by_id else None
        return trace.until if trace is not None and trace.digest == _digest(line) else None

    def find(self, wanted: Filter) -> list[Record]:
        """Give the held records that match, ascending by (kind, id)."""
        with self._lock:
            keys = [] if self._has_none(wanted) else list(self._keys(wanted))
        found = [record for record in self._unseal(keys) if wanted.matches(record)]
        return sorted(found, key=lambda record: (record.kind, record.id))

    def drawn(self, quota: str) -> int:
        """Tell how many held records draw on a quota."""
        return self._drawn[quota]

    def hold(self, waits: Sequence[Wait]) -> list[bool]:
        """Hold all of them, durable once it returns; of a slot the lowest id is held.

        For each, tell whether it is held: False where a lower id has its slot.

        Raises:
            StorageFault: none of them is held.
        """
        with self._lock:
            traces = [(self._trace(wait), wait.record.line) for wait in waits]
            lowest = self._lowest(trace for trace, _ in traces)
            sealed = self._sealed([one for one in traces if lowest.get(one[0].key) is one[0]])
        self._store.hold(sealed)
        with self._lock:
            for trace in lowest.values():
                self._add(trace)
            return [self._traces[trace.key].id == trace.id for trace, _ in traces]

    @property
    def soonest(self) -> int | None:
        """The next moment of a release, or None when nothing is held."""
        with self._lock:
            return min(self._pages, default=None)

    def due(self, now: int) -> list[Record]:
        """Give what is to be released at ``now``, ascending by id."""
        opened = (self._opened(held) for held in self._store.held() if held.until <= now)
        return sorted((one for one in opened if one is not None), key=lambda record: record.id)

    def let_go(self, now: int) -> None:
        """Forget what was due at ``now`` and erase its key pages; its release is durable.

        Raises:
            StorageFault: a page is still there, and is erased at the next release.
        """
        self._store.let_go(now)
        with self._lock:
            for trace in [one for one in self._traces.values() if one.until <= now]:
                self._drop(trace)
            for until in [one for one in self._pages if one <= now]:
                try:
                    self._pages[until].erase()
                except OSError as error:
                    raise StorageFault("a key page was not erased") from error
                del self._pages[until]

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        finish_erasures(self._folder)
        for path in sorted(self._folder.glob("*.page")):
            try:
                self._pages[int(path.stem)] = KeyPage.open(path)
            except BadPage:  # a crash while it was made; nothing was sealed under it yet
                KeyPage(path, b"", bytes(32)).erase()
        for held in self._store.held():
            record = self._opened(held)
            if record is None:
                self.lost += 1
            else:
                self._add(_trace(held.until, held.key, record, self._quotas(record)))

    def _page(self, until: int) -> KeyPage:
        page = self._pages.get(until)
        if page is None:
            try:
                page = KeyPage.make(self._folder / f"{until}.page")
            except OSError as error:
                raise StorageFault("no key page can be written") from error
            self._pages[until] = page
        return page

    def _trace(self, wait: Wait) -> _Trace:
        record = wait.record
        known_by = wait.slot.key if wait.slot and wait.slot.keeps == 1 else ("", record.id)
        key = self._page(wait.until).hmac(b"held", "\0".join(known_by).encode())
        return _trace(wait.until, key, record, wait.quotas)

    def _lowest(self, traces: Iterable[_Trace]) -> dict[bytes, _Trace]:
        """Give of each key the lowest id, where it is lower than what is held already."""
        lowest: dict[bytes, _Trace] = {}
        for trace in traces:
            lower = lowest.get(trace.key) or self._traces.get(trace.key)
            if lower is None or trace.id < lower.id:
                lowest[trace.key] = trace
        return lowest

    def _sealed(self, traces: Iterable[tuple[_Trace, bytes]]) -> list[Held]:
        by_page: dict[int, list[tuple[bytes, bytes]]] = {}
        for trace, line in traces:
            padded = line + bytes(-len(line) % _STEP)
            by_page.setdefault(trace.until, []).append((padded, trace.key))
        return [
            Held(until, key, sealed)
            for until, texts in by_page.items()
            for (_, key), sealed in zip(texts, self._pages[until].seal_all(texts), strict=True)
        ]

    def _unseal(self, keys: Sequence[bytes]) -> Iterator[Record]:
        for held in self._store.held_under(keys) if keys else ():
            record = self._opened(held)
            if record is not None:  # else it was released meanwhile
                yield record

    def _opened(self, held: Held) -> Record | None:
        page = self._pages.get(held.until)
        try:
            line = page.unseal(held.sealed, held.key) if page else None
        except BadPage:
            return None
        return read_line(_unpad(line), sig_is_known=True) if line else None

    def _has_none(self, wanted: Filter) -> bool:
        return wanted.kinds is not None and not any(self._kinds[kind] for kind in wanted.kinds)

    def _keys(self, wanted: Filter) -> Iterable[bytes]:
        if wanted.authors is not None:
            authors = {bytes.fromhex(author) for author in wanted.authors}
            return {key for author in authors for key in self._authors.get(author, ())}
        if wanted.ids is not None:
            ids = {bytes.fromhex(one) for one in wanted.ids}
            return [trace.key for one in ids if (trace := self._by_id.get(one)) is not None]
        return self._traces

    def _add(self, trace: _Trace) -> None:
        old = self._traces.get(trace.key)
        if old is not None:
            self._drop(old)
        self._traces[trace.key] = trace
        self._authors.setdefault(trace.author, set()).add(trace.key)
        self._by_id[trace.id] = trace
        self._kinds[trace.kind] += 1
        self._drawn.update(trace.quotas)

    def _drop(self, trace: _Trace) -> None:
        del self._traces[trace.key]
        keys = self._authors[trace.author]
        keys.discard(trace.key)
        if not keys:
            del self._authors[trace.author]
        if self._by_id.get(trace.id) is trace:  # else the same is held until another moment too
            del self._by_id[trace.id]
        self._kinds[trace.kind] -= 1
        for quota in trace.quotas:
            self._drawn[quota] -= 1
            if not self._drawn[quota]:
                del self._drawn[quota]


def _trace(until: int, key: bytes, record: Record, quotas: tuple[str, ...]) -> _Trace:
    return _Trace(
        until,
        key,
        bytes.fromhex(record.id),
        bytes.fromhex(record.pubkey),
        record.kind,
        _digest(record.line),
        quotas,
    )


def _claimed_id(line: bytes) -> bytes:
    """Give the id that a canonical line claims; of anything else what nothing has as its id."""
    try:
        return unhexlify(line[7:71])
    except ValueError:
        return b""


def _digest(line: bytes) -> bytes:
    return sha256(line).digest()[:16]


def _unpad(padded: bytes) -> bytes:
    return padded.rstrip(b"\0")  # a line ends with a bracket
