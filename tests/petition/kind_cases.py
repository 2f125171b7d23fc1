"""Cases of each kind: records that are kept, and one for each reason that refuses them."""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from petition_world import DAY, DAYS, OPEN, Group, World, secret_key
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.petition.kinds import KINDS
from wayhome.petition.service import draft_counter, draft_first_counter
from wayhome.records.draft import Draft
from wayhome.records.record import Record, Tag
from wayhome.records.signing import sign

CLOSE = OPEN + DAYS * DAY
KEPT = "kept"


@dataclass(frozen=True)
class Case:
    """One record and its answer: by its rule alone, or (with `held`) by what a node holds."""

    name: str
    record: Record
    answer: str = KEPT
    held: Sequence[Record] | None = None
    official: Sequence[str] = ()
    organisers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    now: int = OPEN + DAY
    origin: str = "person"
    full: Sequence[str] = ()  # keys that have as many proposals here as are kept


def by_rule(name: str, record: Record, answer: str = KEPT) -> Case:
    return Case(name, record, answer)


class Bench:
    """A world with one of everything, and the ways to spoil it."""

    def __init__(self) -> None:
        self.world = World(options=(), regions=("east", "west"))
        self.world.open_desks()
        self.who, self.signature = self.world.sign_up(region="east")
        self.plain = self.world.sign_up()[1]
        self.withdrawal = self.world.withdraw(self.who, 0)
        self.world.finish(2)
        self.lists = self.world.list_up()
        self.volga: Group = self.world.groups[0]
        self.desk = self.volga.desk_secret
        self.author = self.volga.organisers[0]
        self.poll = World(1, 1, options=("да", "нет"))
        self.answer = self.poll.sign_up(option="2")[1]

    @property
    def organisers(self) -> dict[str, list[str]]:
        return {
            group.id: [keys.public_key(one) for one in group.organisers]
            for group in self.world.groups
        }

    @property
    def stands(self) -> list[str]:
        return [self.world.petition.id, *(one.id for one in self.world.accepted)]

    @property
    def papers(self) -> list[Record]:
        return [self.world.petition, *self.world.accepted]

    def without_room(self, record: Record, **more: object) -> Case:
        no = "refused: proposal-quota"
        return self.admitted("with no room for more", record, no, full=[record.pubkey], **more)

    def admitted(self, name: str, record: Record, answer: str = KEPT, **more: object) -> Case:
        held: dict[str, object] = {
            "held": self.papers,
            "official": self.stands,
            "organisers": self.organisers,
        }
        return Case(name, record, answer, **(held | more))  # type: ignore[arg-type]


def altered(record: Record, secret: SecretKey, **changes: object) -> Record:
    """Sign the record again with something changed; tags by name, None takes one away."""
    tags: list[Tag] = []
    given = {name.rstrip("_"): value for name, value in changes.items()}
    for tag in record.tags:
        value = given.get(tag[0], tag)
        if value is not None:
            tags.append(tag if value is tag else (tag[0], *value))  # type: ignore[misc]
    more = given.get("more", ())
    content = str(given.get("content", record.content))
    at = int(str(given.get("created_at", record.created_at)))
    return sign(Draft(record.kind, (*tags, *more), content, at), secret)  # type: ignore[misc]


def petitions(b: Bench) -> Iterator[Case]:  # noqa: PLR0915 - a list of cases
    def spoilt(name: str, reason: str, **changes: object) -> Case:
        return by_rule(name, altered(b.world.petition, b.author, **changes), f"refused: {reason}")

    yield by_rule("with regions", b.world.petition)
    yield by_rule("a poll", b.poll.petition)
    yield by_rule("three groups", World(3, 2).petition)
    yield spoilt("a tag too many", "bad-tags", more=[("x", "y")])
    yield spoilt("no title", "bad-tags", title=None)
    yield spoilt("a basis of another phase", "bad-tags", basis=("email", "text"))
    yield spoilt("an upper-case group", "bad-tags", g=("A" * 64,))
    yield spoilt("one option alone", "bad-tags", region=None, more=[("option", "1", "да")])
    yield spoilt("an empty title", "bad-text", title=("",))
    yield spoilt("a title of 201 characters", "bad-text", title=("я" * 201,))
    yield spoilt("no text", "bad-text", content="")
    yield spoilt("a text of 20,001 characters", "bad-text", content="a" * 20_001)
    yield spoilt("a leading zero", "bad-number", open=("01",))
    yield spoilt("a window that does not divide", "bad-times", window=("604801",))
    yield spoilt("closing before opening", "bad-times", close=(str(OPEN),))
    yield spoilt("a window below a minute", "bad-times", region=None, window=("30",))
    yield spoilt("regions with short windows", "bad-times", window=("86400",))
    yield spoilt("longer than 400 days", "bad-times", close=(str(OPEN + 34_560_001),))
    yield spoilt("1 of 2", "bad-quorum", q=("1",))
    yield spoilt("3 of 2", "bad-quorum", q=("3",))
    place = b.world.petition.tags[9]
    yield by_rule("a group twice", _doubled(b, (place[1], "9" * 64)), "refused: bad-panel")
    yield by_rule(
        "kids that begin alike",
        _doubled(b, ("9" * 64, place[2][:4] + "9" * 60)),
        "refused: bad-panel",
    )
    yield by_rule(
        "options not in order",
        altered(
            b.poll.petition,
            b.author,
            option=None,
            more=[("option", "2", "a"), ("option", "1", "b")],
        ),
        "refused: bad-options",
    )
    yield by_rule(
        "an option without a label",
        altered(
            b.poll.petition, b.author, option=None, more=[("option", "1", "a"), ("option", "2", "")]
        ),
        "refused: bad-options",
    )
    pair = [("region", "b", "B"), ("region", "a", "A")]
    yield spoilt("regions not ascending", "bad-regions", region=None, more=pair)
    pair = [("region", "a", "A"), ("region", "B", "B")]
    yield spoilt("a region in capitals", "bad-regions", region=None, more=pair)
    yield b.admitted("an organiser's", b.world.petition, held=[])
    yield b.admitted(
        "of a group out of reach", b.poll.petition, "refused: unknown-group", held=[], organisers={}
    )
    stranger = altered(b.world.petition, secret_key("stranger"))
    yield b.admitted("a stranger's", stranger, "refused: unknown-author", held=[])
    yield b.without_room(b.world.petition, held=[])


def _doubled(b: Bench, second: tuple[str, str]) -> Record:
    petition = b.world.petition
    tags = list(petition.tags)
    tags[10] = ("panel", *second)
    return sign(Draft(petition.kind, tuple(tags), petition.content, petition.created_at), b.author)


def acceptances(b: Bench) -> Iterator[Case]:  # noqa: PLR0915 - a list of cases
    good = b.world.accepted[0]

    def spoilt(name: str, reason: str, **changes: object) -> Case:
        return by_rule(name, altered(good, b.author, **changes), f"refused: {reason}")

    yield by_rule("the first", good)
    for url in (
        "https://volga.example:8443/desk/one",
        "http://" + "a2" * 28 + ".onion",
        "http://127.0.0.1:8100",
        "http://localhost:8100/volga",
        "http://volga.test",
        "http://volga.test:8100",
    ):
        yield by_rule(f"at {url}", altered(good, b.author, url=(url,)))
    for url in (
        "http://volga.example",
        "https://volga.example/",
        "https://volga.example/desk?x=1",
        "https://volga.example/#x",
        "https://user@volga.example",
        "https://volga.example; script-src *",
        "https://volga.example,https://other.example",
        "https://volga.example/a b",
        "https://вольга.example",
        "https://VOLGA.example",
        "https://volga.example:99999",
        "http://127.0.0.1",
        "http://volga.test.example",
        "http://evil.example/.onion",
        "https://" + "a" * 200,
        "javascript://x",
    ):
        yield by_rule(f"at {url}", altered(good, b.author, url=(url,)), "refused: bad-url")
    yield spoilt("no address", "bad-tags", url=None)
    yield spoilt(
        "five addresses", "bad-tags", more=[("url", f"https://a{i}.example") for i in range(4)]
    )
    yield spoilt("something said", "bad-content", content="words")
    yield spoilt("a ceiling of none", "bad-number", vouchers=("0",))
    yield spoilt("a ceiling of 1,000,001", "bad-number", vouchers=("1000001",))
    spki = b64decode(good.tags[3][1])
    for name, wrong in (
        ("a key cut short", spki[:-1]),
        ("an even modulus", spki[:-6] + bytes([spki[-6] & 254]) + spki[-5:]),
        ("a modulus of 2,047 bits", spki[:81] + bytes([spki[81] & 127]) + spki[82:]),
        ("another exponent", spki[:-1] + b"\x03"),
    ):
        yield spoilt(name, "bad-spki", spki=(b64encode(wrong).decode(),))
    yield spoilt("base64 without padding", "bad-spki", spki=(good.tags[3][1] + "=",))
    yield spoilt("a desk key off the curve", "bad-key", stamping=("f" * 64,))
    yield b.admitted("of a panel group", good, held=[b.world.petition])
    yield b.admitted("before the petition", good, "refused: unknown-petition", held=[])
    siberia = Group("siberia", number=3)
    other = b.world.accept(siberia)
    named = {**b.organisers, siberia.id: [keys.public_key(one) for one in siberia.organisers]}
    yield b.admitted("of another group", other, "refused: not-on-panel", organisers=named)
    key = b64encode(siberia.spki).decode()
    yield b.admitted("with another key", altered(good, b.author, spki=(key,)), "refused: wrong-kid")
    raised = b.world.accept(b.volga, 900, prev=good.id)
    yield b.admitted("a raised ceiling", raised)
    yield b.admitted(
        "a successor of nothing held", raised, "refused: bad-successor", held=[b.world.petition]
    )
    lowered = b.world.accept(b.volga, 400, prev=good.id)
    yield b.admitted("a lowered ceiling", lowered, "refused: bad-successor")
    moved = b.world.accept(b.volga, 900, prev=good.id, stamping=b.volga.node_key)
    yield b.admitted("a successor with another desk", moved, "refused: bad-successor")
    yield b.admitted("a stranger's", altered(good, secret_key("x")), "refused: unknown-author")
    yield b.without_room(good)


def counters(b: Bench) -> Iterator[Case]:
    first, final = b.world.counters["volga"]
    second = sign(draft_counter(first, 7, OPEN + DAYS * DAY), b.desk)
    raised = sign(draft_counter(first, 7, CLOSE, raised=b.world.accepted[0].id), b.desk)
    for name, one in (
        ("0", first),
        ("1", second),
        ("final", final),
        ("of a raised ceiling", raised),
    ):
        yield by_rule(name, one)

    def spoilt(name: str, reason: str, record: Record, **changes: object) -> Case:
        return by_rule(name, altered(record, b.desk, **changes), f"refused: {reason}")

    yield spoilt("0 that follows something", "bad-tags", second, n=("0",))
    yield spoilt("1 that follows nothing", "bad-tags", first, n=("1",))
    yield spoilt("0 without acceptances", "bad-tags", first, acceptance=None)
    yield spoilt("final in the middle", "bad-tags", final, more=[("acceptance", "0" * 64)])
    yield spoilt("something said", "bad-content", first, content="words")
    yield spoilt("a fraction", "bad-number", second, issued=("1.5",))
    yield spoilt("more than a million", "bad-number", second, issued=("1000001",))
    yield b.admitted("a desk's own", first)
    yield b.admitted("of a petition not held", first, "refused: unknown-petition", held=[])
    yield b.admitted("a stranger's", altered(first, secret_key("x")), "refused: unknown-desk")
    yield b.admitted("of a desk not official", first, "refused: unknown-desk", official=[])
    other = draft_first_counter(b.world.petition, b.world.groups[1].id, [first.id])
    yield b.admitted("for another group", sign(other, b.desk), "refused: unknown-desk")
    yield b.admitted(
        "0 dated after open", altered(first, b.desk, created_at=OPEN + DAY), "refused: bad-time"
    )
    yield b.admitted(
        "after close", altered(second, b.desk, created_at=CLOSE + DAY), "refused: bad-time"
    )
    yield b.admitted(
        "within a window", altered(second, b.desk, created_at=OPEN + 5), "refused: bad-time"
    )
    yield b.admitted("final within a window", altered(final, b.desk, created_at=OPEN + 5))
    many = altered(second, b.desk, n=("2",))
    yield b.admitted("2 of one window", many, "refused: bad-number")


def closing_lists(b: Bench) -> Iterator[Case]:
    good = b.lists[0]
    charters = [one.charter for one in b.world.groups if one.charter]

    def spoilt(name: str, reason: str, **changes: object) -> Case:
        return by_rule(name, altered(good, b.desk, **changes), f"refused: {reason}")

    yield by_rule("of a desk", good)
    yield by_rule("without counters", altered(good, b.desk, counter=None))
    yield spoilt("a sum in capitals", "bad-tags", count=("1", "A" * 64))
    yield spoilt("counters not ascending", "bad-tags", counter=("a" * 64,))
    yield spoilt("a tag after the counters", "bad-tags", more=[("x", "y")])
    yield spoilt("something said", "bad-content", content="words")
    yield spoilt("a number that is none", "bad-number", count=("-1", good.tags[2][2]))
    held = [*b.papers, *charters]
    yield b.admitted("a desk's", good, held=held)
    yield b.admitted("a node's", altered(good, b.volga.node_secret), held=held)
    yield b.admitted("of a petition not held", good, "refused: unknown-petition", held=[])
    stranger = altered(good, secret_key("x"))
    yield b.admitted("a stranger's", stranger, "refused: unknown-author", held=held)
    early = altered(good, b.desk, created_at=CLOSE)
    yield b.admitted("dated to close", early, "refused: bad-time", held=held)


def signatures(b: Bench) -> Iterator[Case]:  # noqa: PLR0915 - a list of cases
    good, secret = b.signature, b.who.secret_key
    e, region, one, two = good.tags
    stamp = b64decode(one[2])

    def made(tags: Sequence[Tag], content: str = "", at: int = OPEN) -> Record:
        return sign(Draft(3971, tuple(tags), content, at), secret)

    def spoilt(name: str, reason: str, tags: Sequence[Tag], content: str = "") -> Case:
        return by_rule(name, made(tags, content), f"refused: {reason}")

    def checked(name: str, reason: str, tags: Sequence[Tag], at: int = OPEN) -> Case:
        return b.admitted(name, made(tags, at=at), f"refused: {reason}")

    yield by_rule("with a region", good)
    yield by_rule("without one", b.plain)
    yield by_rule("an answer to a poll", b.answer)
    yield spoilt("a tag too many", "bad-tags", [e, region, ("x",), one, two])
    yield spoilt("region twice", "bad-tags", [e, region, region, one, two])
    yield spoilt("an option of three digits", "bad-tags", [e, ("option", "100"), one, two])
    yield spoilt("a petition of 63 digits", "bad-tags", [("e", e[1][1:]), one, two])
    yield spoilt("no stamp", "bad-stamp-form", [e])
    yield spoilt(
        "six stamps", "bad-stamp-form", [e, *(("stamp", f"{i:016x}", one[2]) for i in range(6))]
    )
    yield spoilt("stamps not ascending", "bad-stamp-form", [e, two, one])
    yield spoilt("a stamp twice", "bad-stamp-form", [e, one, one])
    yield spoilt("a key in capitals", "bad-stamp-form", [e, ("stamp", "A" * 16, one[2])])
    yield spoilt(
        "a stamp cut short", "bad-stamp-form", [e, (*one[:2], b64encode(stamp[1:]).decode())]
    )
    yield spoilt("loose bits in base64", "bad-stamp-form", [e, (*one[:2], loosened(one[2]))])
    yield spoilt("base64 for addresses", "bad-stamp-form", [e, (*one[:2], "-" + one[2][1:])])
    yield spoilt("words of support", "bad-content", [e, one, two], "words")
    yield b.admitted("stamped by both", good)
    yield b.admitted("of a petition not held", good, "refused: unknown-petition", held=[])
    yield b.admitted("of a petition not official", good, "refused: unknown-petition", official=[])
    lone = [b.world.petition.id, b.world.accepted[0].id]
    yield b.admitted("an acceptance not official", good, "refused: not-open", official=lone)
    seen = [*b.papers, b.world.counters["volga"][0]]
    yield b.admitted("disowned, but seen by the other desk", good, official=lone, held=seen)
    yield checked("a second after a window's start", "bad-time", [e, one, two], OPEN + 1)
    yield checked("dated to close", "bad-time", [e, one, two], CLOSE)
    yield checked("dated before open", "bad-time", [e, one, two], OPEN - DAYS * DAY)
    yield checked("an option where none is", "bad-option", [e, ("option", "1"), one, two])
    yield checked("a region not offered", "bad-region", [e, ("region", "moon"), one, two])
    yield checked("one stamp of two", "no-quorum", [e, one])
    yield checked(
        "a key not on the panel", "unknown-stamp-key", [e, ("stamp", "0" * 16, one[2]), two]
    )
    yield checked("one group's stamp under both keys", "bad-stamp", [e, one, (*two[:2], one[2])])
    for name, number in _numbers(b):
        text = b64encode(number.to_bytes(256)).decode()
        yield checked(f"the number {name}", "bad-stamp", [e, (*one[:2], text), two])
    thief = secret_key("thief")
    stolen = sign(Draft(3971, good.tags, "", OPEN), thief)
    yield b.admitted("another key with stolen stamps", stolen, "refused: bad-stamp")
    yield b.admitted("ten minutes early", good, now=OPEN - 600)
    yield b.admitted("earlier still", good, "refused: not-yet", now=OPEN - 601)
    yield b.admitted("a day after close", good, "refused: closed", now=CLOSE + DAY)
    yield b.admitted("just before that", good, now=CLOSE + DAY - 1)
    yield b.admitted("from a peer, later", good, now=CLOSE + DAY, origin="peer")
    poll = [b.poll.petition, *b.poll.accepted]
    ids = [one.id for one in poll]
    yield replace(Case("a poll, before close", b.answer, KEPT, poll, ids), now=CLOSE - 1)
    yield replace(Case("a poll, at close", b.answer, "refused: closed", poll, ids), now=CLOSE)
    other = sign(
        Draft(3971, (b.answer.tags[0], ("option", "3"), *b.answer.tags[2:]), "", OPEN), secret
    )
    yield Case("an option not offered", other, "refused: bad-option", poll, ids)
    none = sign(Draft(3971, (b.answer.tags[0], *b.answer.tags[2:]), "", OPEN), secret)
    yield Case("a poll without an option", none, "refused: bad-option", poll, ids)


def loosened(text: str) -> str:
    """Set a bit of the last letter that no byte is made of."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return text[:-3] + letters[letters.index(text[-3]) ^ 1] + "=="


def _numbers(b: Bench) -> Iterator[tuple[str, int]]:
    seat = b.world.panel.seat(b.signature.tags[2][1])
    assert seat is not None
    modulus = seat.key.modulus
    yield from (("0", 0), ("1", 1), ("n - 1", modulus - 1), ("n", modulus))


def withdrawals(b: Bench) -> Iterator[Case]:
    good, secret = b.withdrawal, b.who.secret_key

    def made(tags: Sequence[Tag], content: str = "", at: int = OPEN) -> Record:
        return sign(Draft(3972, tuple(tags), content, at), secret)

    e = good.tags[0]
    held = [b.world.petition, b.signature]
    yield by_rule("of one petition", good)
    yield by_rule("a tag too many", made([e, ("x",)]), "refused: bad-tags")
    yield by_rule("of nothing", made([]), "refused: bad-tags")
    yield by_rule("a reason given", made([e], "words"), "refused: bad-content")
    yield b.admitted("of what it signed", good, held=held)
    yield b.admitted("of a petition not held", good, "refused: unknown-petition", held=[])
    yield b.admitted("within a window", made([e], at=OPEN + 1), "refused: bad-time", held=held)
    unsigned = [b.world.petition]
    yield b.admitted("of what it never signed", good, "refused: unknown-signature", held=unsigned)
    yield b.admitted("too early", good, "refused: not-yet", held=held, now=OPEN - 601)
    yield b.admitted("a day after close", good, "refused: closed", held=held, now=CLOSE + DAY)


MAKERS = {
    "petition": petitions,
    "acceptance": acceptances,
    "counter": counters,
    "closing_list": closing_lists,
    "signature": signatures,
    "withdrawal": withdrawals,
}
assert list(MAKERS) == [kind.name for kind in KINDS]
