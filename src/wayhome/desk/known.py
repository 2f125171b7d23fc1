"""Known: the records an organiser's program judges by, each checked here, and who may speak."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from wayhome.cases.kinds import figures
from wayhome.channel.kinds import KINDS as CHANNEL
from wayhome.groups.kinds import KINDS as GROUPS
from wayhome.groups.kinds import charter, season
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.standing import STANDING, Standing
from wayhome.journal.lines import kind_of
from wayhome.petition.kinds import KINDS as PETITION
from wayhome.petition.kinds import acceptance, petition
from wayhome.records.kind import KindBook
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused

BOOK = KindBook(GROUPS, CHANNEL, PETITION, (figures.KIND,))
# what organisers write: of the other kinds, millions may be there and none says who may speak
KINDS = tuple(
    one.number for one in (*GROUPS, *CHANNEL, petition.KIND, acceptance.KIND, figures.KIND)
)
_PREFIX = 8  # hex digits of an id that a person may type; two that fit are refused


class DeskFault(Exception):  # noqa: N818 - told to the person in words
    """What the organiser asked for cannot be done; the message says why and what to do.

    A sentence with its `holes` apart can be said in the reader's language. Where the desk's pages
    say it in sentences of their own, ``word`` stands for it.
    """

    def __init__(self, sentence: str, word: str = "", **holes: object) -> None:
        super().__init__(sentence % holes if holes else sentence)
        self.sentence, self.word, self.holes = sentence, word, holes


@dataclass(frozen=True, slots=True)
class Known:
    """Records by id, and the standing that they give."""

    records: Mapping[str, Record]
    standing: Standing

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> Self:
        """Read lines from anywhere; what is not a good record of our kinds is left out."""
        records: dict[str, Record] = {}
        rows: list[bytes] = []
        for line in lines:
            if kind_of(line) not in KINDS:
                continue
            try:
                record = read_line(line)
                kind = BOOK.of(record)
                kind.rule(record)
            except Refused:  # a stranger's, or cut; nobody is given a word by it
                continue
            records[record.id] = record
            rows += [fact.row for fact in kind.count(record) if fact.view == STANDING]
        return cls(records, Standing.of(rows))

    def plus(self, *more: Record) -> "Known":
        """Give the same with more records."""
        return Known.of([*(one.line for one in self.records.values()), *(one.line for one in more)])

    def record(self, text: str) -> Record:
        """Give the record that an id, or the first eight digits or more of it, names.

        Raises:
            DeskFault: none, or several.
        """
        text = text.lower()
        found = [one for name, one in self.records.items() if name.startswith(text)]
        if len(text) < _PREFIX or not found:
            raise DeskFault(
                f"there is no record {text[:64]} among the {len(self.records)} that were read;"
                " give its id, and with --from a place that has it",
                "no-record",
            )
        if len(found) > 1:
            raise DeskFault(
                f"{len(found)} records begin with {text}; give the whole id", "no-record"
            )
        return found[0]

    def of_kind(self, number: int) -> list[Record]:
        """Give all records of a kind, ascending by id."""
        found = (one for one in self.records.values() if one.kind == number)
        return sorted(found, key=lambda one: one.id)

    def group(self, text: str) -> str:
        """Give the id of the group that an id, or the beginning of one, names.

        Raises:
            DeskFault: it is not the founding charter of a group.
        """
        record = self.record(text)
        if not self.is_founding(record):
            raise DeskFault(
                f"{record.id} is not a group: a group's id is its founding charter's", "no-group"
            )
        return record.id

    def is_founding(self, record: Record) -> bool:
        """Tell whether a record is a charter that founds a group."""
        return record.kind == charter.NUMBER and Charter.of(record).is_founding

    def charter(self, group: str) -> Charter:
        """Give the charter of a group that is in force.

        Raises:
            DeskFault: it is not in force yet, or in dispute.
        """
        return Charter.of(self.records[self.head(group)])

    def said_by(self, name: str) -> Charter:
        """Give a charter with its caseworkers' recipients, as far as they were read."""
        keys = season.keys_in(self.of_kind(season.NUMBER))
        return season.with_keys(Charter.of(self.records[name]), keys)

    def head(self, group: str) -> str:
        """Give the id of the charter of a group that is in force.

        Raises:
            DeskFault: it is not in force yet, or in dispute.
        """
        heads = self.standing.heads(group)
        if not heads:
            raise DeskFault(
                f"the charter of {self.name(group)} is not in force: too few of its organisers have"
                " signed it (wayhome cosign), or their cosigns are not among what was read",
                "not-in-force",
            )
        if len(heads) > 1:
            raise DeskFault(
                f"{self.name(group)} is in dispute: two amendments stand against each other"
                f" ({', '.join(heads)}); `wayhome group amend --base` heals it",
                "in-dispute",
            )
        return heads[0]

    def name(self, group: str) -> str:
        """Give a group's name with the beginning of its id; names are not unique, ids are."""
        known = [*self.standing.heads(group), group]
        record = next((self.records[one] for one in known if one in self.records), None)
        if record is None or record.kind != charter.NUMBER:
            return group[:16]
        return f"{Charter.of(record).name} ({group[:16]})"
