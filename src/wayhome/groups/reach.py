"""Reach: which groups a node carries: its home groups and all that they link to, in some steps."""

from collections.abc import Callable, Iterable

from wayhome.groups.standing import Standing


class Reach:
    """The ground that a node's intake stands on (`records.kind.Ground`).

    ``drawn`` counts what draws on a quota; whoever only reads has none.
    """

    def __init__(
        self,
        standing: Standing,
        home: Iterable[str],
        steps: int,
        drawn: Callable[[str], int] = lambda _: 0,
    ) -> None:
        self._standing = standing
        self._drawn = drawn
        self.home = tuple(home)
        self.groups = standing.reached(self.home, steps)
        self._organisers: dict[str, frozenset[str]] = {}  # asked again for every post

    def carries(self, group: str) -> bool:
        """As `Ground.carries`."""
        return group in self.groups

    def is_home(self, group: str) -> bool:
        """As `Ground.is_home`."""
        return group in self.home

    def heads(self, group: str) -> tuple[str, ...]:
        """As `Ground.heads`."""
        return self._standing.heads(group)

    def drawn(self, quota: str) -> int:
        """As `Ground.drawn`."""
        return self._drawn(quota)

    def is_official(self, record_id: str) -> bool:
        """As `Ground.is_official`."""
        return self._standing.is_official(record_id)

    def group_of(self, charter: str) -> str:
        """As `Ground.group_of`."""
        known = self._standing.charters.get(charter)
        return known.group if known else ""

    def organisers(self, charter: str) -> frozenset[str]:
        """As `Ground.organisers`."""
        found = self._organisers.get(charter)
        if found is None:
            known = self._standing.charters.get(charter)
            found = frozenset(known.organisers) if known else frozenset()
            if known:  # what somebody made up takes no room
                self._organisers[charter] = found
        return found

    def has_named(self, group: str, key: str) -> bool:
        """As `Ground.has_named`."""
        return self._standing.has_named(group, key)

    def may_propose(self, record_id: str, group: str, author: str, under: tuple[str, ...]) -> bool:
        """As `Ground.may_propose`."""
        return self._standing.may_propose(record_id, group, author, under)

    def may_cosign(self, record_id: str, group: str, author: str, under: str) -> bool:
        """As `Ground.may_cosign`."""
        return self._standing.may_cosign(record_id, group, author, under)

    def node_keys(self, groups: Iterable[str]) -> frozenset[str]:
        """As `Ground.node_keys`."""
        heads = (head for group in groups for head in self._standing.heads(group))
        return frozenset(key for head in heads for key in self._standing.charters[head].node_keys)
