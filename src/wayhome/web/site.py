"""Site: what the doors of a node are handed, and what they ask of it again and again."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal, TypeAlias, TypeVar, cast
from urllib.parse import urlsplit

from wayhome.cases.law import Law
from wayhome.codec import limits
from wayhome.codec.places import leads_home
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.reach import Reach
from wayhome.groups.standing import STANDING, Standing
from wayhome.journal.fold import Fold
from wayhome.petition import papers, recount, tally
from wayhome.petition.kinds import acceptance, petition
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.petition import Petition
from wayhome.petition.outcome import Recount
from wayhome.petition.papers import Papers
from wayhome.petition.tally import Tally
from wayhome.records.filter import Filter
from wayhome.records.record import Record
from wayhome.store.store import Reader

_Made = TypeVar("_Made")
_REMEMBERED = 2_000  # things made of the set; charters and counts are small


@dataclass(frozen=True, slots=True)
class Place:
    """A region of the campaign: its code, its name by language, and its tile, if it has one."""

    code: str
    names: Mapping[str, str]
    label: str = ""
    tile: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """How a node presents itself: campaign's name and demand, regions, addresses, law."""

    name: Mapping[str, str]
    demand: Mapping[str, str]
    languages: tuple[str, ...] = ("ru", "en")
    places: tuple[Place, ...] = ()
    tile_split: int = 0
    address: str = ""
    is_trial: bool = False
    law: Law | None = field(default=None, repr=False)
    onion: str = ""  # the same node as Tor reaches it


Phase: TypeAlias = Literal["away", "listening", "resting"]


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A public record that a neighbour did not take, and why in a word."""

    kind: int
    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another node or relay as this one sees it.

    `address` is empty where no charter names it: whom else an operator asks is nobody's business.
    `number` is then its place in the settings. `agreed` is when it last had nothing that we lacked,
    to ten minutes, 0 for never. `differed` is what it still has and we have not.
    Counts are since the program began. `unwanted` are some of those that it did not take, by kind
    and id, for their order would say when each came here.
    """

    address: str
    number: int
    phase: Phase
    fault: str
    agreed: int
    differed: int
    kept: int
    refused: Mapping[str, int]
    not_taken: Mapping[str, int]
    unwanted: tuple[Unwanted, ...] = ()


@dataclass(frozen=True, slots=True)
class Echoed:
    """How it stands with one place that texts are echoed to; its name holds no secret."""

    name: str
    said: int = 0  # since the start
    waiting: int = 0
    refused: int = 0  # of those that wait: what the place does not want
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A node as its doors see it. `list_files` gives every list file held, by sum."""

    reader: Reader
    fold: Fold
    clock: Callable[[], int]
    home: tuple[str, ...]
    steps: int
    kinds: tuple[int, ...]
    list_files: Callable[[], Mapping[str, bytes]]
    face: Face
    is_alone: Callable[[], bool] = lambda: False  # no peer answers at present
    neighbours: Callable[[], Sequence[Neighbour]] = tuple
    echoes: Callable[[], Sequence[Echoed]] = tuple
    is_copy: bool = False  # drawn for a mirror: what needs a node is not offered
    _made: dict[object, tuple[int, object]] = field(default_factory=dict)
    _making: dict[object, Lock] = field(default_factory=dict)

    def said(self, key: object, make: Callable[[], _Made]) -> _Made:
        """As `made`, of groups' own words alone: a signature does not make it anew.

        Whatever a group says, and who signed it, is in the view of standing.
        """
        return self._once(key, make, lambda: self.fold.version_of(STANDING))

    def grown(self, key: object, make: Callable[[_Made | None], _Made]) -> _Made:
        """As `said`; ``make`` is handed what it gave before, None where that is not kept."""

        def again() -> _Made:
            known = self._made.get(key)
            return make(cast("_Made", known[1]) if known else None)  # what it gave under this key

        return self.said(key, again)

    def made(self, key: object, make: Callable[[], _Made]) -> _Made:
        """Give what ``make`` gives, made once for each version of the set.

        Whoever asks while it is being made waits: a count of a million is made by one thread. What
        ``make`` asks for here must not ask for ``key``.
        """
        return self._once(key, make, lambda: self.fold.version)

    def _once(self, key: object, make: Callable[[], _Made], version_of: Callable[[], int]) -> _Made:
        with self._making.setdefault(key, Lock()):
            # read before it is made: a commit in between makes it older than it is
            version = version_of()
            known = self._made.get(key)
            if known is None or known[0] != version:
                if len(self._made) > _REMEMBERED:
                    self._made.clear()
                known = self._made[key] = (version, make())
        if len(self._making) > 2 * _REMEMBERED:  # who still holds one makes its thing twice at most
            self._making.clear()
        return cast("_Made", known[1])  # what `make` gave under this key

    @property
    def standing(self) -> Standing:
        """Who may speak, now."""
        return self.fold.view(STANDING, "", Standing)

    @property
    def reach(self) -> Reach:
        """Which groups this node carries, now."""
        return self.said("reach", lambda: Reach(self.standing, self.home, self.steps))

    def tally(self, petition_id: str) -> Tally:
        """What is collected of a petition."""
        return self.fold.view(tally.VIEW, petition_id, Tally)

    def papers(self, petition_id: str) -> Papers:
        """The few records that a petition's count rests on."""

        def make() -> Papers:
            found = (one for asked in papers.wanted(petition_id) for one in self.reader.find(asked))
            return Papers.of(petition_id, found)

        return self.made(("papers", petition_id), make)

    def count(self, petition_id: str) -> Recount:
        """What this node counts; the same function a stranger uses on files."""
        files = self.list_files()

        def make() -> Recount:
            return recount.recount_held(
                self.papers(petition_id), self.standing, self.tally(petition_id), files
            )

        return self.made(("count", petition_id, frozenset(files)), make)

    def petitions(self) -> tuple[tuple[Record, Petition], ...]:
        """All official petitions and polls, the one that closes last first."""

        def make() -> tuple[tuple[Record, Petition], ...]:
            found = self.reader.find(Filter(kinds=(petition.NUMBER,)))
            pairs = [(one, Petition.of(one)) for one in found if self.standing.is_official(one.id)]
            return tuple(sorted(pairs, key=lambda pair: (-pair[1].close, pair[0].id)))

        return self.said("petitions", make)

    def acceptances(self, petition_id: str) -> tuple[tuple[Record, Acceptance], ...]:
        """All acceptances held of one petition, official or not, ascending by id."""
        found = self.reader.find(acceptance.wanted(petition_id))
        return tuple((one, Acceptance.of(one)) for one in found)

    def charter(self, charter_id: str) -> Charter | None:
        """A charter, as it says itself."""

        def make() -> Charter | None:
            record = self.reader.get(charter_id)
            return Charter.of(record) if record else None

        return self.said(("charter", charter_id), make)

    def group(self, group_id: str) -> Charter | None:
        """The charter of a group that is in force, or of a split's first branch."""
        heads = self.standing.heads(group_id)
        return self.charter(heads[0]) if heads else None

    def nodes_for(self, panel: Collection[str]) -> list[tuple[str, str]]:
        """Group and address of those that a signature may be handed to, in this order.

        Nodes of groups that stamp come last, and one of each group before a second one of any: no
        group can fill the list, and the two that take a signature are two groups' nodes.
        """
        found: list[tuple[bool, int, str, str]] = []
        numbers: Counter[str] = Counter()
        for group, url in self.nodes():
            if url.startswith("http"):  # a page cannot hand anything to a mere relay
                found.append((group in panel, numbers[group], group, url))
                numbers[group] += 1
        return [(group, url) for _, _, group, url in sorted(found)[: limits.NODES]]

    def nodes(self) -> Iterator[tuple[str, str]]:
        """Group and address of every node named by charters within reach but this one's own.

        Left out are addresses in a reader's own network, or a group could have every signer's
        browser knock there; a site that lies in one itself, or is on trial, names them.
        """
        may_lead_home = self.face.is_trial or _leads_home(self.face.address)
        for group_id in sorted(self.reach.groups):
            charter = self.group(group_id)
            for node in charter.nodes if charter else ():
                if node.url != self.face.address and (may_lead_home or not _leads_home(node.url)):
                    yield group_id, node.url


def _leads_home(url: str) -> bool:
    return bool(url) and leads_home(urlsplit(url).hostname or "")
