"""Write the vectors of proofs anew; sigs are random, so bytes change."""

import json
from collections.abc import Iterator
from pathlib import Path

from groups.world import World
from wayhome.channel.proof import Proof, read_proof, write_proof
from wayhome.records.record import Record
from wayhome.records.refused import Refused

VECTORS = Path(__file__).parents[2] / "vectors" / "channel"


def volga() -> tuple[World, Record, Record]:
    world = World()
    first = world.found("Волга", 2, "abc")
    return world, first, world.post(first, "ab", "Мы ждём их дома.", form="appeal")


def files() -> Iterator[tuple[str, bytes]]:
    world, first, post = volga()
    whole = write_proof(post, world.records)
    yield "signed by two of three", whole
    yield "as a text editor spells it", json.dumps(json.loads(whole), indent=1).encode()
    alone = [one for one in world.records if one.tags[0][1] != post.id]
    yield "signed by one of two that are needed", write_proof(post, alone)
    yield "without the charter", write_proof(post, [one for one in alone if one.kind != 3960])
    yield "one word changed", whole.replace("ждём".encode(), "едим".encode())
    yield "a sig of somebody else", whole.replace(post.sig.encode(), first.sig.encode())
    yield "another record's number", whole.replace(b'"proof":"', b'"proof":"0', 1)
    yield "cut off", whole[:-9]
    yield "with something more", whole[:-1] + b',"more":1}'
    yield "a link among it", write_proof(post, [*world.records, *_linked(first)])
    yield "of a charter", write_proof(first, world.records)
    forged = world.post(first, "xyz", "Не мы")
    yield (
        "strangers who sign",
        write_proof(forged, world.records[: world.records.index(forged) + 3]),
    )
    yield from _amended()


def _linked(first: Record) -> list[Record]:
    other = World()
    return [other.link(first, "ab", other.found("Урал", 1, "u"))]


def _amended() -> Iterator[tuple[str, bytes]]:
    world, first, post = volga()
    world.amend([first], 2, "bcd", "bcd", [post])
    yield "sealed by the next charter", write_proof(post, world.records)
    world.amend([first], 2, "abx", "abx", [post])
    yield "in a dispute", write_proof(post, world.records)
    world, first, post = volga()
    world.amend([first], 2, "bcd", "bcd")
    yield "left out by the next charter", write_proof(post, world.records)


def told(proof: Proof) -> dict[str, object]:
    names = ("name", "signed", "organisers", "k", "group", "is_official", "is_replaced", "is_split")
    return {name: getattr(proof, name) for name in names}


def case(name: str, raw: bytes) -> dict[str, object]:
    try:
        return {
            "name": name,
            "file": raw.decode(),
            "answer": "kept",
            "proof": told(read_proof(raw)),
        }
    except Refused as refused:
        return {"name": name, "file": raw.decode(), "answer": f"refused: {refused.reason}"}


def main() -> None:
    cases = [case(name, raw) for name, raw in files()]
    text = json.dumps({"cases": cases}, ensure_ascii=False, indent=1)
    (VECTORS / "proofs.json").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
