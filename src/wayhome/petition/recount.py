"""Recount: the count of one petition from public records alone, in any order, in parts.

Sources are read twice: first for the few records that say who may stamp, then for signatures, in
chunks that other processes may check. What grows with the petition: a row of 128 bytes a signature,
each list file that counts, and some 200 bytes for each refused line. Whoever wrote the lines may
mean to fill our memory: of refused lines and of what is no signature there is an end.
"""

from collections import Counter, deque
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from itertools import islice
from multiprocessing import get_context
from types import MappingProxyType

from wayhome.codec import limits
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.standing import Standing
from wayhome.petition.footing import footing
from wayhome.petition.kinds import petition
from wayhome.petition.kinds.petition import Petition
from wayhome.petition.listfile import ListFiles
from wayhome.petition.outcome import Basis, Recount, outcome
from wayhome.petition.papers import SMALL, Papers, standing_of
from wayhome.petition.part import Part, Scope, check_part, kind_of
from wayhome.petition.tally import Tally, id_in
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused

Lines = Callable[[], Iterable[bytes]]  # a source that can be opened again

CHUNK = 1_000  # lines: a tenth of a second of work, a megabyte
_AHEAD = 2  # chunks that wait for each process
_NO_FILES: ListFiles = MappingProxyType[str, bytes]({})


def recount(
    petition_id: str,
    lines: Lines,
    list_files: ListFiles = _NO_FILES,
    *,
    fast: bool = False,
    processes: int = 1,
) -> Recount:
    """Count one petition from canonical lines, checking everything.

    ``list_files`` gives list files by their sum. ``fast`` leaves out the sig of signatures where
    that cannot change the total: not for polls, not once a closing list exists, not where one key
    has several records.

    Raises:
        Refused: more is refused, or said beside signatures, than of any petition.
    """
    small = list(_small(lines()))
    papers = Papers.of(petition_id, small)
    footed = footing(papers, standing_of(small))
    is_fast = fast and not papers.lists and footed.panel is not None and not footed.panel.is_poll
    scope = Scope(petition_id, footed.panel, footed.refusal, is_fast)
    part = Part()
    for one in _parts(lines(), scope, processes):
        part.add(one)
        if len(part.refused) > limits.RECOUNT_REFUSED:
            words = f"more than {limits.RECOUNT_REFUSED} lines are refused"
            raise Refused("too-large", f"{words}: this is no petition, and nothing is counted")
    if is_fast:
        _verify_repeated(lines(), part)
    tally = Tally(part.rows)
    return outcome(Basis(papers, footed, list_files, is_fast), tally, _refused(part, tally))


def recount_held(
    papers: Papers, standing: Standing, tally: Tally, list_files: ListFiles = _NO_FILES
) -> Recount:
    """Count what a node holds: records that were checked as they came in, and its own tally."""
    return outcome(Basis(papers, footing(papers, standing), list_files), tally, {})


def petitions_in(lines: Iterable[bytes]) -> dict[str, str]:
    """Give id and title of every petition among the lines, for who does not know the id."""
    found: dict[str, str] = {}
    for record in _small(lines, {petition.NUMBER}):
        with suppress(Refused):  # it calls itself one
            found[record.id] = Petition.of(record).title
    return found


def groups_in(lines: Iterable[bytes]) -> dict[str, str]:
    """Give id and name of every group among the lines, as its charter in force says it."""
    small = list(_small(lines))
    standing = standing_of(small)
    names = {one.id: Charter.of(one).name for one in small if one.id in standing.charters}
    heads = {one: standing.heads(one)[:1] for one in standing.groups()}  # one name, if it has split
    return {group: names[head] for group, found in heads.items() for head in found}


def _small(lines: Iterable[bytes], kinds: Container[int | None] = SMALL) -> Iterator[Record]:
    """Stream what is not a signature, each id once; what is no record is counted later."""
    seen: set[str] = set()
    size = 0
    for line in lines:
        if kind_of(line) not in kinds:
            continue
        try:
            record = read_line(line)
        except Refused:  # not a record, so nobody's word
            continue
        if record.id not in seen:
            seen.add(record.id)
            size += len(line)
            if size > limits.RECOUNT_PAPERS:
                words = f"more than {limits.RECOUNT_PAPERS} bytes of records beside signatures"
                raise Refused("too-large", f"{words}: no petition has so many")
            yield record


def _parts(lines: Iterable[bytes], scope: Scope, processes: int) -> Iterator[Part]:
    chunks = _chunks(lines)
    if processes == 1:
        yield from (check_part(chunk, scope) for chunk in chunks)
        return
    # spawn: a process that has threads must not be forked
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (scope,)) as pool:
        waiting: deque[Future[Part]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_work, b"\n".join(chunk)))
            if len(waiting) > processes * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _chunks(lines: Iterable[bytes]) -> Iterator[Sequence[bytes]]:
    rest = iter(lines)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


_SCOPES: list[Scope] = []  # of a worker process: what it was begun with


def _begin(scope: Scope) -> None:
    _SCOPES[:] = [scope]


def _work(chunk: bytes) -> Part:
    return check_part(chunk.split(b"\n"), _SCOPES[0])


def _verify_repeated(lines: Iterable[bytes], part: Part) -> None:
    """Verify the sigs that a fast count left out, of all keys with several records."""
    doubtful = Tally.of(part.rows).repeated()
    if not doubtful:
        return
    good: set[bytes] = set()
    for line in lines:
        if line[7:71] not in doubtful:
            continue
        with suppress(Refused):  # another line may hold the same record with its good sig
            good.add(read_line(line).id.encode())
    bad = {bytes.fromhex(name.decode()) for name in doubtful - good}
    part.rows = [row for row in part.rows if id_in(row) not in bad]
    part.refused |= {(name, "bad-sig") for name in bad}


def _refused(part: Part, tally: Tally) -> dict[str, int]:
    """Count the refused; who has a bad sig in one line and a good one in another is not."""
    bad_sigs = {name for name, reason in part.refused if reason == "bad-sig"}
    if bad_sigs:
        bad_sigs -= bad_sigs.intersection(tally.ids())
    reasons = Counter(str(reason) for _, reason in part.refused if reason != "bad-sig")
    if bad_sigs:
        reasons["bad-sig"] = len(bad_sigs)
    return dict(reasons)
