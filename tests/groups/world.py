"""Groups whose organisers have letters for names, and real records of what they sign."""

from collections.abc import Callable, Iterable, Sequence

from petition_world import secret_key
from wayhome.channel.kinds import KINDS as CHANNEL
from wayhome.channel.service import Ties, Writing, write
from wayhome.crypto import keys
from wayhome.groups import service
from wayhome.groups.facts import STANDING
from wayhome.groups.kinds import KINDS as GROUPS
from wayhome.groups.service import Founding
from wayhome.groups.standing import Standing
from wayhome.petition.kinds import KINDS as PETITION
from wayhome.records.draft import Draft
from wayhome.records.kind import KindBook
from wayhome.records.record import Record
from wayhome.records.signing import sign

BOOK = KindBook(GROUPS, CHANNEL, PETITION)
DAY = 86_400
NOW = 20_000 * DAY


def public(letter: str) -> str:
    return keys.public_key(secret_key(letter))


class World:
    """Records, in the order in which they were written; `at` says the date each of them claims."""

    def __init__(self, at: Callable[[], int] = lambda: NOW) -> None:
        self.at = at
        self.records: list[Record] = []

    def write(self, draft: Draft, letter: str) -> Record:
        record = sign(draft, secret_key(letter))
        self.records.append(record)
        return record

    def cosign(self, record: Record, group: str, under: str, letters: Iterable[str]) -> None:
        for one in letters:
            self.write(service.cosign_of(record, group, under, self.at()), one)

    def found(self, name: str, k: int, organisers: str, signed: str = "") -> Record:
        """Found a group; all its organisers sign, or only ``signed``, the first of them writes."""
        who = signed or organisers
        charter = self.write(service.found(saying(name, k, organisers), self.at()), who[0])
        self.cosign(charter, charter.id, charter.id, who[1:])
        return charter

    def amend(
        self,
        prev: Sequence[Record],
        k: int,
        organisers: str,
        signed: str,
        sealed: Iterable[Record] = (),
    ) -> Record:
        """Amend; who is named signs under the amendment, who is not under the charter before it."""
        group = group_of(prev[0])
        said = saying(f"{organisers} {k}", k, organisers)
        ids = [one.id for one in prev]
        draft = service.amend(group, ids, said, [one.id for one in sealed], self.at())
        charter = self.write(draft, signed[0])
        for one in signed[1:]:
            self.cosign(charter, group, charter.id if one in organisers else ids[0], one)
        return charter

    def post(self, under: Record, signed: str, text: str = "Слово", **tied: str) -> Record:
        """Publish a post; ``tied`` may be title, lang, form, translates, corrects, adopts."""
        how = {name: tied.pop(name) for name in ("title", "lang", "form") if name in tied}
        title, lang = how.get("title", text), how.get("lang", "ru")
        writing = Writing(title, lang, text, how.get("form", "post"))  # type: ignore[arg-type]
        draft = write((group_of(under), under.id), writing, self.at(), Ties(**tied))
        return self.said(draft, under, signed)

    def link(self, under: Record, signed: str, to: Record, witness: Record | None = None) -> Record:
        speaker = (group_of(under), under.id)
        draft = service.link_to(*speaker, group_of(to), (witness or to).id, self.at())
        return self.said(draft, under, signed)

    def unlink(self, under: Record, signed: str, ended: Record) -> Record:
        draft = service.unlink(group_of(under), under.id, ended.id, self.at())
        return self.said(draft, under, signed)

    def said(self, draft: Draft, under: Record, signed: str) -> Record:
        record = self.write(draft, signed[0])
        self.cosign(record, group_of(under), under.id, signed[1:])
        return record

    @property
    def standing(self) -> Standing:
        return standing_of(self.records)


def saying(name: str, k: int, organisers: str) -> Founding:
    return Founding(name, k, tuple(public(one) for one in organisers))


def group_of(charter: Record) -> str:
    return service.charter_of(charter)[0]


def rows_of(records: Iterable[Record]) -> list[bytes]:
    return [
        fact.row for one in records for fact in BOOK.of(one).count(one) if fact.view == STANDING
    ]


def standing_of(records: Iterable[Record]) -> Standing:
    return Standing.of(rows_of(records))
