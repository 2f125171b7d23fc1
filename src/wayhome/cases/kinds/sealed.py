"""sealed: an envelope that only a group's caseworkers can open; a node never can.

All envelopes look alike, whatever is in them: first report, follow-up, reply and note have the same
stanzas, sizes, dates and work. There is no field by which a node would take anything unsealed.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from wayhome.cases import proof_of_work, room
from wayhome.cases.blobs import BUCKETS
from wayhome.cases.slots import SLOTS, Named, slot_row
from wayhome.codec import age, limits
from wayhome.codec.age import Outside
from wayhome.groups.kinds import charter
from wayhome.groups.kinds.charter import Charter
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, Kind, Moment
from wayhome.records.record import Record, Tag
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id

NUMBER = room.SEALED
DAY = 86_400
HOUR = 3_600
INSIDE = (2_048, 8_192, 32_768)  # bytes of a body; every body is one of these three
_SLOT = re.compile(r"[0-9a-f]{32}")
_NONCE = re.compile(r"[0-9a-f]{16}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_NO_WORK = 0  # bits that say: none was done


@dataclass(frozen=True, slots=True)
class Blob:
    """An attachment beside an envelope: the SHA-256 of its list of chunks, and its padded size."""

    id: str
    size: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """What can be told of an envelope from outside; `day` is the number of its day since 1970."""

    group: str
    charter: str
    slot: str
    day: int
    bits: int
    blobs: tuple[Blob, ...]
    outside: Outside

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read an envelope; of the rule's reasons the first that fits."""
        group, sealed_for, slot, ends, puzzle, blobs = _tags(record.tags)
        if record.created_at % DAY:
            raise Refused("bad-time", "an envelope is dated to the start of a day, UTC")
        if ends != str(record.created_at + limits.ENVELOPE_DAYS * DAY):
            raise Refused("bad-expiration", f"{limits.ENVELOPE_DAYS} days after its date")
        outside = _outside(record.content)
        named = _blobs(blobs)
        bits = _bits(record, puzzle)
        return cls(group, sealed_for, slot, record.created_at // DAY, bits, named, outside)

    @property
    def expires(self) -> int:
        """The moment at which it lapses."""
        return (self.day + limits.ENVELOPE_DAYS) * DAY


_Puzzle = tuple[str, str]


def _tags(tags: Sequence[Tag]) -> tuple[str, str, str, str, _Puzzle, Sequence[Tag]]:
    match tags:
        case (
            ("g", group),
            ("charter", sealed_for),
            ("s", slot),
            ("expiration", ends),
            ("work", nonce, bits),
            *blobs,
        ) if _SLOT.fullmatch(slot) and len(blobs) <= limits.BLOBS:
            if all(len(one) == 3 and one[0] == "blob" for one in blobs):  # noqa: PLR2004 - id, size
                return read_id(group), read_id(sealed_for), slot, ends, (nonce, bits), blobs
    raise Refused("bad-tags", "g, charter, s, expiration, work, then at most ten blob tags")


def _outside(content: str) -> Outside:
    """Look at the sealed file; it must be one, for as many as may be, of one of three sizes."""
    file = _decoded(content)
    outside = age.read(file) if file is not None else None
    if outside is None or outside.recipients < limits.RECIPIENTS_LEAST:
        raise Refused("bad-content", "one age file in base64, for two recipients at least")
    if outside.recipients > _MOST[outside.sort]:
        raise Refused("too-many-recipients", f"at most {_MOST[outside.sort]} of that sort")
    if outside.inside not in INSIDE:
        raise Refused("bad-size", "a body has 2,048, 8,192 or 32,768 bytes")
    return outside


_MOST = {"x25519": limits.CASEWORKERS, "hybrid": limits.RECIPIENTS_HYBRID}


def _decoded(content: str) -> bytes | None:
    try:
        file = b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return None
    return file if b64encode(file).decode() == content else None


def _blobs(tags: Sequence[Tag]) -> tuple[Blob, ...]:
    found = tuple(Blob(read_id(name), int(size)) for _, name, size in tags if _is_size(size))
    if len(found) != len(tags) or len({one.id for one in found}) != len(tags):
        raise Refused("bad-blob", "each attachment once, with one of the ten sizes")
    if sum(one.size for one in found) > limits.BLOBS_BYTES:
        raise Refused("bad-blob", "60 MiB of attachments together")
    return found


def _is_size(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and int(text) in BUCKETS


def _bits(record: Record, puzzle: _Puzzle) -> int:
    """Read the work's bits, which are done: 16 to 24, or 0 where none was."""
    nonce, text = puzzle
    bits = int(text) if _NUMBER.fullmatch(text) else -1
    if not _NONCE.fullmatch(nonce) or (
        bits != _NO_WORK and not limits.WORK_LEAST <= bits <= limits.WORK_MOST
    ):
        raise Refused("bad-work", "a nonce of 16 hex digits; 16 to 24 bits, or 0")
    said = (record.pubkey, record.created_at, record.kind, record.tags, record.content)
    if proof_of_work.bits_of(proof_of_work.digest_of(*said), bytes.fromhex(nonce)) < bits:
        raise Refused("bad-work", "the work that is stated was not done")
    return bits


def rule(record: Record) -> None:
    """It is well made when it is exactly an envelope: anything that could be read is refused."""
    Envelope.of(record)


def needs(record: Record) -> tuple[Filter, ...]:
    """To judge an envelope we must hold the charter that it was sealed under."""
    return (Filter(ids=(Envelope.of(record).charter,), kinds=(charter.NUMBER,)),)


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:
    """An envelope for caseworkers of a home group, while there is room.

    A person seals to those in office now and does the work that is asked. Between nodes an envelope
    under any charter of the group is welcome: an amendment must not stop what came before it.
    """
    envelope = Envelope.of(record)
    if not ground.is_home(envelope.group):
        raise Refused("unknown-group", "this node takes no envelopes of that group")
    said = _sealed_under(envelope, held, ground, moment)
    if not said.caseworkers:
        raise Refused("no-caseworkers", "that charter names nobody who could read it")
    # whoever wrote to the group before it had hybrid recipients is still answered at an X25519 one
    is_sort = envelope.outside.sort in (said.sort, "x25519")
    asked = max(limits.RECIPIENTS_LEAST, len(said.caseworkers))
    if not is_sort or envelope.outside.recipients != asked:
        raise Refused("recipient-count", "as many stanzas as the charter has caseworkers")
    _admit_day(envelope, moment)
    _admit_work(envelope, ground, moment)


def _sealed_under(
    envelope: Envelope, held: Sequence[Record], ground: Ground, moment: Moment
) -> Charter:
    heads = ground.heads(envelope.group)
    if moment.origin != "peer" and envelope.charter not in heads:
        raise Refused("old-recipients", "the charter in force is another: seal again")
    found = [Charter.of(one) for one in held if one.id == envelope.charter]
    if not found or found[0].group != envelope.group or not ground.is_official(envelope.charter):
        raise Refused("unknown-charter", "no charter of that group with that id was in force here")
    return found[0]


def _admit_day(envelope: Envelope, moment: Moment) -> None:
    today = moment.now // DAY
    oldest = 0 if moment.origin == "peer" else today - limits.ENVELOPE_BACK
    if not oldest <= envelope.day <= today + 1:
        raise Refused("stale", "dated to one of the last 30 days, or to tomorrow")
    if envelope.expires <= moment.now:
        raise Refused("expired", "its time has ended")


def _admit_work(envelope: Envelope, ground: Ground, moment: Moment) -> None:
    group = envelope.group
    in_all = ground.drawn(room.of_group(group))
    if moment.origin == "peer":  # its node asked for the work, and has a day's quota of its own
        of_day = 0
    else:
        of_day = ground.drawn(room.of_day(group, envelope.day))
        if envelope.bits == _NO_WORK:
            if not room.has_slow_lane(of_day, in_all, ground.drawn(room.of_slow(group))):
                raise Refused("slow-lane-full", "no more without work for now")
        elif envelope.bits < room.asked_bits(of_day, in_all):
            raise Refused("need-work", "more work is asked now")
    if room.is_full(of_day, in_all):
        raise Refused("over-quota", "no room for more of that group's envelopes")


def count(record: Record) -> tuple[Fact, ...]:
    """It has its place among the group's slots; what it names may be brought after it."""
    envelope = Envelope.of(record)
    row = slot_row(envelope.day, envelope.slot, record.id)
    named = (one.fact() for one in attachments(envelope))
    return (Fact(SLOTS, envelope.group, row), *named)


def attachments(envelope: Envelope) -> tuple[Named, ...]:
    """Give what an envelope says of each attachment."""
    return tuple(Named(one.id, one.size, envelope.group, envelope.day) for one in envelope.blobs)


def held_until(record: Record, held: Sequence[Record], moment: Moment) -> int | None:  # noqa: ARG001 - the shape of `held_until`
    """What a person brings is shown at the next full hour, with all others of that hour."""
    return (moment.now // HOUR + 1) * HOUR if moment.origin != "peer" else None


def quotas(record: Record) -> tuple[str, ...]:
    """It draws on its group's room, on that of its day, and, without work, on the hour's.

    What it names is found by a quota as well, while it is held.
    """
    envelope = Envelope.of(record)
    group = envelope.group
    slow = () if envelope.bits else (room.of_slow(group),)
    named = (room.of_blob(one.id) for one in envelope.blobs)
    return (room.of_group(group), room.of_day(group, envelope.day), *slow, *named)


KIND = Kind(
    NUMBER,
    "sealed",
    10,
    rule,
    admit,
    count,
    needs,
    held_until=held_until,
    quotas=quotas,
    lapses=True,
)
