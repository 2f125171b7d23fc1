"""Write the vectors of sealed files anew: what is taken, and why others are not."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from cases.envelopes import Sealed, found
from groups.world import World
from wayhome.cases.blobs import blob_id
from wayhome.cases.sealedfile import Attachment, SealedFile
from wayhome.records.refused import Refused

VECTORS = Path(__file__).parents[2] / "vectors"
PARTS = (b"the first part of it", b"and the second")


def files() -> Iterator[tuple[str, bytes]]:
    charter = found(World())
    hashes = b"".join(sha256(one).digest() for one in PARTS)
    attached = Attachment(blob_id(hashes), PARTS)
    report = Sealed(charter, blobs=[("blob", attached.id, "65536")]).record
    other = Sealed(charter).record
    lines = list(SealedFile((report, other), (attached,)).lines())
    first, second = lines[2:]
    yield "two envelopes and an attachment", b"".join(lines)
    yield "an envelope alone", lines[1]
    yield "without the attachment that it names", lines[0]
    yield "the second part missing", b"".join((*lines[:2], first))
    yield "the parts in another order", b"".join((*lines[:2], second, first))
    yield (
        "a part changed",
        b"".join((*lines[:2], first, second.replace(b'"bytes":"Y', b'"bytes":"Z'))),
    )
    yield "an attachment of nobody", b"".join(lines[1:])
    yield "an attachment before an envelope", b"".join((lines[0], first, second, lines[1]))
    yield "nothing but an attachment", first + second
    yield "no base64", b"".join((lines[0], first.replace(b'"bytes":"', b'"bytes":"*')))
    yield "with something more", b"".join((lines[0], first.replace(b"}", b',"more":1}')))
    yield "five envelopes", lines[1] * 5
    yield "a charter", charter.line + b"\n"
    yield "a story", "Мужа возвращают в часть.\n".encode()
    yield "nothing", b""


def case(name: str, raw: bytes) -> dict[str, str]:
    try:
        file = SealedFile.read(raw)
    except Refused as refused:
        return {"name": name, "file": raw.decode(), "answer": f"refused: {refused.reason}"}
    assert b"".join(file.lines()) == raw
    return {"name": name, "file": raw.decode(), "answer": "kept"}


def main() -> None:
    text = json.dumps({"cases": [case(*one) for one in files()]}, ensure_ascii=False, indent=1)
    (VECTORS / "handed-in.json").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
