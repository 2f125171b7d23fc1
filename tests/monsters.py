"""Monsters: every nasty byte string we could think of, and the reason each must get.

Most of them carry a right id and a right sig over what they say, so that only the strictness that
each is meant for can stop it. ODD are other spellings of a good record: a person may bring them,
a file may not hold them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.records.draft import Draft
from wayhome.records.refused import Reason
from wayhome.records.signing import sign

SECRET_KEY = SecretKey(bytes(31) + b"\3")
PUBKEY = keys.public_key(SECRET_KEY)
NOW = 1_700_000_000
GOOD = sign(Draft(4002, (("t", "Урал"), ("single",)), 'one\n"two" \\ 🙂', NOW), SECRET_KEY)
LINE = GOOD.line
ROOM = limits.RECORD_BYTES - len(sign(Draft(4002, (), "", NOW), SECRET_KEY).line)


@dataclass(frozen=True, slots=True)
class Monster:
    """What it does, its bytes, and the reason it must get."""

    name: str
    raw: bytes
    reason: Reason = "bad-form"


def telling(
    created_at: bytes = b"1700000000",
    kind: bytes = b"4002",
    tags: bytes = b"[]",
    content: bytes = b'""',
) -> bytes:
    """Make a record of these very bytes, with the id and the sig that are right for them."""
    body = b",".join((created_at, kind, tags, content))
    digest = sha256(b'[0,"%b",%b]' % (PUBKEY.encode(), body)).digest()
    return (
        b'{"id":"%b","pubkey":"%b","created_at":%b,"kind":%b,"tags":%b,"content":%b,"sig":"%b"}'
        % (
            digest.hex().encode(),
            PUBKEY.encode(),
            created_at,
            kind,
            tags,
            content,
            keys.sign(SECRET_KEY, digest).hex().encode(),
        )
    )


def changed(old: bytes, new: bytes) -> bytes:
    """Change the good line in one place."""
    assert LINE.count(old) == 1, old
    return LINE.replace(old, new)


def _not_records() -> Iterator[Monster]:
    for raw in (b"", b" ", b"\0", b"null", b"true", b"1", b'"x"', b"[]", b"{}", b"\x93\1\2\3"):
        yield Monster(f"not a record: {raw!r}", raw)
    yield Monster("in a list", b"[" + LINE + b"]")
    yield Monster("as a string", b'"' + LINE.replace(b'"', b'\\"') + b'"')
    yield Monster("two records", LINE + LINE)
    yield Monster("two records on two lines", LINE + b"\n" + LINE)
    yield Monster("garbage behind", LINE + b"x")
    yield Monster("a NUL behind", LINE + b"\0")
    yield Monster("cut", LINE[:-1])
    yield Monster("cut in the middle", LINE[: len(LINE) // 2])
    yield Monster("a comma too many", LINE[:-1] + b",}")
    yield Monster("a comment", b"/* */" + LINE)
    yield Monster("single quotes", LINE.replace(b'"', b"'"))
    yield Monster("a byte order mark", b"\xef\xbb\xbf" + LINE)
    yield Monster("a no-break space in front", b"\xc2\xa0" + LINE)
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield Monster(name, LINE.decode().encode(name))
    yield Monster("brackets", b"[" * 60_000)
    yield Monster("braces", b'{"id":' * 10_000)


def _sizes() -> Iterator[Monster]:
    yield Monster("a byte too long", telling(content=b'"%b"' % (b"x" * (ROOM + 1))), "too-large")
    yield Monster("too long with spaces", LINE + b" " * limits.RECORD_BYTES, "too-large")
    yield Monster("a megabyte of brackets", b"[" * 1_000_000, "too-large")


def _keys() -> Iterator[Monster]:
    for name, value in json.loads(LINE).items():
        key = b'"%b":' % name.encode()
        again = json.dumps(value).encode() + b"," + LINE[1:]
        yield Monster(f"{name} twice", b"{" + key + again)
        yield Monster(f"{name} twice, once escaped", b'{"\\u%04x' % ord(name[0]) + key[2:] + again)
        yield Monster(f"{name} missing", changed(key, b'"x' + key[1:]))
        yield Monster(f"{name} null, the true one beside it", changed(key, key + b'null,"x":'))
        yield Monster(f"{name} in capitals", changed(key, key.upper()))
    yield Monster("a field we do not know", LINE[:-1] + b',"x":1}')
    yield Monster("a field that would change classes", LINE[:-1] + b',"__proto__":{}}')
    yield Monster("a field without a name", LINE[:-1] + b',"":1}')


def _numbers() -> Iterator[Monster]:
    odd = b"1.0 1.5 1e0 1E2 1e-1 1e999 -1 NaN Infinity -Infinity true false null 01 +1 0x1 {} []"
    huge = (b"9" * 400, b"9" * 5_000, b"18446744073709551616")
    for raw in (*odd.split(), *huge, b'"1"', b"", "\u0661".encode()):
        shown = raw[:12].decode()
        yield Monster(f"created_at {shown!r} of {len(raw)}", telling(created_at=raw))
        yield Monster(f"kind {shown!r} of {len(raw)}", telling(kind=raw))
    yield Monster("created_at 2^53", telling(created_at=b"9007199254740992"))
    yield Monster("kind 65536", telling(kind=b"65536"))


def _tags() -> Iterator[Monster]:
    odd = b'null {} "t" 1 ["t"] [{"t":"x"}] [null] [[]] [[""]] [["t"],] [["t"][]]'
    for raw in odd.split():
        yield Monster(f"tags {raw.decode()}", telling(tags=raw))
    for item in (b"1", b"true", b"null", b'["x"]', b"{}"):
        yield Monster(f"a tag with {item.decode()}", telling(tags=b'[["t",%b]]' % item))
    yield Monster("1,001 tags", telling(tags=b"[%b]" % b",".join([b'["t"]'] * 1_001)))
    yield Monster("17 items", telling(tags=b"[[%b]]" % b",".join([b'"t"'] * 17)))
    yield Monster("deep tags", telling(tags=b"[" * 20_000 + b"]" * 20_000))
    yield Monster("a line feed in a tag", telling(tags=b'[["t","a\\nb"]]'))
    yield Monster("a line feed in a name", telling(tags=b'[["t\\n"]]'))
    yield Monster("a surrogate in a tag", telling(tags=b'[["t","\\ud800"]]'))


def _texts() -> Iterator[Monster]:
    controls = (*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0))
    for code in (*controls, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF):
        yield Monster(f"U+{code:04X} escaped", telling(content=b'"a\\u%04xb"' % code))
        raw = chr(code).encode()
        yield Monster(f"U+{code:04X} as it is", telling(content=b'"a%bb"' % raw))
        yield Monster(f"U+{code:04X} in a tag", telling(tags=b'[["t","%b"]]' % raw))
    yield Monster("a line feed as it is", telling(content=b'"a\nb"'))
    for pair in (b"\\ud800", b"\\udc00", b"\\ud800x", b"\\ud800\\u0041", b"\\udc00\\ud800"):
        yield Monster(f"surrogates {pair.decode()}", telling(content=b'"%b"' % pair))
    for raw in (b"\xff", b"\x80", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82"):
        yield Monster(f"bad UTF-8 {raw.hex()}", telling(content=b'"%b"' % raw))
    for raw in (b"\\x41", b"\\u12", b"\\u{41}", b"\\", b"\\'", b"\\uZZZZ"):
        yield Monster(f"escape {raw.decode()}", telling(content=b'"%b"' % raw))
    for raw in (b"null", b"1", b"[]", b"{}", b"true"):
        yield Monster(f"content {raw.decode()}", telling(content=raw))


def _proofs() -> Iterator[Monster]:
    for name, value in (("id", GOOD.id), ("pubkey", GOOD.pubkey), ("sig", GOOD.sig)):
        for what, new in (
            ("in capital digits", value.upper()),
            ("a digit short", value[:-1]),
            ("a digit long", value + "0"),
            ("two digits short", value[:-2]),
            ("empty", ""),
            ("not hex", "g" + value[1:]),
            ("with 0x", "0x" + value[2:]),
            ("with a space", " " + value[1:]),
            ("in wide digits", "\uff11" + value[1:]),
            ("in Arabic digits", "\u0661" + value[1:]),
        ):
            yield Monster(f"{name} {what}", changed(value.encode(), new.encode()))
    other = sign(Draft(4002, (), "other", NOW), SECRET_KEY)
    stranger = sign(Draft(4002, GOOD.tags, GOOD.content, NOW), SecretKey(bytes(31) + b"\5"))
    yield Monster("another's id", changed(GOOD.id.encode(), other.id.encode()), "bad-id")
    yield Monster("another time", changed(b"1700000000", b"1700000001"), "bad-id")
    yield Monster("another kind", changed(b'"kind":4002', b'"kind":4001'), "bad-id")
    yield Monster("another text", changed(b"one", b"One"), "bad-id")
    yield Monster("another tag", changed(b'["single"]', b'["simple"]'), "bad-id")
    yield Monster("another author", changed(PUBKEY.encode(), stranger.pubkey.encode()), "bad-id")
    yield Monster("another's sig", changed(GOOD.sig.encode(), other.sig.encode()), "bad-sig")
    yield Monster("a sig of zeros", changed(GOOD.sig.encode(), b"0" * 128), "bad-sig")
    yield Monster("a sig of ones", changed(GOOD.sig.encode(), b"f" * 128), "bad-sig")
    turned = GOOD.sig[64:] + GOOD.sig[:64]
    yield Monster("a sig turned round", changed(GOOD.sig.encode(), turned.encode()), "bad-sig")
    theirs = changed(GOOD.sig.encode(), stranger.sig.encode())
    yield Monster("signed by a stranger", theirs, "bad-sig")
    nobody = telling().replace(PUBKEY.encode(), b"f" * 64)
    yield Monster("an author off the curve, wrong id", nobody, "bad-id")


MONSTERS: tuple[Monster, ...] = (
    *_not_records(),
    *_sizes(),
    *_keys(),
    *_numbers(),
    *_tags(),
    *_texts(),
    *_proofs(),
)

ODD: dict[str, bytes] = {
    "spaces": LINE.replace(b'":', b'" : ').replace(b',"', b' , "'),
    "a line feed behind": LINE + b"\n",
    "spaces around": b" \t\r\n" + LINE + b" ",
    "escaped letters": changed(b"one", b"\\u006fne"),
    "an escaped key": changed(b'"content"', b'"\\u0063ontent"'),
    "an escaped slash": changed("Урал".encode(), b"\\u0423\\u0440\\u0430\\u043b"),
    "a pair of surrogates": changed("🙂".encode(), b"\\ud83d\\ude42"),
    "another order": b'{"sig":"%b",' % GOOD.sig.encode()
    + changed(b',"sig":"%b"' % GOOD.sig.encode(), b"")[1:],
}
