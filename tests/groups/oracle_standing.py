"""Standing once more, by its definitions alone: slow, dumb, and short enough to be surely right."""

from collections.abc import Iterable

from wayhome.groups.facts import CharterFact, CosignFact, LinkFact, Row, SaidFact


class Oracle:
    def __init__(self, rows: Iterable[Row]) -> None:
        found = list(rows)
        self.charters = {one.id: one for one in found if isinstance(one, CharterFact)}
        self.said = {one.record: one for one in found if isinstance(one, SaidFact)}
        self.cosigns = [one for one in found if isinstance(one, CosignFact)]
        self.linked = [one for one in found if isinstance(one, LinkFact)]
        self.in_force: set[str] = set()
        while True:  # until a whole pass finds no further one
            more = {one for one in self.charters if self._may_be_in_force(self.charters[one])}
            if more == self.in_force:
                break
            self.in_force = more

    def signers(self, record: str) -> set[str]:
        if record in self.charters:
            one = self.charters[record]
            under, group = [record, *one.prev], one.group
        elif record in self.said:
            under, group = [self.said[record].charter], self.said[record].group
        else:
            return set()
        author = (self.charters.get(record) or self.said[record]).author
        return {author} | {
            c.author
            for c in self.cosigns
            if c.record == record and c.group == group and c.charter in under
        }

    def in_office(self, charter: str) -> set[str]:
        named = self.charters.get(charter)
        return self.signers(charter) & set(named.organisers) if named else set()

    def _may_be_in_force(self, one: CharterFact) -> bool:
        if len(self.in_office(one.id)) < one.k:
            return False
        for name in one.prev:
            before = self.charters.get(name)
            if before is None or before.group != one.group or name not in self.in_force:
                return False
            if len(self.signers(one.id) & self.in_office(name)) < before.k:
                return False
        return True

    def follows(self, later: str, earlier: str) -> bool:
        """Tell whether one charter came after another, directly or through others."""
        prev = self.charters[later].prev
        return earlier in prev or any(self.follows(one, earlier) for one in prev)

    def ends(self, group: str) -> set[str]:
        line = {one for one in self.in_force if self.charters[one].group == group}
        return {c for c in line if not any(c in self.charters[one].prev for one in line)}

    def signed_by_k(self, record: str) -> bool:
        said = self.said.get(record)
        if said is None or said.charter not in self.in_force:
            return False
        charter = self.charters[said.charter]
        signed = self.signers(record) & self.in_office(said.charter)
        return charter.group == said.group and len(signed) >= charter.k

    def counts(self, record: str, heads: set[str]) -> bool:
        if not self.signed_by_k(record):
            return False
        under = self.said[record].charter
        return under in heads or any(
            record in self.charters[c].sealed and self.follows(c, under)
            for head in heads
            for c in self.in_force
            if c == head or self.follows(head, c)
        )

    def is_official(self, record: str) -> bool:
        if record in self.charters:
            return record in self.in_force
        return record in self.said and self.counts(record, self.heads(self.said[record].group))

    def heads(self, group: str) -> set[str]:
        ends = self.ends(group)
        seen = {one for one in ends if self._is_witnessed(one, ends)}
        return seen or ends

    def _is_witnessed(self, head: str, ends: set[str]) -> bool:
        branch = {c for c in self.in_force if c == head or self.follows(head, c)}
        shared = {
            c for c in branch for other in ends - {head} if c == other or self.follows(other, c)
        }
        group = self.charters[head].group
        plain = [one for one in self.linked if self._is_plain(one)]
        return any(
            one.to == group and one.group != group and one.witness in branch - shared
            for one in unended(plain)
        )

    def _is_plain(self, link: LinkFact) -> bool:
        ends = self.ends(link.group)
        return len(ends) == 1 and self.counts(link.record, ends)

    def links(self, group: str) -> set[str]:
        official = [one for one in self.linked if self.is_official(one.record)]
        return {one.to for one in unended(official) if one.group == group}


def unended(links: list[LinkFact]) -> list[LinkFact]:
    return [
        one
        for one in links
        if one.to and not any(e.ends == one.record and e.group == one.group for e in links)
    ]
