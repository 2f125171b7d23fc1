"""Offices: who is in office, which charters are in force, which groups know which.

in office    an organiser who signed the charter that names them
in force     a charter with k of its organisers in office, and official under what it replaces
a split      two charters in force that replace one, until a charter naming both heals it

Only charters, links and their cosigns bear on it. Each answer is kept until one of those comes,
however many posts come meanwhile (`Standing.noting`); those in force are for good.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from itertools import chain

from wayhome.groups.facts import CharterFact, LinkFact, Voice
from wayhome.groups.layers import Layers
from wayhome.groups.lines import Lines


class Offices:
    """Charters and links as one set of facts says them. It never looks at a time."""

    def __init__(self) -> None:
        self.charters: dict[str, CharterFact] = {}
        self._linked: dict[str, LinkFact] = {}
        self._lines = Lines()
        self._said: Layers[Voice] = Layers()  # of a record, its own
        self._cosigns: Layers[tuple[Voice, ...]] = Layers()  # of a record, those of its cosigns
        self._offices: dict[str, frozenset[str]] = {}
        self._heads: dict[str, tuple[str, ...]] = {}
        self._led: dict[tuple[str, ...], frozenset[str]] = {}
        self._lengths: dict[str, int] = {}  # of charters that were in force: for all views
        self._reached: dict[tuple[tuple[str, ...], int], frozenset[str]] = {}

    def groups(self) -> tuple[str, ...]:
        """Give every group whose founding charter is in force, ascending."""
        return tuple(sorted(one for one in self.charters if self._founds(one)))

    def signers(self, record_id: str) -> frozenset[str]:
        """Give the keys that signed a record: its author and its cosigners under its charter."""
        charter = self.charters.get(record_id)
        if charter is not None:
            under = {record_id, *charter.prev}
            return self._signed(record_id, charter.author, charter.group, under)
        said = self._said.find(record_id)
        if said is None:
            return frozenset()
        return self._signed(record_id, said.author, said.group, {said.charter})

    def in_office(self, charter: str) -> frozenset[str]:
        """Give the organisers whom a charter names and who signed it."""
        named = self.charters.get(charter)
        if named is None:
            return frozenset()
        found = self._offices.get(charter)
        if found is None:
            found = self._offices[charter] = self.signers(charter).intersection(named.organisers)
        return found

    def is_in_force(self, charter: str) -> bool:
        """Tell whether a charter was ever in force; `heads` says which one is now."""
        return charter in self._lines.in_force

    def has_named(self, group: str, key: str) -> bool:
        """Tell whether a charter of the group that was ever in force names a key as organiser."""
        return key in self._lines.named.get(group, ())

    def heads(self, group: str) -> tuple[str, ...]:
        """Give the charters of a group that nothing in force replaces: one, or a split's branches.

        Of a fork's branches, those that another group witnessed stand against those that none did.
        """
        found = self._heads.get(group)
        if found is None:
            found = self._heads_of(group)
            if group in self._lines.of:  # what somebody made up takes no room
                self._heads[group] = found
        return found

    def followed(self, group: str) -> frozenset[str]:
        """Give the heads of a group and every charter before them."""
        return self._leading_to(self.heads(group))

    def charter_in_force(self, group: str) -> CharterFact | None:
        """Give the one charter in force; None when there is none, or a split."""
        heads = self.heads(group)
        return self.charters[heads[0]] if len(heads) == 1 else None

    def is_split(self, group: str) -> bool:
        """Tell whether two branches stand against each other."""
        return len(self.heads(group)) > 1

    def history(self, group: str) -> tuple[str, ...]:
        """Give all charters of a group that were ever in force, each after those it replaces."""
        line = self._line(group)
        return tuple(sorted(line, key=lambda one: (self._length(one), one)))

    def not_followed(self, group: str) -> frozenset[str]:
        """Give the charters of a group that lead to no head: amendments by former keys."""
        return self._line(group) - self.followed(group)

    def links(self, group: str) -> frozenset[str]:
        """Give the groups that a group knows by its official links, less those it has ended."""
        return frozenset(link.to for link in self._standing_links.get(group, ()))

    def linked_by(self, group: str) -> frozenset[str]:
        """Give the groups that know a group."""
        return frozenset(
            known_by
            for known_by, links in self._standing_links.items()
            if any(link.to == group for link in links)
        )

    def reached(self, home: tuple[str, ...], steps: int) -> frozenset[str]:
        """Give these groups and all that are so many links away from them."""
        found = self._reached.get((home, steps))
        if found is None:
            reached, edge = set(home), set(home)
            for _ in range(steps):
                edge = {to for group in edge for to in self.links(group)} - reached
                reached |= edge
            found = self._reached[home, steps] = frozenset(reached)
        return found

    def _signed(self, record: str, author: str, group: str, under: set[str]) -> frozenset[str]:
        cosigns = self._cosigns.find(record) or ()
        return frozenset(
            (
                author,
                *(one.author for one in cosigns if one.group == group and one.charter in under),
            )
        )

    def _founds(self, charter: str) -> bool:
        return self.charters[charter].group == charter and self.is_in_force(charter)

    def _comes_into_force(self, charter: CharterFact, is_in_force: Callable[[str], bool]) -> bool:
        return len(self.in_office(charter.id)) >= charter.k and all(
            is_in_force(before) and self._was_let(charter, self.charters[before])
            for before in charter.prev
        )

    def _was_let(self, charter: CharterFact, replaced: CharterFact) -> bool:
        signed = self.signers(charter.id) & self.in_office(replaced.id)
        return charter.group == replaced.group and len(signed) >= replaced.k

    def _grow(
        self,
        charters: Mapping[str, CharterFact],
        links: Mapping[str, LinkFact],
        signed: Iterable[str],
    ) -> None:
        """Take in what is new, and that records known before were signed anew.

        Of a group that has amended often the charters before are many; none is looked at again.
        """
        self.charters, self._linked = {**self.charters, **charters}, {**self._linked, **links}
        again = [one for one in signed if one in self.charters]
        self._offices = dict(self._offices)
        for one in again:
            self._offices.pop(one, None)
        comes = self._comes_into_force
        self._lines = self._lines.plus(self.charters, tuple(charters.values()), again, comes)
        self._heads, self._led, self._reached = {}, {}, {}
        for found in ("_witnessed", "_plain_links", "_standing_links"):
            vars(self).pop(found, None)

    def _line(self, group: str) -> frozenset[str]:
        return self._lines.of.get(group, frozenset())

    def _leading_to(self, heads: Collection[str]) -> frozenset[str]:
        known = self._led.get(tuple(heads))
        if known is None:
            known = self._led[tuple(heads)] = frozenset(self._ancestry(*heads))
        return known

    def _ancestry(self, *charters: str) -> set[str]:
        """Give these charters and all that lead to one of them."""
        found, left = set[str](), [*charters]
        while left:
            one = left.pop()
            if one not in found:
                found.add(one)
                left.extend(self.charters[one].prev)
        return found

    def _heads_of(self, group: str) -> tuple[str, ...]:
        ends: Collection[str] = self._ends(group)
        seen = self._witnessed.get(group) if len(ends) > 1 else None
        if seen:
            lines = {one: self._ancestry(one) for one in ends}
            shared = Counter(chain.from_iterable(lines.values()))
            own = [one for one in ends if any(shared[each] == 1 for each in seen & lines[one])]
            ends = own or ends
        return tuple(sorted(ends))

    @cached_property
    def _witnessed(self) -> dict[str, set[str]]:
        """Of each group, the charters that other groups saw in force.

        What a forked group says of itself is not among them: its links are not plain.
        """
        found: dict[str, set[str]] = defaultdict(set)
        for links in self._plain_links.values():
            for link in links:
                found[link.to].add(link.witness)
        return found

    def _speaks_under(self, record_id: str) -> CharterFact | None:
        """Give the charter under which k in office signed a record; `_counts` asks what it is."""
        said = self._said.find(record_id)
        charter = self.charters.get(said.charter) if said else None
        if charter is None or said is None or charter.group != said.group:
            return None
        signed = self.signers(record_id) & self.in_office(charter.id)
        return charter if len(signed) >= charter.k else None

    def _counts(self, record_id: str, charter: CharterFact, heads: Collection[str]) -> bool:
        """Tell whether a record under ``charter`` still counts where these are in force."""
        if charter.id in heads:
            return True
        sealers = self._lines.sealers.find(record_id) or ()
        if not sealers or not self.is_in_force(charter.id):
            return False
        followed = self._leading_to(heads)
        return any(one in followed and self._comes_after(one, charter.id) for one in sealers)

    def _is_said(self, record_id: str) -> bool:
        """Tell whether k in office signed a record that is no charter, and it counts."""
        charter = self._speaks_under(record_id)
        return charter is not None and self._counts(record_id, charter, self.heads(charter.group))

    def _ends(self, group: str) -> frozenset[str]:
        return self._lines.ends.get(group, frozenset())

    def _comes_after(self, charter: str, before: str) -> bool:
        """Tell whether a charter replaces another, itself or by those that it replaces.

        A branch seals what was said before it parted, never what another branch says.
        """
        least = self._length(before)
        seen, left = set[str](), [*self.charters[charter].prev]
        while left:
            one = left.pop()
            if one == before:
                return True
            if one not in seen and self._length(one) > least:
                seen.add(one)
                left.extend(self.charters[one].prev)
        return False

    def _length(self, charter: str) -> int:
        """Give how many charters lead to one, itself among them: each is walked over once."""
        walked, one = [], charter
        while (known := self._lengths.get(one)) is None:
            before = self.charters[one].prev
            if len(before) != 1:
                known = self._lengths[one] = len(self._ancestry(one))
                break
            walked.append(one)
            one = before[0]
        for number, each in enumerate(reversed(walked), known + 1):
            self._lengths[each] = number
        return self._lengths[charter]

    @cached_property
    def _plain_links(self) -> dict[str, list[LinkFact]]:
        """Links of groups that are not forked: witnesses must not hang on witnesses."""
        return self._living([link for link in self._linked.values() if self._is_plain(link)])

    def _is_plain(self, link: LinkFact) -> bool:
        charter, ends = self._speaks_under(link.record), self._ends(link.group)
        return len(ends) == 1 and charter is not None and self._counts(link.record, charter, ends)

    @cached_property
    def _standing_links(self) -> dict[str, list[LinkFact]]:
        return self._living([link for link in self._linked.values() if self._is_said(link.record)])

    def _living(self, links: list[LinkFact]) -> dict[str, list[LinkFact]]:
        ended = {(link.group, link.ends) for link in links if link.ends}
        found: dict[str, list[LinkFact]] = defaultdict(list)
        for link in links:
            if link.to and (link.group, link.record) not in ended:
                found[link.group].append(link)
        return found
