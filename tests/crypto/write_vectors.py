"""Write vectors/receipt-codes.json, sealed-files.json and crypto/age-cctv.json anew.

The last comes from the package cctv-age of npm (C2SP's vectors; 0BSD, CC0 or Unlicense, as you
like): `write_vectors.py FILE`, FILE being its exports as {name: base64}.
"""

import base64
import json
import sys
import unicodedata
from pathlib import Path

from wayhome.crypto import keys, receipts, slots
from wayhome.crypto.recipients import new_identity, recipient_of
from wayhome.crypto.seal import seal

VECTORS = Path(__file__).parents[2] / "vectors"
CHANCES = {
    "counting": "00112233445566778899aabb",
    "all zeros": "00" * 12,
    "all ones": "ff" * 12,
    "the last word alone": "000000000000000000000fff",
}
WRITER = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
# Two of 16 MiB are left out, and what age can do beside: armour and passphrases.
LEFT_OUT = {"stream_257_chunks_full", "stream_258_chunks"}


def receipt(name: str, chance: str) -> dict[str, object]:
    code = receipts.checked(bytes.fromhex(chance))
    family = receipts.family_keys(code)
    return {
        "name": name,
        "chance": chance,
        "code": code.hex(),
        "numbers": receipts.numbers(code),
        "ru": " ".join(receipts.write(code, "ru")),
        "en": " ".join(receipts.write(code, "en")),
        "sign": family.sign.hex(),
        "writer": keys.public_key(family.sign),
        "recipient": recipient_of(family.identity("x25519")),
        "hybrid": recipient_of(family.identity("hybrid")),
        "box": family.box.hex(),
        "f": [slots.family_slot(family.box, "f", number) for number in range(3)],
        "r": [slots.family_slot(family.box, "r", number) for number in range(3)],
        "d": [slots.desk_slot(family.box, WRITER, number) for number in range(3)],
    }


def typed() -> list[dict[str, object]]:
    code = receipts.checked(bytes.fromhex(CHANCES["counting"]))
    ru, en = receipts.write(code, "ru"), receipts.write(code, "en")
    lines = "\n".join(f"{i}. {word}" for i, word in enumerate(ru, 1))
    mixed, strange = [*ru[:4], *en[4:]], ["ъъъъ", *ru[1:7], "qqqq"]
    foreign = [ru[0].replace("е", "є"), *ru[1:]]
    with_breve = next(word for word in receipts.word_list("ru") if "й" in word)
    number = receipts.word_list("ru").index(with_breve)
    other = receipts.checked((number << 84).to_bytes(12, "big"))
    decomposed = unicodedata.normalize("NFD", " ".join(receipts.write(other, "ru")))
    whole = {"code": code.hex()}
    return [
        {"name": "numbered lines", "typed": lines} | whole,
        {"name": "capitals, commas", "typed": ", ".join(en).upper()} | whole,
        {"name": "half in another language", "typed": " ".join(mixed)} | whole,
        {"name": "letters in two parts", "typed": decomposed, "code": other.hex()},
        {"name": "a letter of another alphabet", "typed": " ".join(foreign), "slips": [0]},
        {"name": "empty", "typed": "", "slips": []},
        {"name": "a word short", "typed": " ".join(ru[:7]), "slips": []},
        {"name": "a word too many", "typed": " ".join([*ru, ru[0]]), "slips": []},
        {"name": "two words swapped", "typed": " ".join([ru[1], ru[0], *ru[2:]]), "slips": []},
        {"name": "two words of no list", "typed": " ".join(strange), "slips": [0, 7]},
    ]


def cctv(exported: Path) -> list[dict[str, object]]:
    found = []
    for name, raw in sorted(json.loads(exported.read_text("ascii")).items()):
        head, _, file = base64.b64decode(raw).partition(b"\n\n")
        fields = [line.split(": ", 1) for line in head.decode("ascii").splitlines()]
        said = dict(fields)
        if name in LEFT_OUT or said.keys() & {"armored", "passphrase"}:
            continue
        found.append(
            {
                "name": name,
                "expect": said["expect"],
                "identities": [value for key, value in fields if key == "identity"],
                "payload": said.get("payload", ""),
                "compressed": "compressed" in said,
                "file": base64.b64encode(file).decode("ascii"),
            }
        )
    return found


def written(name: str, value: dict[str, object]) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    (VECTORS / name).write_text(text + "\n", "utf-8")


def files() -> list[dict[str, object]]:
    """Files sealed here, beside those that typage sealed once and that are kept."""
    kept = json.loads((VECTORS / "sealed-files.json").read_text("utf-8"))["cases"]
    found = [one for one in kept if one["by"] == "typage"]
    for one in list(found):
        recipients = [recipient_of(one["identity"]), recipient_of(new_identity(one["sort"]))]
        sealed = seal(one["plain"].encode(), recipients, places=3)
        found.append(one | {"by": "python", "file": base64.b64encode(sealed).decode("ascii")})
    return found


if __name__ == "__main__":
    cases = [receipt(name, chance) for name, chance in CHANCES.items()]
    written("receipt-codes.json", {"desk_writer": WRITER, "receipts": cases, "typed": typed()})
    written("sealed-files.json", {"cases": files()})
    for exported in map(Path, sys.argv[1:]):
        source = "C2SP/CCTV, age, by the npm package cctv-age 0.2.0; 0BSD OR CC0-1.0 OR Unlicense"
        written("crypto/age-cctv.json", {"source": source, "cases": cctv(exported)})
