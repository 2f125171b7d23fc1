"""Cases of the groups' kinds: records that are kept, and one for each reason that refuses them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from groups.world import NOW, World, group_of, public
from petition.kind_cases import KEPT, Case, altered, by_rule
from petition_world import secret_key
from wayhome.codec import bech32, limits
from wayhome.crypto import keys
from wayhome.groups.caseworker import consent, named_by
from wayhome.groups.kinds.charter import Charter
from wayhome.records.draft import Draft
from wayhome.records.record import Record, Tag
from wayhome.records.signing import sign

NOBODYS = "9" * 64  # an id of nothing


@dataclass(frozen=True)
class GroundCase(Case):
    """A case with what `admit` stands on; `groups` says whose charters the later ones are."""

    groups: Mapping[str, str] = field(default_factory=dict)


class Bench:
    """Two groups with one of everything, and the ways to spoil it."""

    def __init__(self) -> None:
        self.world = world = World()
        self.volga = world.found("Родные Волги", 2, "abc")
        self.ural = world.found("Урал ждёт", 1, "uv")
        self.poem = world.post(self.volga, "ab", "Мы ждём")
        self.whole = sign(Draft(3960, self.every_tag(), "", NOW), secret_key("a"))
        self.link = world.link(self.volga, "ab", self.ural)
        self.unlink = world.unlink(self.volga, "ab", self.link)
        self.second = world.amend([self.volga], 2, "bcd", "abcd", [self.poem, self.link])
        self.third = world.amend([self.volga], 2, "acd", "acd", [self.poem])
        self.healed = world.amend([self.second, self.third], 2, "bcd", "bcd")
        self.cosign = world.records[1]

    @property
    def charters(self) -> list[Record]:
        return [self.volga, self.ural, self.second, self.third]

    def every_tag(self) -> tuple[Tag, ...]:
        """Give a founding charter's tags with everything that may stand in them."""
        return (
            ("name", "Родные Волги"),
            ("k", "2"),
            *(("organiser", public(one)) for one in "abc"),
            *(("lang", code) for code in ("ru", "tt")),
            *(("region", code) for code in ("RU-SAM", "RU-SAR")),
            ("node", "https://volga.example", public("n")),
            ("node", "wss://volga.example:8443/relay", public("m")),
            caseworker("w", "intake", custodian=recipient("c")),
            caseworker("x", "worker"),
        )

    def admitted(self, name: str, record: Record, answer: str = KEPT, **more: object) -> GroundCase:
        ground: dict[str, object] = {
            "held": [],
            "organisers": {one.id: Charter.of(one).organisers for one in self.charters},
            "groups": {one.id: group_of(one) for one in self.charters},
        }
        return GroundCase(name, record, answer, **(ground | more))  # type: ignore[arg-type]

    def without_room(self, record: Record, **more: object) -> GroundCase:
        no = "refused: proposal-quota"
        return self.admitted("with no room for more", record, no, full=[record.pubkey], **more)

    def shared(self, good: Record, author: str) -> Iterator[GroundCase]:
        """Give what is asked of every record of a group."""
        charters = {one.id: Charter.of(one).organisers for one in (self.ural,)}
        yield self.admitted(
            "of a group out of reach", good, "refused: unknown-group", organisers=charters
        )
        for name, charter in (("not held", NOBODYS), ("of another group", self.ural.id)):
            yield self.admitted(
                f"under a charter {name}",
                altered(good, secret_key(author), charter=(charter,)),
                "refused: unknown-charter",
            )
        yield self.admitted(
            "under an amendment", altered(good, secret_key("d"), charter=(self.second.id,))
        )
        yield self.admitted(
            "of one who has joined, under the charter before it",
            altered(good, secret_key("d")),
            "refused: unknown-author",
        )
        yield self.admitted(
            "a stranger's", altered(good, secret_key("x")), "refused: unknown-author"
        )


def charters(b: Bench) -> Iterator[Case]:
    yield by_rule("with everything that may stand in it", b.whole)
    hybrid = (named_by(hybrid_recipient(one)) for one in "wc")
    worker = caseworker("w", "intake", next(hybrid), next(hybrid))
    tags = [*b.every_tag()[:-2], worker]
    yield by_rule(
        "with a hybrid caseworker", sign(Draft(3960, tuple(tags), "", NOW), secret_key("a"))
    )
    yield by_rule("the least", altered(b.whole, secret_key("a"), node=None, caseworker=None))
    yield by_rule("an amendment that seals", b.second)
    yield by_rule("an amendment that heals", b.healed)
    yield from _spoilt_charters(b)
    yield from _spoilt_amendments(b)
    yield from _admitted_charters(b)


def _spoilt_charters(b: Bench) -> Iterator[Case]:  # noqa: PLR0915 - a list of cases
    tags = b.every_tag()
    name, k, first, second, third, *rest = tags
    lang = rest[0]

    def spoilt(what: str, reason: str, given: Sequence[Tag], content: str = "") -> Case:
        record = sign(Draft(3960, tuple(given), content, NOW), secret_key("a"))
        return by_rule(what, record, f"refused: {reason}")

    def with_nodes(*urls: str) -> tuple[Tag, ...]:
        nodes = (("node", url, public("n")) for url in urls)
        return (name, k, first, second, third, lang, *nodes)

    organisers = [("organiser", public(f"{i}")) for i in range(17)]
    yield spoilt("without a name", "bad-tags", tags[1:])
    yield spoilt("without k", "bad-tags", [name, *tags[2:]])
    yield spoilt("without organisers", "bad-tags", [name, k, *rest])
    yield spoilt("without a language", "bad-tags", [name, k, first, second, third])
    yield spoilt("a tag of another kind", "bad-tags", [*tags, ("x", "y")])
    yield spoilt("tags in another order", "bad-tags", [k, name, *tags[2:]])
    yield spoilt("organisers in two places", "bad-tags", [*tags, first])
    yield spoilt("a name of two items", "bad-tags", [(*name, "x"), *tags[1:]])
    yield spoilt("two names", "bad-tags", [name, name, *tags[1:]])
    yield spoilt("an organiser twice", "bad-tags", [name, k, first, first, *rest])
    yield spoilt("17 organisers", "bad-tags", [name, k, *organisers, *rest])
    yield spoilt("a language of three letters", "bad-tags", [*tags[:5], ("lang", "rus")])
    yield spoilt(
        "five languages", "bad-tags", [*tags[:5], *(("lang", f"a{one}") for one in "abcde")]
    )
    yield spoilt("a region with a space", "bad-tags", [*tags[:6], ("region", "RU SAM")])
    yield spoilt(
        "four regions", "bad-tags", [*tags[:6], *(("region", f"{one}") for one in range(4))]
    )
    yield spoilt("a node without a key", "bad-tags", [*tags[:6], ("node", "https://a.example")])
    yield spoilt(
        "nine nodes", "bad-tags", with_nodes(*(f"https://a{one}.example" for one in range(9)))
    )
    yield from _spoilt_caseworkers(spoilt, tags[:-2])
    yield spoilt("a founding charter that seals", "bad-tags", [*tags, ("sealed", NOBODYS)])
    yield spoilt("a group without a charter before it", "bad-tags", [("g", b.volga.id), *tags])
    yield spoilt("something said", "bad-content", tags, "слова")
    yield spoilt("an organiser off the curve", "bad-key", [name, k, ("organiser", "f" * 64), *rest])
    yield spoilt(
        "an organiser in capitals",
        "bad-key",
        [name, k, ("organiser", public("b").upper()), first, *rest],
    )
    yield spoilt(
        "a node's key off the curve",
        "bad-key",
        [*tags[:6], ("node", "https://a.example", "f" * 64)],
    )
    for what, text in (
        ("an empty name", ""),
        ("a name of 81 letters", "я" * 81),
        ("a name that ends with a space", "Волга "),
    ):
        yield spoilt(what, "bad-text", [("name", text), *tags[1:]])
    for text in ("0", "4", "02", "two", "-1", "2.0"):
        yield spoilt(f"k is {text} of 3", "bad-number", [name, ("k", text), *tags[2:]])
    for url in (
        "ftp://volga.example",
        "volga.example",
        "https://volga.example/",
        "https://volga.example?x",
        "https://volga.example#x",
        "https://user@volga.example",
        "https://VOLGA.example",
        "https://вольга.example",
        "https://volga..example",
        "https://-volga.example",
        "https://volga.example; script-src *",
        "https://volga.example:0",
        "https://volga.example:65536",
        "https://" + "a" * 193,
    ):
        yield spoilt(f"a node at {url[:40]}", "bad-url", with_nodes(url))
    yield spoilt("founded by a stranger", "unknown-author", [name, k, second, third, *rest])


def _spoilt_caseworkers(
    spoilt: Callable[[str, str, Sequence[Tag]], Case], tags: Sequence[Tag]
) -> Iterator[Case]:
    good = caseworker("w", "intake")
    name, key, recipient_, role, none, proof = good

    def given(what: str, reason: str, *workers: Tag) -> Case:
        return spoilt(what, reason, [*tags, *workers])

    yield given("a caseworker of five items", "bad-tags", good[:-1])
    yield given("13 caseworkers", "bad-tags", *(caseworker(f"{i}", "worker") for i in range(13)))
    yield given("a caseworker twice", "bad-tags", good, caseworker("w", "worker", recipient("v")))
    yield given("a recipient twice", "bad-tags", good, caseworker("v", "intake", recipient("w")))
    yield given(
        "a custodian's recipient that is another's",
        "bad-tags",
        good,
        caseworker("v", "intake", custodian=recipient("w")),
    )
    yield given(
        "a caseworker with another role", "bad-tags", (name, key, recipient_, "chief", none, proof)
    )
    yield given(
        "a caseworker off the curve", "bad-key", (name, "f" * 64, recipient_, role, none, proof)
    )
    for what, text in (
        ("of another alphabet", recipient_.upper()),
        ("with a slip", recipient_[:-1] + ("q" if recipient_[-1] != "q" else "p")),
        ("of 31 bytes", bech32.write("age", bytes(31))),
        ("of another sort", bech32.write("age1pq", bytes(32))),
        ("that is a secret key's", bech32.write("age-secret-key-", bytes(32))),
        ("left empty", ""),
    ):
        yield given(f"a recipient {what}", "bad-recipient", caseworker("w", "intake", text))
    yield given(
        "a custodian's recipient with a slip",
        "bad-recipient",
        caseworker("w", "intake", custodian="age1"),
    )
    whole = hybrid_recipient("w")
    yield given(
        "a recipient of two sorts",
        "bad-recipient",
        good,
        caseworker("v", "intake", named_by(whole)),
    )
    yield given(
        "a custodian's recipient of another sort",
        "bad-recipient",
        caseworker("w", "intake", named_by(whole), custodian=recipient("c")),
    )
    yield given(
        "a hybrid recipient, whole", "bad-recipient", caseworker("w", "intake", whole[:900])
    )
    yield given(
        "nine hybrid caseworkers",
        "bad-tags",
        *(caseworker(f"{i}", "worker", f"{i}" * 64) for i in range(1, 10)),
    )
    yield given("a caseworker who was not asked", "bad-proof", (*good[:-1], "0" * 128))
    yield given(
        "a proof for another role", "bad-proof", (name, key, recipient_, "worker", none, proof)
    )
    yield given("a proof in capitals", "bad-proof", (*good[:-1], proof.upper()))
    yield given("another's proof", "bad-proof", (name, public("v"), recipient_, role, none, proof))


def recipient(letter: str) -> str:
    """Give what looks like a caseworker's recipient; nobody opens anything here."""
    return bech32.write("age", sha256(letter.encode()).digest())


def hybrid_recipient(letter: str) -> str:
    """Give what looks like a hybrid recipient."""
    return bech32.write("age1pq", sha256(letter.encode()).digest() * 38)


def caseworker(letter: str, role: str, to: str | None = None, custodian: str = "") -> Tag:
    said = (recipient(letter) if to is None else to, role, custodian)
    proof = keys.sign(secret_key(letter), consent(*said)).hex()
    return ("caseworker", public(letter), *said, proof)


def _spoilt_amendments(b: Bench) -> Iterator[Case]:
    group, prev, *rest = b.second.tags

    def spoilt(what: str, given: Sequence[Tag]) -> Case:
        record = sign(Draft(3960, tuple(given), "", NOW), secret_key("a"))
        return by_rule(what, record, "refused: bad-tags")

    before = sorted([b.second.id, b.third.id, b.volga.id])
    yield spoilt("an amendment of no group", [prev, *rest])
    yield spoilt("of two groups", [group, group, prev, *rest])
    yield spoilt("a charter before it twice", [group, prev, prev, *rest])
    yield spoilt(
        "two before it, descending", [group, *(("prev", one) for one in before[1::-1]), *rest]
    )
    yield spoilt("three before it", [group, *(("prev", one) for one in before), *rest])
    yield spoilt("a group in capitals", [("g", "A" * 64), prev, *rest])
    yield spoilt("a seal twice", [*b.second.tags, b.second.tags[-1]])
    yield spoilt("a seal of no id", [*b.second.tags, ("sealed", "all")])


def _admitted_charters(b: Bench) -> Iterator[Case]:
    here = {"organisers": {b.volga.id: ()}}
    yield b.admitted("founds a group within reach", b.volga, **here)
    yield b.admitted("founds a group out of reach", b.ural, "refused: unknown-group", **here)
    yield b.admitted("amends a charter held here", b.second, held=[b.volga])
    yield b.admitted("amends one not held", b.second, "refused: unknown-charter")
    yield b.admitted("heals two held here", b.healed, held=[b.second, b.third])
    yield b.admitted("heals one not held", b.healed, "refused: unknown-charter", held=[b.second])
    tags = b.second.tags
    other = sign(Draft(3960, (tags[0], ("prev", b.ural.id), *tags[2:]), "", NOW), secret_key("u"))
    yield b.admitted("amends another group's", other, "refused: unknown-charter", held=[b.ural])
    for name, one in (("one who joins by it", "d"), ("a stranger", "x")):
        yield b.admitted(
            f"written by {name}",
            altered(b.second, secret_key(one)),
            "refused: unknown-author",
            held=[b.volga],
        )
    yield b.without_room(b.second, held=[b.volga])
    yield b.admitted("founds a group, with no room", b.volga, full=[b.volga.pubkey], **here)


def cosigns(b: Bench) -> Iterator[Case]:
    good, author = b.cosign, secret_key("b")
    e, group, charter = good.tags

    def spoilt(what: str, reason: str, given: Sequence[Tag], content: str = "") -> Case:
        record = sign(Draft(3961, tuple(given), content, NOW), author)
        return by_rule(what, record, f"refused: {reason}")

    yield by_rule("of the founding charter", good)
    yield by_rule("of a post", b.world.records[6])
    yield spoilt("without a charter", "bad-tags", [e, group])
    yield spoilt("a tag too many", "bad-tags", [e, group, charter, ("x", "y")])
    yield spoilt("tags in another order", "bad-tags", [group, e, charter])
    yield spoilt("of two records", "bad-tags", [(*e, NOBODYS), group, charter])
    yield spoilt("of a record in capitals", "bad-tags", [("e", "A" * 64), group, charter])
    yield spoilt("a reason given", "bad-content", good.tags, "согласна")
    yield b.admitted("an organiser's", good)
    yield b.admitted("of a record not held", altered(good, author, e=(NOBODYS,)))
    yield from b.shared(good, "b")
    yield b.without_room(good)
    own = altered(good, author, e=(NOBODYS,), charter=(NOBODYS,))
    yield b.admitted("of an amendment that is not held, under its own id", own)
    joined = altered(own, secret_key("d"))
    named = {"organisers": {b.volga.id: Charter.of(b.volga).organisers}}
    unknown = "refused: unknown-charter"
    yield b.admitted("the same, of one who may join by it", joined, unknown, **named)


def links(b: Bench) -> Iterator[Case]:
    good, author = b.link, secret_key("a")
    group, charter, link, witness = good.tags

    def spoilt(what: str, reason: str, given: Sequence[Tag], content: str = "") -> Case:
        record = sign(Draft(3962, tuple(given), content, NOW), author)
        return by_rule(what, record, f"refused: {reason}")

    yield by_rule("to a group", good)
    yield by_rule("the end of a link", b.unlink)
    yield spoilt("without a witness", "bad-tags", [group, charter, link])
    yield spoilt("of two groups", "bad-tags", [group, charter, link, link, witness])
    yield spoilt("an end with a witness", "bad-tags", [*b.unlink.tags, witness])
    yield spoilt("both at once", "bad-tags", [*good.tags, b.unlink.tags[-1]])
    yield spoilt("to itself", "bad-tags", [group, charter, ("link", group[1]), witness])
    yield spoilt("a witness that is no id", "bad-tags", [group, charter, link, ("witness", "")])
    yield spoilt("something said", "bad-content", good.tags, "друзья")
    yield b.admitted("an organiser's", good)
    yield from b.shared(good, "a")
    yield b.without_room(good)


def seasons(b: Bench) -> Iterator[Case]:
    parts = [in_parts(hybrid_recipient(one)) for one in "wc"]
    good = _season(b, *parts)
    yield by_rule("two recipients", good)
    most = [in_parts(hybrid_recipient(f"{i}")) for i in range(17)]
    yield by_rule("sixteen recipients", _season(b, *most[:16]))
    for what, tags in (
        ("seventeen recipients", most),
        ("no recipient", []),
        ("a recipient twice", [parts[0], parts[0]]),
        ("a tag of another kind", [*parts, ("x", "y")]),
        ("a recipient in two parts", [parts[0][:-1]]),
        ("a part of 899 characters", [("recipient", parts[0][1][1:], *parts[0][2:])]),
    ):
        yield by_rule(what, _season(b, *tags), "refused: bad-tags")
    yield by_rule(
        "without a charter", altered(good, secret_key("a"), charter=None), "refused: bad-tags"
    )
    yield by_rule("something said", _season(b, *parts, content="ключи"), "refused: bad-content")
    slip = parts[0][3][:-1] + ("q" if parts[0][3][-1] != "q" else "p")
    short = in_parts(bech32.write("age1pq", bytes(1_215)))
    for what, tag in (("with a slip", (*parts[0][:3], slip)), ("of 1,215 bytes", short)):
        yield by_rule(f"a recipient {what}", _season(b, tag), "refused: bad-recipient")
    yield b.admitted("an organiser's", good)
    yield from b.shared(good, "a")
    many = [_season(b, in_parts(hybrid_recipient(f"m{n}"))) for n in range(limits.SEASONS)]
    yield b.admitted("the last that there is room for", good, held=many[1:])
    yield b.admitted("one more", good, "refused: proposal-quota", held=many)


def _season(b: Bench, *tags: Tag, content: str = "") -> Record:
    ties = (("g", b.volga.id), ("charter", b.volga.id))
    return sign(Draft(3964, (*ties, *tags), content, NOW), secret_key("a"))


def in_parts(whole: str) -> Tag:
    return ("recipient", whole[:900], whole[900:1_800], whole[1_800:])


MAKERS: dict[str, Callable[[Bench], Iterator[Case]]] = {
    "charter": charters,
    "cosign": cosigns,
    "link": links,
    "season": seasons,
}
