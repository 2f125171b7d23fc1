"""Write the vectors of saved forms anew; sigs are random, so bytes change."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from groups.world import World
from wayhome.channel.proof import write_proof
from wayhome.channel.savedform import SavedForm, line_of, read_form, write_signed
from wayhome.records.record import Record

VECTORS = Path(__file__).parents[2] / "vectors" / "channel"


def body_of(charter: Record, words: str = "Напишите") -> bytes:
    """A form in small: what is asked, and the charter by which it seals."""
    return f'<!doctype html>\n<p data-records="{charter.id}">{words}</p>\n</html>\n'.encode()


def signed(world: World, charter: Record, text: str) -> bytes:
    """The proof of a post with this text."""
    return write_proof(world.post(charter, "ab", text, title="Форма"), world.records)


def files() -> Iterator[tuple[str, bytes]]:
    world = World()
    charter = world.found("Волга", 2, "abc")
    body = body_of(charter)
    line = line_of(sha256(body).hexdigest())
    proof = signed(world, charter, f"Форма одним файлом.\n\n{line}")
    whole = write_signed(body, proof)
    yield "signed in its very bytes", whole
    yield "nothing behind it", body
    yield "one word changed", whole.replace("Напишите".encode(), "Пришлите".encode())
    yield "something behind the proof", whole + b"<p>more</p>\n"
    yield (
        "the proof of a post about something else",
        write_signed(body, signed(world, charter, "Слово")),
    )
    warning = f"Не берите файл с суммой {line}: он не наш."
    yield "a post that warns of it", write_signed(body, signed(world, charter, warning))
    forged = world.post(charter, "xyz", line, title="Форма")
    yield "strangers who sign", write_signed(body, write_proof(forged, world.records))
    yield "a proof that is none", write_signed(body, b"{}")
    yield "what is no base64", body + b"<!-- wayhome-proof abcde -->\n"
    other = World().found("Урал", 1, "u")
    elsewhere = body_of(other)
    text = line_of(sha256(elsewhere).hexdigest())
    yield "the charter of another group", write_signed(elsewhere, signed(world, charter, text))


def told(form: SavedForm) -> dict[str, object]:
    name = form.proof.name if form.proof else ""
    return {"word": form.word, "sum": form.sum, "name": name}


def case(name: str, raw: bytes) -> dict[str, object]:
    return {"name": name, "file": raw.decode(), "form": told(read_form(raw))}


def main() -> None:
    text = json.dumps({"cases": [case(*one) for one in files()]}, ensure_ascii=False, indent=1)
    (VECTORS / "saved-forms.json").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
