"""Part: lines of a file in, rows and refusals out. It needs nothing but its lines and the panel.

Nearly every line is a good signature, written in the one canonical way, so a quick reader takes
these: one pattern, the id, the sig, the stamps. It only ever says yes. Whatever it does not take
goes the ordinary way, through `read_line`, the rule and `check`; only there is anything refused.
"""

import json
import re
from binascii import Error, a2b_base64, a2b_hex, b2a_hex
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.crypto.stamps import StampKey
from wayhome.petition import tally
from wayhome.petition.kinds import signature, withdrawal
from wayhome.petition.kinds.signature import Signature, check
from wayhome.petition.panel import TOKEN_TYPE, Panel
from wayhome.records.record import Record, read_line
from wayhome.records.refused import Reason, Refused

REASONS: tuple[Reason, ...] = (  # all that a recount refuses by
    "too-large",
    "bad-form",
    "bad-id",
    "bad-sig",
    "bad-tags",
    "bad-stamp-form",
    "bad-content",
    "unknown-petition",
    "not-open",
    "bad-time",
    "bad-option",
    "bad-region",
    "no-quorum",
    "unknown-stamp-key",
    "bad-stamp",
    "unknown-signature",
)
SIGNED = frozenset((signature.NUMBER, withdrawal.NUMBER))
# kinds end at 65535: what has more digits is no record
_KIND = re.compile(
    rb'\{"id":"[^"]{64}","pubkey":"[^"]{64}","created_at":[0-9]{1,16},"kind":([0-9]{1,5}),'
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the lines are judged by: the panel, or the reason why nothing can be counted."""

    petition: str
    panel: Panel | None
    refusal: Reason = "unknown-petition"
    is_fast: bool = False


@dataclass(slots=True)
class Part:
    """What some lines gave. A refusal is known by the record's id, or by the hash of its line."""

    rows: list[bytes] = field(default_factory=list)
    refused: set[tuple[bytes, Reason]] = field(default_factory=set)

    def add(self, other: "Part") -> None:
        """Take in another part."""
        self.rows += other.rows
        self.refused |= other.refused


def kind_of(line: bytes) -> int | None:
    """Give the kind that a line claims, or None when it is not even the beginning of a record."""
    found = _KIND.match(line)
    return int(found[1]) if found else None


def check_part(lines: Iterable[bytes], scope: Scope) -> Part:
    """Check the signatures and withdrawals among ``lines``; other kinds are passed over.

    What is no record at all is refused too, for it may have been a signature. Signatures of other
    petitions are neither counted nor refused.
    """
    part = Part()
    quick = Quick(scope.panel, is_fast=scope.is_fast) if scope.panel else None
    for line in lines:
        row = quick.row(line) if quick else None
        if row is None:
            _take_slowly(line, scope, part)
        else:
            part.rows.append(row)
    return part


class Quick:
    """The quick reader of one panel's good signatures."""

    def __init__(self, panel: Panel, *, is_fast: bool = False) -> None:
        stamp = rb',\["stamp","(.{16})","(.{344})"\]'
        self._line = re.compile(
            rb'\{"id":"(.{64})","pubkey":"(.{64})","created_at":([1-9][0-9]{0,15}),"kind":3971,'
            rb'"tags":(\[\["e","%b"\](?:,\["option","([0-9]{1,2})"\])?'
            rb'(?:,\["region","([a-z0-9-]{1,16})"\])?%b\]),"content":"","sig":"(.{128})"\}'
            % (panel.petition.encode(), stamp * panel.q),
            re.DOTALL,
        )
        self._panel = panel
        self._is_fast = is_fast
        self._keys: dict[bytes, tuple[StampKey, bytes, bytes]] = {
            seat.kid16.encode(): (seat.key, panel.tail(seat), bytes.fromhex(seat.kid16))
            for seat in panel.seats
        }
        self._times = {
            b"%d" % (panel.open + index * panel.window) for index in range(panel.windows)
        }
        self._options: set[bytes | None] = {one.encode() for one in panel.options} or {None}
        self._regions = {None, *(code.encode() for code in panel.regions)}

    def row(self, line: bytes) -> bytes | None:
        """Give the row of a good signature, else None: it may still be good."""
        found = self._line.fullmatch(line)
        if found is None:
            return None
        record_id, author, created_at, tags, option, region, *stamps, sig = found.groups()
        if not self._offers(created_at, option, region):
            return None
        digest = sha256(b'[0,"%b",%b,3971,%b,""]' % (author, created_at, tags)).digest()
        public = _bytes(author)
        if b2a_hex(digest) != record_id or public is None:
            return None
        kids = self._kids(public, stamps) if self._is_signed(public, digest, sig) else None
        if kids is None:
            return None
        front = tally.head(public, int(option or 0), digest)
        return tally.signed(front, int(created_at), kids, region or b"")

    def _offers(self, created_at: bytes, option: bytes | None, region: bytes | None) -> bool:
        return created_at in self._times and option in self._options and region in self._regions

    def _is_signed(self, public: bytes, digest: bytes, sig: bytes) -> bool:
        proof = _bytes(sig)
        return proof is not None and (self._is_fast or keys.verifies(public, digest, proof))

    def _kids(self, author: bytes, stamps: list[bytes]) -> bytes | None:
        kids, last = b"", b""
        for at in range(0, len(stamps), 2):
            kid16, text = stamps[at], stamps[at + 1]
            known = self._keys.get(kid16)
            stamp = _stamp(text)
            if known is None or stamp is None or kid16 <= last:
                return None
            key, tail, kid = known
            if not key.verifies(TOKEN_TYPE + author + tail, stamp):
                return None
            kids += kid
            last = kid16
        return kids


def _bytes(text: bytes) -> bytes | None:
    try:
        found = a2b_hex(text)
    except Error:
        return None
    return found if b2a_hex(found) == text else None  # lower case, then


def _stamp(text: bytes) -> bytes | None:
    try:
        found = a2b_base64(text, strict_mode=True)
    except (Error, ValueError):
        return None
    # of the last letter before == four bits are the last byte's; the loose ones are 0
    is_canonical = len(found) == signature.STAMP_BYTES and text[-3] in b"AQgw"
    return found if is_canonical else None


def _take_slowly(line: bytes, scope: Scope, part: Part) -> None:
    kind = kind_of(line)
    if kind is not None and kind not in SIGNED and len(line) <= limits.RECORD_BYTES:
        return  # recount has read it before, or it is another room's
    try:
        record = read_line(line)
    except Refused as error:
        _refuse_unread(line, error.reason, scope, part)
        return
    if record.kind not in SIGNED or ("e", scope.petition) not in record.tags:
        return
    try:
        part.rows.append(_row(record, scope))
    except Refused as error:
        part.refused.add((bytes.fromhex(record.id), error.reason))


def _row(record: Record, scope: Scope) -> bytes:
    if record.kind == signature.NUMBER:
        signed = Signature.of(record)
        if scope.panel is None:
            raise Refused(scope.refusal, "petition or acceptance does not stand")
        check(record, scope.panel)
        return signature.row(record, signed)
    withdrawal.rule(record)
    if scope.panel is None:
        raise Refused(scope.refusal, "petition or acceptance does not stand")
    scope.panel.refuse_time(record.created_at)
    return withdrawal.row(record)


def _refuse_unread(line: bytes, reason: Reason, scope: Scope, part: Part) -> None:
    if reason in {"too-large", "bad-form"}:
        part.refused.add((sha256(line).digest(), reason))
        return
    told = json.loads(line)  # its form is right
    if told["kind"] in SIGNED and ["e", scope.petition] in told["tags"]:
        # many bad sigs under one id are one record; a wrong id says nothing
        name = bytes.fromhex(told["id"]) if reason == "bad-sig" else sha256(line).digest()
        part.refused.add((name, reason))
