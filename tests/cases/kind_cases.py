"""Cases of the envelope: what is kept, and one for each reason that refuses it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agefiles import plain, sealed_file
from cases.envelopes import DAY, NOW, SLOT, YEAR, Sealed, amend, found
from groups.world import World
from petition.kind_cases import KEPT, Case, by_rule
from wayhome.codec import limits
from wayhome.records.record import Record, Tag

DAY_NOW = NOW // DAY
LARGE = 26_214_400


@dataclass(frozen=True)
class EnvelopeCase(Case):
    """A case with what `admit` stands on."""

    home: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    drawn: Mapping[str, int] = field(default_factory=dict)


class Bench:
    """A group of three caseworkers, its amendment to two, and a group without any."""

    def __init__(self) -> None:
        self.world = world = World()
        self.first = found(world)
        self.second = amend(world, self.first, "vw")
        self.other = found(world, "", "Урал ждёт")
        self.good = Sealed(self.second, file=sealed_file(2))
        self.three = Sealed(self.first)

    @property
    def group(self) -> str:
        return self.first.id

    def admitted(
        self, name: str, record: Record, answer: str = KEPT, **more: object
    ) -> EnvelopeCase:
        ground: dict[str, object] = {
            "held": [self.first, self.second, self.other],
            "official": [self.first.id, self.second.id, self.other.id],
            "home": (self.first.id, self.other.id),
            "heads": (self.second.id, self.other.id),
            "now": NOW + 40_000,
        }
        return EnvelopeCase(name, record, answer, **(ground | more))  # type: ignore[arg-type]


def blob(number: int, size: int = 65_536) -> Tag:
    return ("blob", f"{number:064x}", str(size))


def envelopes(b: Bench) -> Iterator[Case]:
    attached = (blob(1, 1_048_576),)
    yield by_rule("with an attachment", b.three.but(blobs=attached))
    yield from _kept(b)
    yield from _spoilt_tags(b)
    yield from _spoilt_times(b)
    yield from _spoilt_contents(b)
    yield from _spoilt_blobs(b)
    yield from _spoilt_work(b)
    yield from _admitted(b)
    yield from _of_quotas(b)


def _kept(b: Bench) -> Iterator[Case]:
    yield by_rule("three recipients, the smallest body", b.three.record)
    yield by_rule("two recipients, 8,192 bytes", b.three.but(file=sealed_file(2, 8_192)))
    yield by_rule("twelve recipients, 32,768 bytes", b.three.but(file=sealed_file(12, 32_768)))
    yield by_rule("two of the hybrid sort", b.three.but(file=sealed_file(2, 2_048, "hybrid")))
    largest = sealed_file(limits.RECIPIENTS_HYBRID, 32_768, "hybrid")
    ten = tuple(blob(n, 4_194_304) for n in range(10))
    yield by_rule("the largest there is", b.three.but(file=largest, blobs=ten))
    yield by_rule("no work", b.three.but(bits=0))
    yield by_rule("more work than is asked", b.three.but(bits=17))
    yield by_rule(
        "60 MiB",
        b.three.but(blobs=(blob(1, LARGE), blob(2, LARGE), blob(3, 8_388_608), blob(4, 2_097_152))),
    )


def _spoilt_tags(b: Bench) -> Iterator[Case]:
    group, charter, slot, ends, done = b.three.record.tags

    def spoilt(name: str, *tags: Tag) -> Case:
        return by_rule(name, b.three.but(tags=tags, bits=0), "refused: bad-tags")

    yield spoilt("without a slot", group, charter, ends, done)
    yield spoilt("without work", group, charter, slot, ends)
    yield spoilt("work twice", group, charter, slot, ends, done, done)
    yield spoilt("tags in another order", charter, group, slot, ends, done)
    yield spoilt("a tag of another kind", group, charter, slot, ends, done, ("x", "y"))
    yield spoilt(
        "a word that it is sealed already", group, charter, slot, ends, done, ("encrypted", "true")
    )
    yield spoilt("a group in capitals", ("g", group[1].upper()), charter, slot, ends, done)
    yield spoilt("a charter that is none", group, ("charter", ""), slot, ends, done)
    yield spoilt("a slot of 15 bytes", group, charter, ("s", SLOT[2:]), ends, done)
    yield spoilt("a slot in capitals", group, charter, ("s", SLOT.upper()), ends, done)
    yield spoilt("two slots in one tag", group, charter, (*slot, SLOT), ends, done)
    yield spoilt("a time in two words", group, charter, slot, (*ends, "0"), done)
    yield spoilt("work in one word", group, charter, slot, ends, done[:2])
    yield spoilt("eleven attachments", group, charter, slot, ends, done, *map(blob, range(11)))
    yield spoilt("an attachment without a size", group, charter, slot, ends, done, blob(1)[:2])
    yield spoilt(
        "an attachment that is no id", group, charter, slot, ends, done, ("blob", "x", "65536")
    )


def _spoilt_times(b: Bench) -> Iterator[Case]:
    yield by_rule("a second after midnight", b.three.but(at=NOW + 1), "refused: bad-time")
    for days in (29, 364, 366, 401):
        ends = str(NOW + days * DAY)
        yield by_rule(f"ends after {days} days", b.three.but(ends=ends), "refused: bad-expiration")
    for ends in (str(NOW + YEAR + 1), f"0{NOW + YEAR}", "never"):
        yield by_rule(f"ends at {ends}", b.three.but(ends=ends), "refused: bad-expiration")


def _spoilt_contents(b: Bench) -> Iterator[Case]:
    good = b.three.record.content
    armour = "-----BEGIN AGE ENCRYPTED FILE-----\n" + good + "\n-----END AGE ENCRYPTED FILE-----"
    for name, content in (
        ("nothing", ""),
        ("plain text", "Мужа второй раз отправляют в часть, не долечив"),
        ("HTML", "<p>help</p>"),
        ("plain text in base64", plain(2_400).decode()),
        ("armour", armour),
        ("without padding", good.rstrip("=")),
        ("base64 for addresses", good.replace("A", "-")),
        ("a line feed at the end", f"{good}\n"),
    ):
        yield by_rule(name, b.three.but(content=content, bits=0), "refused: bad-content")
    for name, file in (
        ("one recipient", sealed_file(1)),
        ("both sorts", _both_sorts()),
        ("a passphrase", sealed_file(2).replace(b"-> X25519 ", b"-> scrypt ", 1)),
    ):
        yield by_rule(name, b.three.but(file=file, bits=0), "refused: bad-content")
    for name, file in (
        ("13 recipients", sealed_file(13)),
        ("nine of the hybrid sort", sealed_file(9, 2_048, "hybrid")),
    ):
        yield by_rule(name, b.three.but(file=file, bits=0), "refused: too-many-recipients")
    yield by_rule("cut short", b.three.but(content=good[:-4], bits=0), "refused: bad-size")
    for inside in (0, 2_047, 2_049, 4_096, 40_000):
        file = sealed_file(2, inside)
        yield by_rule(f"{inside} bytes inside", b.three.but(file=file, bits=0), "refused: bad-size")


def _both_sorts() -> bytes:
    head, _, rest = sealed_file(2).partition(b"--- ")
    hybrid = sealed_file(2, 2_048, "hybrid").split(b"\n", 1)[1].split(b"--- ")[0]
    return head + hybrid + b"--- " + rest


def _spoilt_blobs(b: Bench) -> Iterator[Case]:
    for name, blobs in (
        ("an attachment twice", (blob(1), blob(1))),
        ("an attachment of a size that none has", (blob(1, 65_537),)),
        ("an attachment of nothing", (blob(1, 0),)),
        ("a size with a leading zero", (("blob", "0" * 64, "065536"),)),
        ("61 MiB", (blob(1, LARGE), blob(2, LARGE), blob(3, 8_388_608), blob(4, 4_194_304))),
    ):
        yield by_rule(name, b.three.but(blobs=blobs, bits=0), "refused: bad-blob")


def _spoilt_work(b: Bench) -> Iterator[Case]:
    nonce = "0" * 16
    # by this author and with this file the first nonces have few zero bits: the record is looked at
    for name, tag in (
        ("work that was not done", ("work", nonce, "24")),
        ("15 bits", ("work", nonce, "15")),
        ("25 bits", ("work", nonce, "25")),
        ("bits in hex", ("work", nonce, "0x10")),
        ("a nonce of 7 bytes", ("work", nonce[2:], "0")),
        ("a nonce in capitals", ("work", "A" * 16, "0")),
    ):
        yield by_rule(name, b.three.but(work=tag, bits=0), "refused: bad-work")
    done = b.three.record
    again = b.three.but(work=done.tags[4], slot="0" * 32, file=b.three.file, bits=0)
    yield by_rule("the work of another envelope", again, "refused: bad-work")


def _admitted(b: Bench) -> Iterator[Case]:  # noqa: PLR0915 - a list of cases
    good = b.good.record
    yield b.admitted("for caseworkers in office now", good)
    yield b.admitted("of a group that is no home", good, "refused: unknown-group", home=())
    yield b.admitted("under the charter before", b.three.record, "refused: old-recipients")
    yield b.admitted("under the charter before, from a peer", b.three.record, origin="peer")
    yield b.admitted(
        "under a charter not held", good, "refused: unknown-charter", held=[], origin="peer"
    )
    yield b.admitted(
        "under a charter that never was in force",
        good,
        "refused: unknown-charter",
        official=[b.first.id],
        origin="peer",
    )
    foreign = b.good.but(group=b.other.id)
    yield b.admitted(
        "under another group's charter", foreign, "refused: unknown-charter", origin="peer"
    )
    nobody = Sealed(b.other, file=sealed_file(2)).record
    yield b.admitted("for nobody", nobody, "refused: no-caseworkers")
    count = "refused: recipient-count"
    yield b.admitted("for one more than there are", b.good.but(file=sealed_file(3)), count)
    hybrid = b.good.but(file=sealed_file(2, 2_048, "hybrid"))
    yield b.admitted("of another sort than the charter's", hybrid, count)
    yield b.admitted("of a month ago", b.good.but(at=NOW - 30 * DAY))
    yield b.admitted("of tomorrow", b.good.but(at=NOW + DAY))
    old = b.good.but(at=NOW - 31 * DAY)
    yield b.admitted("of 31 days ago", old, "refused: stale")
    yield b.admitted("of 31 days ago, from a peer", old, origin="peer")
    ahead = b.good.but(at=NOW + 2 * DAY)
    for origin in ("person", "peer"):
        yield b.admitted(
            f"of the day after tomorrow, from a {origin}", ahead, "refused: stale", origin=origin
        )
    last = b.good.but(at=NOW - 364 * DAY)
    yield b.admitted("on its last day", last, origin="peer")
    gone = b.good.but(at=NOW - 365 * DAY)
    yield b.admitted("a year old", gone, "refused: expired", origin="peer")


def _of_quotas(b: Bench) -> Iterator[Case]:
    day, in_all, slow = f"{b.group} {DAY_NOW}", b.group, f"{b.group} slow"
    good, without = b.good.record, b.good.but(bits=0)
    more = {bits: b.good.but(bits=bits) for bits in (18, 20)}
    need, full = "refused: need-work", "refused: slow-lane-full"
    yield b.admitted("without work", without, drawn={day: 249, slow: 19})
    yield b.admitted("the 21st without work in an hour", without, full, drawn={slow: 20})
    yield b.admitted("without work, half the day taken", without, full, drawn={day: 250})
    yield b.admitted("without work, half of all taken", without, full, drawn={in_all: 10_000})
    yield b.admitted("16 bits, under a quarter taken", good, drawn={day: 124})
    yield b.admitted("16 bits, a quarter taken", good, need, drawn={day: 125})
    yield b.admitted("18 bits, a quarter taken", more[18], drawn={day: 125, in_all: 4_999})
    yield b.admitted("18 bits, half taken", more[18], need, drawn={day: 300})
    yield b.admitted("20 bits, 60 % taken", more[20], drawn={day: 300})
    yield b.admitted("20 bits, three quarters of all taken", more[20], need, drawn={in_all: 15_000})
    yield b.admitted("16 bits, from a peer", good, origin="peer", drawn={day: 499, in_all: 19_999})
    hard = b.good.but(bits=22)
    yield b.admitted("22 bits, one place left that day", hard, drawn={day: 499})
    yield b.admitted("a full day", hard, "refused: over-quota", drawn={day: 500})
    yield b.admitted(
        "all taken, from a peer", good, "refused: over-quota", origin="peer", drawn={in_all: 20_000}
    )
