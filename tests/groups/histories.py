"""Histories of groups, made by chance: what organisers, former ones and strangers might write."""

from collections.abc import Sequence
from random import Random

from wayhome.groups.facts import CharterFact, CosignFact, LinkFact, Row, SaidFact

PEOPLE = "abcdefg"


class History:
    """A handful of groups with everything that may go wrong among them, as rows."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - invented histories
        self.rows: list[Row] = []
        self.charters: list[CharterFact] = []
        self.said: list[SaidFact] = []
        self.links: list[LinkFact] = []
        for _ in range(self.chance.randint(1, 3)):
            self.found()
        acts = (self.amend, self.fork, self.say, self.link, self.link, self.unlink)
        for _ in range(self.chance.randint(0, 14)):
            self.chance.choice(acts)()

    def found(self) -> None:
        name, named = self.new_id(), self.some(PEOPLE)
        charter = CharterFact(name, name, named[0], self.a_k(named), named, (), (), ())
        self.keep(charter)
        self.cosign(name, name, (name,), named)

    def fork(self) -> None:
        before = self.chance.choice(self.charters)
        self.amend(before)
        self.amend(before)

    def amend(self, which: CharterFact | None = None) -> None:
        before = which or self.chance.choice(self.charters)
        prev = [before.id]
        if self.chance.random() < 0.3:
            alike = [one.id for one in self.charters if self.is_near(one.group, before.group)]
            prev = sorted({before.id, self.chance.choice(alike)})
        named = self.some(before.organisers) if self.chance.random() < 0.5 else self.some(PEOPLE)
        sealed = tuple(one.record for one in self.said if self.chance.random() < 0.5)
        name, author = self.new_id(), self.chance.choice((*before.organisers, *PEOPLE))
        self.keep(
            CharterFact(name, before.group, author, self.a_k(named), named, tuple(prev), sealed, ())
        )
        self.cosign(name, before.group, (name, *prev), (*named, *before.organisers))

    def say(self) -> SaidFact:
        under = self.chance.choice(self.charters)
        group = self.a_group(under.group)
        said = SaidFact(self.new_id(), group, under.id, self.an_author(under))
        self.rows.append(said)
        self.said.append(said)
        self.cosign(said.record, group, (under.id,), under.organisers)
        return said

    def link(self) -> None:
        said = self.say()
        other = self.chance.choice(self.charters[-self.chance.choice((3, 99)) :])
        to = self.a_group(other.group)
        self.keep_link(LinkFact(said.record, said.group, to, other.id, ""))

    def unlink(self) -> None:
        if self.links:
            said = self.say()
            ended = self.chance.choice(self.links)
            self.keep_link(LinkFact(said.record, said.group, "", "", ended.record))

    def keep(self, charter: CharterFact) -> None:
        self.charters.append(charter)
        self.rows.append(charter)

    def keep_link(self, link: LinkFact) -> None:
        self.links.append(link)
        self.rows.append(link)

    def cosign(self, record: str, group: str, under: Sequence[str], who: Sequence[str]) -> None:
        """Let most of ``who`` sign, some of them twice, some of them elsewhere, and a stranger."""
        eager = self.chance.choice((0.4, 0.9, 1.0))
        for one in (*who, self.chance.choice(PEOPLE)):
            if self.chance.random() < eager:
                charter = self.chance.choice(under)
                if self.chance.random() < 0.04:
                    charter = self.chance.choice(self.charters).id
                self.rows.append(CosignFact(record, self.a_group(group), charter, one))

    def some(self, people: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.chance.sample(people, self.chance.randint(1, min(4, len(people)))))

    def a_k(self, named: Sequence[str]) -> int:
        return self.chance.randint(1, len(named))

    def an_author(self, under: CharterFact) -> str:
        return self.chance.choice(PEOPLE if self.chance.random() < 0.1 else under.organisers)

    def a_group(self, right: str) -> str:
        return self.chance.choice(self.charters).group if self.chance.random() < 0.04 else right

    def is_near(self, group: str, other: str) -> bool:
        return group == other or self.chance.random() < 0.1

    def new_id(self) -> str:
        return f"{self.chance.getrandbits(48):012x}"
