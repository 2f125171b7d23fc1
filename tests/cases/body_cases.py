"""Bodies that are read, and bodies that end in a drawer, for vectors and tests."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

import msgspec

from wayhome.cases import said
from wayhome.cases.body import HEAD, MARK, Place, write
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.crypto.recipients import identity_of, recipient_of

DAY = dt.date(2026, 11, 26)
PLACE = Place("a1" * 32, "b2" * 32, "1e8eee60f68cbd2d52b1d410e6c02ef6")
FAMILY = SecretKey(bytes.fromhex("11" * 32))
CASEWORKER = SecretKey(bytes.fromhex("22" * 32))
IDENTITY = identity_of("x25519", b"\x33" * 32)
HYBRID = identity_of("hybrid", b"\x44" * 32)
TAG = sha256(b"wayhome/body/1").digest()
FILE = said.File(
    "c3" * 32, IDENTITY, "справка.jpg", "image/jpeg", 81_230, "d4" * 32, "clean"
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A body, and what is made of it: empty when it is read, else the word of its drawer."""

    name: str
    plain: bytes
    word: str
    place: Place = PLACE
    at_desk_only: bool = False  # the browser knows what a family writes and reads, no more


def report(**changed: object) -> said.Report:
    made = said.Report(
        1, 1, DAY, "wounded-sent-back", "RU-VLG", "ru", "Мужа возвращают в часть.\nОн не ходит.",
        {"board": "no"}, "home", recipient_of(IDENTITY), "e5" * 32, said.Consent(figures=True),
    )  # fmt: skip
    return msgspec.structs.replace(made, **changed)


def everything() -> list[said.Statement]:
    """Give one statement of each type, with all of its fields."""
    writer = keys.public_key(CASEWORKER)
    since = said.Since("registered", dt.date(2025, 12, 5), "1234")
    steps = (("start", "2025-12-06"), ("count", 30, "calendar-days", "2026-01-04"))
    day = dt.date(2026, 1, 12)
    found = said.Sum("ru.59.answer", since, steps, day, "ru-2026.1", "f6" * 32, False)  # noqa: FBT003 - its fields in a row
    whole = said.Whole("a1" * 32, "b2" * 32, PLACE.s, writer, "07" * 64, '{"t":"note"}')
    piece = (whole.g, whole.charter, whole.s, whole.by, whole.sig)
    turn = said.Turn("family", DAY, "Спасибо.")
    recipient, hybrid = recipient_of(IDENTITY), recipient_of(HYBRID)
    return [
        report(files=(FILE,)),
        report(recipient=hybrid),
        said.PersonalDetails(1, 1, DAY, "Анна", "Волгоград", "+7", "Иван", (replace_role(FILE),)),
        said.Message(1, 2, DAY, 'Добавлю: «кавычки», "кавычки" и \\.', (FILE,)),
        said.EraseRequest(1, 3, DAY, "Передумала"),
        said.Reply(
            1, 4, DAY, "Готово.", "sent", recipient, ("до 12 января",), ("Чек?",), (turn,), (FILE,)
        ),
        said.Opened(1, 2, DAY, "08" * 16, "09" * 32, "Раненый, часть не отпускает"),
        said.CaseKey(1, 3, DAY, "08" * 16, "09" * 32, IDENTITY, (writer, "0a" * 32)),
        said.Assign(1, 4, DAY, "08" * 16, (writer, "0a" * 32), writer),
        said.Note(1, 5, DAY, "Звонила, просит не писать в часть.", (FILE,)),
        said.Related(1, 6, DAY, "0b" * 16, "same-unit"),
        said.StatusChange(1, 7, DAY, "declined", "not-ours"),
        said.Handover(1, 8, DAY, writer, "0a" * 32, "leaving"),
        said.IdentityOpened(1, 9, DAY, "для подписи", 1),
        said.Letter(1, 10, DAY, 1, "ru.court", "silence", "0c" * 32, "home", "post", "ЖАЛОБА"),
        said.CaseFact(1, 11, DAY, 1, "sent", DAY, "40012345678901", FILE),
        said.Deadline(1, 12, DAY, 1, "ru.59.answer", found, dt.date(2026, 1, 9)),
        said.Grade(1, 13, DAY, 1, "refusal", "no-power"),
        said.Outcome(1, 14, DAY, "helped", "Оставили в госпитале."),
        said.Snapshot(1, 15, DAY, (whole,)),
        said.Piece(1, 16, DAY, *piece, 2, 2, 'note"}'),
        said.Erase(1, 16, DAY, "закрыто"),
    ]  # fmt: skip


def replace_role(file: said.File) -> said.File:
    return msgspec.structs.replace(file, role="original")


def framed(text: str | bytes, *, size: int = 2_048, secret: SecretKey = FAMILY) -> bytes:
    """Frame and sign any bytes, whatever they say."""
    raw = text.encode() if isinstance(text, str) else text
    bound = bytes.fromhex(PLACE.g + PLACE.charter + PLACE.s)
    sig = keys.sign(secret, sha256(TAG + TAG + bound + raw).digest())
    by = bytes.fromhex(keys.public_key(secret))
    return (MARK + len(raw).to_bytes(4, "big") + by + sig + raw).ljust(size, b"\0")


def text_of(plain: bytes) -> str:
    """Give the JSON of a body."""
    return plain[HEAD : HEAD + int.from_bytes(plain[8:12], "big")].decode()


def cases() -> Iterator[Case]:
    for what in everything():
        tag = what.__struct_config__.tag
        is_family = isinstance(what, said.FAMILY)
        plain = write(what, PLACE, FAMILY if is_family else CASEWORKER)
        name = (
            f"{tag} to a hybrid recipient" if tag == "report" and len(plain) > 2_048 else str(tag)
        )
        yield Case(name, plain, "", at_desk_only=not is_family and tag != "reply")
    yield Case(
        "a story that fills the largest size", write(report(story="я" * 12_000), PLACE, FAMILY), ""
    )
    yield from moved()
    yield from misframed()
    yield from misspelled()


def moved() -> Iterator[Case]:
    plain = write(said.Message(1, 2, DAY, "Добрый день"), PLACE, FAMILY)
    yield Case("in another slot", plain, "moved", replace(PLACE, s="00" * 16))
    yield Case("in another group", plain, "moved", replace(PLACE, g="00" * 32))
    yield Case("under another charter", plain, "moved", replace(PLACE, charter="00" * 32))
    for name, at in (("writer", 40), ("sig", 60), ("JSON", HEAD + 30)):
        other = bytearray(plain)
        other[at] ^= 1
        yield Case(f"a bit of the {name} flipped", bytes(other), "moved")


def misframed() -> Iterator[Case]:
    plain = write(said.Message(1, 2, DAY, "Добрый день"), PLACE, FAMILY)
    yield Case("another mark", b"wayhome2" + plain[8:], "bad-body")
    yield Case("a byte short", plain[:-1], "bad-body")
    yield Case("a byte long", plain + b"\0", "bad-body")
    yield Case("filled up with something", plain[:-1] + b"1", "bad-body")
    yield Case("empty", b"", "bad-body")
    yield Case("a length beyond its end", plain[:8] + b"\xff\xff\xff\xff" + plain[12:], "bad-body")


def misspelled() -> Iterator[Case]:
    right = text_of(write(said.Message(1, 2, DAY, "Добрый день"), PLACE, FAMILY))
    for name, text in (
        ("no JSON", "Добрый день"),
        ("a list", "[]"),
        ("a space", right.replace(",", ", ", 1)),
        ("a key twice", right.replace('"v":1', '"v":1,"v":1')),
        ("an unknown field", right[:-1] + ',"name":"Анна"}'),
        ("a missing field", right.replace('"n":2,', "")),
        ("fields in another order", right.replace('"v":1,"n":2', '"n":2,"v":1')),
        ("an empty list that is left out", right[:-1] + ',"files":[]}'),
        ("a fraction", right.replace('"n":2', '"n":2.0')),
        ("number 0", right.replace('"n":2', '"n":0')),
        ("a number as text", right.replace('"n":2', '"n":"2"')),
        ("a day that never was", right.replace("2026-11-26", "2026-02-30")),
        ("an hour", right.replace("2026-11-26", "2026-11-26T10:00:00Z")),
        ("an escape that need not be", right.replace("Д", "\\u0414")),
        ("a tabulator", right.replace("Добрый день", "Добрый\\tдень")),
        ("half a surrogate", right.replace("Добрый день", "\\ud83d")),
        ("a text of 4,001 characters", right.replace("Добрый день", "я" * 4_001)),
    ):
        yield Case(name, framed(text, size=2_048 if len(text) < 900 else 32_768), "bad-body")
    yield Case(
        "bytes that are no UTF-8", framed(b'{"t":"message","v":1,"n":2,"text":"\xff"}'), "bad-body"
    )
    deep = right.replace('"Добрый день"', "[" * 15_000 + "]" * 15_000)
    yield Case("fifteen thousand brackets deep", framed(deep, size=32_768), "bad-body")
    yield Case("version 2", framed(right.replace('"v":1', '"v":2,"new":[]')), "too-new")
    yield Case(
        "a type that nobody knows", framed(right.replace("message", "prayer")), "unknown-type"
    )
    wrong = text_of(write(report(), PLACE, FAMILY))
    recipient = recipient_of(IDENTITY)
    broken = recipient[:-1] + ("q" if recipient[-1] != "q" else "p")
    yield Case("a recipient with a slip", framed(wrong.replace(recipient, broken)), "bad-body")
    late = wrong.replace('"n":1,', '"n":2,')
    yield Case("a report that is not the first", framed(late), "bad-body")
    kind = json.dumps(report().kind)
    yield Case("a kind that is no word", framed(wrong.replace(kind, '"../x"')), "bad-body")
