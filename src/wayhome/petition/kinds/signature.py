"""signature: one person's support, signed by a one-time key that q groups stamped blindly."""

import re
from binascii import Error, a2b_base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from wayhome.codec import limits
from wayhome.crypto.claims import Claim, verifies
from wayhome.petition import tally
from wayhome.petition.kinds import acceptance, counter, petition
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.kinds.counter import Counter
from wayhome.petition.kinds.petition import Petition
from wayhome.petition.panel import TOKEN_TYPE, Panel, Seat
from wayhome.records.filter import Filter
from wayhome.records.kind import Fact, Ground, Kind, Moment, Slot
from wayhome.records.record import Record, Tag
from wayhome.records.refused import Refused
from wayhome.records.tags import read_id

NUMBER = 3971
STAMP_BYTES = 256
_KIDS = re.compile(r"[0-9a-f]{16}(?: [0-9a-f]{16})*")
_LOOSE = frozenset("AQgw")  # of the last letter before == four bits are the stamp's, the others 0
_OPTION = re.compile(r"[1-9]|1[0-2]")
_REGION = re.compile(r"[a-z0-9-]{1,16}")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature says: the petition, an option, a region, and the stamps; nothing else."""

    petition: str
    option: str | None
    region: str | None
    stamps: tuple[tuple[str, bytes], ...]  # kid16, stamp

    @staticmethod
    def of(record: Record) -> "Signature":
        """Read a signature; `bad-tags`, `bad-stamp-form`, `bad-content`, in this order."""
        return _read(record)


@lru_cache(maxsize=512)  # rule, claims, admit and count ask for the same one: batches of 128
def _read(record: Record) -> Signature:
    match record.tags:
        case (("e", asked), *more):
            read_id(asked)
        case _:
            raise Refused("bad-tags", "e, then option and region if any, then stamps")
    rest = list(more)
    option = _optional(rest, "option", _OPTION)
    region = _optional(rest, "region", _REGION)
    for tag in rest:
        if tag[0] != "stamp" or len(tag) != 3:  # noqa: PLR2004 - name, kid16, stamp
            raise Refused("bad-tags", "after option and region only stamps")
    stamps = tuple([(tag[1], _read_stamp(tag[2])) for tag in rest])
    kids = [kid16 for kid16, _ in stamps]
    if not 1 <= len(kids) <= limits.PANEL or kids != sorted(set(kids)):
        raise Refused("bad-stamp-form", "1 to 5 stamps, ascending by key, each key once")
    if not _KIDS.fullmatch(" ".join(kids)):
        raise Refused("bad-stamp-form", "a key is named by 16 lower-case hex digits")
    if record.content:
        raise Refused("bad-content", "a signature says nothing else")
    return Signature(asked, option, region, stamps)


@dataclass(frozen=True, slots=True)
class Support:
    """A signature that counts under its panel: which seats stamped it, for which option."""

    signature: Signature
    seats: tuple[Seat, ...]


def check(record: Record, panel: Panel, verifies: Callable[[Claim], bool] = verifies) -> Support:
    """Check a signature against a panel whose petition and acceptances stand.

    Not checked here: the record's id and sig, which reading did; whether it comes in time (admit).

    Raises:
        Refused: the rule's reasons, `unknown-petition`, `bad-time`, `bad-option`, `bad-region`,
            `no-quorum`, `unknown-stamp-key`, `bad-stamp`, in this order.
    """
    signed = Signature.of(record)
    if signed.petition != panel.petition:
        raise Refused("unknown-petition", "it is another petition's")
    panel.refuse_time(record.created_at)
    _refuse_choice(signed, panel)
    for claim in _claims(record, signed, panel):
        if not verifies(claim):
            raise Refused("bad-stamp", "a stamp is not this group's for this key and petition")
    return Support(signed, _seats(signed, panel))


def _claims(record: Record, signed: Signature, panel: Panel) -> tuple[Claim, ...]:
    front = TOKEN_TYPE + bytes.fromhex(record.pubkey)
    return tuple(
        [
            (seat.key.spki, front + panel.tail(seat), stamp)
            for seat, (_, stamp) in zip(_seats(signed, panel), signed.stamps, strict=True)
        ]
    )


def _optional(rest: list[Tag], name: str, form: re.Pattern[str]) -> str | None:
    if not rest or rest[0][0] != name:
        return None
    match rest.pop(0):
        case (_, value) if form.fullmatch(value):
            return value
    raise Refused("bad-tags", f"{name} has one value of its form")


def _read_stamp(text: str) -> bytes:
    try:
        stamp = a2b_base64(text, strict_mode=True)
    except (Error, ValueError):
        raise Refused("bad-stamp-form", "base64 (RFC 4648, 4)") from None
    if len(stamp) != STAMP_BYTES or text[-3] not in _LOOSE:
        raise Refused("bad-stamp-form", "256 bytes in the one canonical base64")
    return stamp


def _refuse_choice(signed: Signature, panel: Panel) -> None:
    if (signed.option in panel.options) != panel.is_poll or (signed.option and not panel.is_poll):
        raise Refused("bad-option", "one of the options offered, and none where none is")
    if signed.region is not None and signed.region not in panel.regions:
        raise Refused("bad-region", "one of the regions offered, or none")


def _seats(signed: Signature, panel: Panel) -> tuple[Seat, ...]:
    if len(signed.stamps) != panel.q:
        raise Refused("no-quorum", f"exactly {panel.q} stamps")
    found = [seat for kid16, _ in signed.stamps if (seat := panel.seat(kid16))]
    if len(found) != panel.q:
        raise Refused("unknown-stamp-key", "a stamp of a key that is not on the panel")
    return tuple(found)


def rule(record: Record) -> None:
    """It is well made when its stamps have their one form and it says nothing else."""
    Signature.of(record)


def needs(record: Record) -> tuple[Filter, ...]:
    """To judge it we hold the petition, its acceptances, and the desks' word that they stood."""
    return _needs(record.tags[0][1])


@lru_cache(maxsize=64)  # petitions that take signatures at one time
def _needs(asked: str) -> tuple[Filter, ...]:
    first = Filter(kinds=(counter.NUMBER,), tags=(("e", asked), ("n", "0")))
    return petition.wanted(asked), acceptance.wanted(asked), first


def admit(record: Record, held: Sequence[Record], ground: Ground, moment: Moment) -> None:
    """Its stamps verify, its window has begun, and persons do not come too late."""
    panel = panel_of(held, ground)
    check(record, panel, moment.verifies)
    panel.refuse_early(record.created_at, moment.now)
    if moment.origin == "person":
        panel.refuse_late(moment.now)


def claims(record: Record, held: Sequence[Record], ground: Ground) -> tuple[Claim, ...]:
    """Its stamps, if its panel stands and has these seats; else nothing, and `admit` says why."""
    try:
        panel, signed = panel_of(held, ground), Signature.of(record)
        return _claims(record, signed, panel)
    except Refused:
        return ()


def panel_of(held: Sequence[Record], ground: Ground) -> Panel:
    """Make the panel of the petition among ``held``, with its acceptances and counters 0.

    A desk's counter 0 is its word that it saw all acceptances official at opening. So one that its
    group disowned since still serves, if the desk of every group that did not says so.

    Raises:
        Refused: `unknown-petition`, `not-open`: something does not stand.
    """
    last = _LAST.found
    if last is not None and last.held is held and last.ground is ground:
        return last.panel
    # a counter speaks for a desk: nobody signs it with its author
    spoken = (one.id for one in held if one.kind != counter.NUMBER)
    official = frozenset(filter(ground.is_official, spoken))
    found = _panel(tuple(held), official)
    if isinstance(found, Refused):
        raise Refused(found.reason, "petition or acceptance is not official")
    if isinstance(held, tuple):  # else it could be another one tomorrow
        _LAST.found = _Made(held, ground, found)
    return found


@dataclass(frozen=True, slots=True)
class _Made:
    """A panel, and what it was made of; both are looked at and never change."""

    held: tuple[Record, ...]
    ground: Ground
    panel: Panel


class _Last:
    """The panel that was asked for last: a batch asks for one twice a signature."""

    found: _Made | None = None


_LAST = _Last()


@lru_cache(maxsize=64)  # petitions that take signatures at one time
def _panel(held: tuple[Record, ...], official: frozenset[str]) -> Panel | Refused:
    asked = next((one for one in held if one.kind == petition.NUMBER), None)
    if asked is None:
        return Refused("unknown-petition")
    said = [(one.id, Acceptance.of(one)) for one in held if one.kind == acceptance.NUMBER]
    stood = {one for one, _ in said if one in official or _is_witnessed(one, held, official)}
    keys = {one.kid: one.spki for name, one in said if name in stood}
    if not all(place.kid in keys for place in Petition.of(asked).panel):
        return Refused("not-open" if asked.id in official else "unknown-petition")
    panel_groups = {place.group for place in Petition.of(asked).panel}
    if asked.id not in official and panel_groups == {Petition.of(asked).group}:
        return Refused("unknown-petition")
    return make_panel(asked, keys)


def _is_witnessed(named: str, held: Sequence[Record], official: frozenset[str]) -> bool:
    own = next(Acceptance.of(one).group for one in held if one.id == named)
    others = [one for one in held if one.kind == acceptance.NUMBER and one.id in official]
    desks = {
        (said.group, said.stamping) for said in map(Acceptance.of, others) if said.group != own
    }
    words = [(one.pubkey, Counter.of(one)) for one in held if one.kind == counter.NUMBER]
    telling = {(said.group, desk) for desk, said in words if named in said.acceptances}
    return bool(desks) and {group for group, _ in desks} == {group for group, _ in desks & telling}


def make_panel(asked: Record, keys: Mapping[str, bytes]) -> Panel:
    """Make the panel of a petition record; ``keys`` gives each kid's SPKI, as far as known."""
    said = Petition.of(asked)
    return Panel(
        petition=asked.id,
        open=said.open,
        close=said.close,
        window=said.window,
        q=said.q,
        seats=tuple(
            Seat.of(place.group, keys[place.kid]) for place in said.panel if place.kid in keys
        ),
        options=tuple(option for option, _ in said.options),
        regions=tuple(code for code, _ in said.regions),
    )


@lru_cache(maxsize=64)
def times_of(asked: Record) -> Panel:
    """Give a panel without seats, for what asks only about times."""
    return make_panel(asked, {})


def count(record: Record) -> tuple[Fact, ...]:
    """Whoever reads the view decides what the row is worth."""
    signed = Signature.of(record)
    return (Fact(tally.VIEW, signed.petition, row(record, signed)),)


def row(record: Record, signed: Signature) -> bytes:
    """Give the tally's row of a signature."""
    choice = int(signed.option or 0)
    kids = bytes.fromhex("".join(kid16 for kid16, _ in signed.stamps))
    head = tally.head(bytes.fromhex(record.pubkey), choice, bytes.fromhex(record.id))
    return tally.signed(head, record.created_at, kids, (signed.region or "").encode())


def slot(record: Record) -> Slot:
    """One one-time key cannot fill a disk: of its signatures for one option the lowest id stays."""
    signed = record.tags[1][1] if record.tags[1][0] == "option" else ""
    return Slot((str(NUMBER), record.tags[0][1], record.pubkey, signed), 1)


def held_until(record: Record, held: Sequence[Record], moment: Moment) -> int | None:  # noqa: ARG001 - the shape of `held_until`
    """What a person sends is shown with all that came in the same window; a peer's is public."""
    return release(held, moment)


def release(held: Iterable[Record], moment: Moment) -> int | None:
    """Give the moment at which what comes now becomes public, None for at once."""
    if moment.origin != "person":
        return None
    asked = next(one for one in held if one.kind == petition.NUMBER)
    return times_of(asked).release(moment.now)


KIND = Kind(NUMBER, "signature", 8, rule, admit, count, needs, slot, held_until, claims=claims)
