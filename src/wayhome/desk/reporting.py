"""Reporting: what a family's program does: learns who reads, seals, hands over, finds the answer.

The same as `web/src/pages/family.ts`, for a terminal.
"""

import datetime as dt
from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome import outward
from wayhome.cases.body import Drawer, Place, is_by_right
from wayhome.cases.kinds import sealed
from wayhome.cases.kinds.sealed import Envelope
from wayhome.cases.mailbox import Mailbox
from wayhome.cases.said import (
    LEAP,
    EraseRequest,
    Message,
    PersonalDetails,
    Reply,
    Report,
    Statement,
)
from wayhome.cases.sealedfile import Attachment, SealedFile
from wayhome.cases.slots import shard_bits, shard_of
from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.crypto.receipts import FamilyKeys
from wayhome.crypto.recipients import Recipient, recipient_of
from wayhome.crypto.slots import family_slot
from wayhome.desk.familyfiles import Packed
from wayhome.desk.known import DeskFault, Known
from wayhome.desk.nodes import MOST, hand_in
from wayhome.desk.opening import open_body
from wayhome.desk.post import ByHttp
from wayhome.desk.sealing import Enclosed, Outside, make_envelope, places, readers
from wayhome.groups.kinds.charter import Charter
from wayhome.groups.kinds.season import is_whole
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Refused

SLOT = 16  # bytes
NOTHING = Packed()
TRIES = 3  # times that a list may change while it is read
LATEST = 253_402_300_800  # seconds: no day is behind it


class _Told(msgspec.Struct):
    now: Annotated[int, Meta(ge=0, lt=LATEST)]
    bits: Annotated[int, Meta(ge=0)]
    records: list[msgspec.Raw]


class Who(msgspec.Struct, frozen=True):
    """Who a family is, as far as it tells."""

    name: str = ""
    address: str = ""
    phone: str = ""
    soldier: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """What lies in a mailbox, the newest answer, and whose it is."""

    box: Mailbox
    reply: Reply | None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """What nodes said of a group, and what follows from its charters."""

    nodes: tuple[str, ...]
    now: int
    bits: int
    head: str
    known: Known = field(repr=False)

    @property
    def charter(self) -> Charter:
        """The charter in force."""
        return self.known.said_by(self.head)

    def is_in_office(self, mail: Mail) -> bool:
        """Tell whether who wrote the answer is a caseworker now; who was dismissed still can."""
        return any(one.key == mail.by for one in self.charter.caseworkers)

    def named(self, charter: str) -> list[str]:
        """Give the caseworkers' keys of a charter that is or was in force."""
        if not self.known.standing.is_in_force(charter):
            return []
        return [one.key for one in Charter.of(self.known.records[charter]).caseworkers]


def look(nodes: Sequence[str], group: str) -> Sight:
    """Ask nodes who reads a group's reports; what they say is joined.

    Raises:
        DeskFault: none of them knows, or nobody is on intake.
    """
    told = [(one, _told(one, group)) for one in nodes]
    here = [(one, answer) for one, answer in told if answer is not None]
    if not here:
        raise DeskFault(f"none of these nodes is of the group {group}: " + ", ".join(nodes))
    known = Known.of(bytes(raw) for _, answer in here for raw in answer.records)
    now, bits = here[0][1].now, min(here[0][1].bits, limits.WORK_MOST)
    sight = Sight(tuple(one for one, _ in here), now, bits, known.head(group), known)
    if not is_whole(sight.charter):
        raise DeskFault("these nodes do not give the keys that the charter names: ask others")
    if not any(one.role == "intake" for one in sight.charter.caseworkers):
        raise DeskFault(f"{known.name(group)} has nobody on intake: nothing can be sealed for it")
    return sight


def seal_report(sight: Sight, family: FamilyKeys, told: Report, packed: Packed = NOTHING) -> Record:
    """Seal a first report to intake; it names the files that are packed."""
    whole = msgspec.structs.replace(told, files=packed.files)
    to = readers(sight.charter, whole)
    return _enclosed(sight, family, (0, packed.named(packed.files)), whole, to)


def seal_message(
    sight: Sight, family: FamilyKeys, mail: Mail, text: str, packed: Packed = NOTHING
) -> Record:
    """Seal a message to whom the answer of a caseworker of now names, or else to intake."""
    message = Message(1, _next(mail), day_of(sight.now), text, packed.files)
    to = _case(sight, mail, message)
    return _enclosed(sight, family, (mail.box.sent, packed.named(packed.files)), message, to)


def seal_who(
    sight: Sight, family: FamilyKeys, mail: Mail | None, who: Who, packed: Packed = NOTHING
) -> Record:
    """Seal who a family is for custodians alone, right behind its report or message.

    Raises:
        DeskFault: the charter names no custodian.
    """
    number = 2 if mail is None else _next(mail) + 1
    slot = 1 if mail is None else mail.box.sent + 1
    told = PersonalDetails(
        v=1,
        n=number,
        at=day_of(sight.now),
        **msgspec.structs.asdict(who),
        originals=packed.originals,
    )
    to = readers(sight.charter, told)
    if not to:
        raise DeskFault("this group has no custodians: nobody could open a name")
    return _enclosed(sight, family, (slot, packed.named(packed.originals)), told, to)


def seal_erase_request(sight: Sight, family: FamilyKeys, mail: Mail) -> Record:
    """Seal the request that all of it be erased."""
    asked = EraseRequest(1, _next(mail), day_of(sight.now))
    return _enclosed(sight, family, (mail.box.sent, ()), asked, _case(sight, mail, asked))


def hand_over(nodes: Iterable[str], file: SealedFile) -> list[str]:
    """Hand envelopes to every node, then what belongs to them; give those that have them all.

    Raises:
        DeskFault: none has; the last one's reason. Or no node takes an attachment.
    """
    taken: list[str] = []
    fault: DeskFault | None = None
    for node in nodes:
        try:
            hand_in(node, file.envelopes)
        except DeskFault as error:
            fault = error
        else:
            taken.append(node)
    if fault is not None and not taken:
        raise fault
    for one in file.attachments:
        if not any(_give(node, one) for node in taken):
            raise DeskFault(
                "the text is there, but no node took a file that belongs to it: hand it in again"
            )
    return taken


def _give(node: str, attachment: Attachment) -> bool:
    """Give an attachment to one node; tell whether it has it whole."""
    try:
        ByHttp(node, outward.proxy()).hand_in_file(attachment)
    except DeskFault:  # another node may take it; who hands over is told where none does
        return False
    return True


def read_sealed(raw: bytes) -> SealedFile:
    """Read a sealed file.

    Raises:
        DeskFault: it is something else.
    """
    try:
        return SealedFile.read(raw)
    except Refused as error:
        raise DeskFault("this is not a sealed file, or not whole; nothing was sent") from error


def visit(sight: Sight, family: FamilyKeys) -> Mail:
    """Come back: the list of all slots, then one whole shard.

    Raises:
        DeskFault: no node gives both.
    """
    for node in sight.nodes:
        for _ in range(TRIES):
            url = f"{node.rstrip('/')}/envelopes/{sight.charter.group}"
            raw = _fetched(f"{url}/slots")
            if raw is None:
                break
            slots = {raw[at : at + SLOT].hex() for at in range(0, len(raw), SLOT)}
            box, bits = Mailbox.of(slots, family.box), shard_bits(len(slots))
            # who has no answer takes any shard, so that a node sees no difference
            slot = bytes.fromhex(box.newest) if box.newest else keys.new_secret_key()[:SLOT]
            shard = _fetched(f"{url}/{bits}/{shard_of(slot, bits)}.jsonl")
            if shard is not None:  # else the list has changed since
                return answer_in(sight, family, box, shard)
    raise DeskFault("no node gives the list of slots and its part of it; nothing was asked of it")


def answer_in(sight: Sight, family: FamilyKeys, box: Mailbox, shard: bytes) -> Mail:
    """Look for the newest answer in a shard: by a caseworker of the charter it was sealed under.

    Where something else lies in its slot, one before it may be in the same shard.
    """
    # what was answered before the group changed its sort is of the other
    identities = [family.identity(one) for one in ("x25519", "hybrid")]
    records = [read_line(line) for line in shard.splitlines()] if box.answers else []
    found = [(record, Envelope.of(record)) for record in records]
    found = [one for one in found if one[1].slot in box.answers]
    for record, envelope in sorted(found, key=lambda one: box.answers.index(one[1].slot)):
        place = Place(envelope.group, envelope.charter, envelope.slot)
        try:
            body = open_body(b64decode(record.content), place, identities)
        except Drawer:
            continue
        is_theirs = is_by_right(body, "", sight.named(envelope.charter))
        if isinstance(body.said, Reply) and is_theirs:
            return Mail(box, body.said, body.by)
    return Mail(box, None)


def day_of(now: int) -> dt.date:
    """Give the day as a body states it."""
    return dt.datetime.fromtimestamp(now, dt.UTC).date()


def _case(sight: Sight, mail: Mail, told: Statement) -> Sequence[Recipient]:
    if mail.reply is not None and sight.is_in_office(mail):
        return [Recipient(mail.reply.recipient)]
    return readers(sight.charter, told)


def _next(mail: Mail) -> int:
    known = mail.box.sent + mail.box.replies
    # beyond a leap no desk counts on
    return max(min(mail.reply.n if mail.reply else 0, known + LEAP - 1), known) + 1


def _enclosed(
    sight: Sight,
    family: FamilyKeys,
    outside: tuple[int, tuple[sealed.Blob, ...]],
    told: Statement,
    to: Sequence[Recipient],
) -> Record:
    number, blobs = outside
    slot = family_slot(family.box, "f", number)
    place = Place(sight.charter.group, sight.head, slot)
    shown = Outside(sight.now, sight.bits, blobs)
    return make_envelope(Enclosed(told, place, family.sign), to, places(sight.charter), shown)


def own_recipient(sight: Sight, family: FamilyKeys) -> str:
    """Give whom replies are sealed to: of the sort that the group's caseworkers have."""
    return recipient_of(family.identity(sight.charter.sort))


def _told(node: str, group: str) -> _Told | None:
    raw = _fetched(f"{node.rstrip('/')}/envelopes/{group}.json")
    try:
        return msgspec.json.decode(raw, type=_Told) if raw is not None else None
    except msgspec.DecodeError:
        return None


def _fetched(url: str) -> bytes | None:
    try:
        return outward.read(url, MOST)
    except outward.NoAnswer:
        return None
