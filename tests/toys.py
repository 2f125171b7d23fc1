"""Toys: four kinds as simple as kinds can be, for what must hold whatever the kinds are.

A plea says something. A hand is raised for a plea, one a person, and held when a person brings it.
A word is anything, and waits for nothing; for some there is no room until a plea names them. An
echo is a word that dies away.
"""

import secrets
from collections.abc import Sequence

from wayhome.codec import nip01
from wayhome.crypto import keys
from wayhome.records.draft import Draft
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, Kind, KindBook, Moment, Slot
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused
from wayhome.records.signing import sign

PLEA, HAND, WORD, ECHO = 4001, 4000, 4002, 4003
WINDOW = 60
NO_ROOM = "no room"


def plea(text: str = "bring them home", *tags: tuple[str, ...]) -> Record:
    return sign(Draft(PLEA, (("title", text), *tags), "", 1_700_000_000), keys.new_secret_key())


def hand(for_plea: str, secret_key: keys.SecretKey | None = None, filler: str = "x") -> Record:
    tags = (("e", for_plea), ("stamp", filler))
    return sign(Draft(HAND, tags, "", 1_700_000_000), secret_key or keys.new_secret_key())


def at(kind: int, day: int) -> Record:
    draft = Draft(kind, (("title", str(day)),), "", 1_700_000_000 + day * 86_400)
    return sign(draft, keys.new_secret_key())


def word(text: str = "", *tags: tuple[str, ...]) -> Record:
    return sign(Draft(WORD, tags, text, 1_700_000_000), keys.new_secret_key())


def echo(until: int) -> Record:
    tags = (("expiration", str(until)),)
    return sign(Draft(ECHO, tags, "", 1_700_000_000), keys.new_secret_key())


def unsigned(for_plea: str, filler: str, author: str = "") -> Record:
    """Make a hand whose sig is rubbish: a hundred thousand of them in a few seconds."""
    author = author or secrets.token_hex(32)
    tags = (("e", for_plea), ("stamp", filler))
    parts = nip01.body(tags, "")
    record_id = nip01.id_of(author, 1_700_000_000, HAND, parts).hex()
    head = (record_id, author, 1_700_000_000, HAND)
    return read_line(nip01.line(head, parts, secrets.token_hex(64)), sig_is_known=True)


def facts_of(record: Record) -> tuple[Fact, ...]:
    match record.kind, record.tags:
        case 4000, (("e", for_plea), *_):
            row = bytes.fromhex(record.pubkey) + bytes(42)
            return (Fact("hands", for_plea, row),)
        case 4001, _:
            return (Fact("pleas", "", bytes.fromhex(record.id)),)
    return ()


def slot_of(record: Record) -> Slot | None:
    return Slot(("hand", record.tags[0][1], record.pubkey), 1) if record.kind == HAND else None


class Everywhere:
    """A ground on which everybody may speak."""

    def carries(self, group: str) -> bool:
        return bool(group)

    def is_official(self, record_id: str) -> bool:
        return bool(record_id)

    def group_of(self, charter: str) -> str:
        return charter

    def organisers(self, charter: str) -> frozenset[str]:
        return frozenset({charter})

    def has_named(self, group: str, key: str) -> bool:
        return bool(group and key)

    def may_propose(self, record_id: str, group: str, author: str, under: tuple[str, ...]) -> bool:
        return bool(record_id and group and author and under)

    def may_cosign(self, record_id: str, group: str, author: str, under: str) -> bool:
        return bool(record_id and group and author and under)

    def node_keys(self, groups: Sequence[str]) -> frozenset[str]:
        return frozenset(groups)


def _well_made(record: Record) -> None:
    if record.content == "badly made":
        raise Refused("bad-content", "a toy's refusal")


def _admit(record: Record, held: Sequence[Record], _: Ground, __: Moment) -> None:
    if record.content == "our own mistake":
        raise ZeroDivisionError
    if record.kind == HAND and not held:
        raise Refused("unknown-petition", "a toy's refusal")
    if record.content.startswith(NO_ROOM) and not held:
        raise Refused("proposal-quota", "a toy's refusal")


def _needs(record: Record) -> tuple[Filter, ...]:
    return (Filter(kinds=(PLEA,), ids=(record.tags[0][1],)),)


def _named(record: Record) -> tuple[Filter, ...]:
    has_room = not record.content.startswith(NO_ROOM)
    return () if has_room else (Filter(kinds=(PLEA,), tags=(("e", record.id),)),)


def _until(_: Record, __: Sequence[Record], moment: Moment) -> int | None:
    return (moment.now // WINDOW + 1) * WINDOW if moment.origin == "person" else None


BOOK = KindBook(
    (
        Kind(PLEA, "plea", 1, _well_made, _admit, facts_of),
        Kind(HAND, "hand", 2, _well_made, _admit, facts_of, _needs, slot_of, _until),
        Kind(WORD, "word", 3, _well_made, _admit, facts_of, _named),
        Kind(ECHO, "echo", 4, _well_made, _admit, facts_of, lapses=True),
    )
)
