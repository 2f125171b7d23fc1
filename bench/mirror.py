"""Mirror: seconds to write a site as plain files, first and when one text is new, and the floor.

The floor hashes and writes the same bytes and nothing else.
"""

import argparse
import asyncio
import json
import tempfile
import time
from hashlib import sha256
from pathlib import Path

from petition_world import DAY, OPEN, Group
from sheets import papers, say, sheet, world
from wayhome.channel.service import Writing, write
from wayhome.crypto.keys import SecretKey
from wayhome.mirror.folder import Folder
from wayhome.mirror.writing import Written, write_mirror
from wayhome.node import Node, NodeParts
from wayhome.readers import site_of_folder
from wayhome.sources import lines_of
from wayhome.web.pictures import qr
from wayhome.web.site import Face

SECRET = SecretKey(bytes(31) + b"\x07")
FACE = Face({"ru": "Путь домой", "en": "The Way Home"}, {}, address="https://here.example")
WORDS = "Мы, родные мобилизованных, просим назвать срок и вернуть их домой. " * 20 + "Всех."


def clock() -> int:
    """Give the bench's time: after all windows of its signatures."""
    return OPEN + 400 * DAY


def text_of(group: Group, number: int) -> list[bytes]:
    """Let a group say one text; its lines."""
    before = len(group.records)
    writing = Writing(f"{number} Нас назвали фейком", "ru", f"{number} {WORDS}", "post")
    group.say(write((group.id, group.id), writing, OPEN - (number // 40) * 31 * DAY))
    return [one.line for one in group.records[before:]]


def fill(parts: NodeParts, lines: list[bytes], signatures: Path | None) -> None:
    """Let a node take lines, and then a file of signatures."""
    node = Node(parts, clock)

    async def take() -> None:
        refused = [
            one
            async for one in node.intake.receive_lines(lines, "peer")
            if isinstance(one, BaseException)
        ]
        if signatures is not None:
            found = node.intake.receive_lines(lines_of(signatures), "peer")
            refused += [one async for one in found if isinstance(one, BaseException)]
        if refused:
            raise AssertionError(f"the bench's own records were refused: {refused[:3]}")

    try:
        asyncio.run(take())
    finally:
        node.close()


def mirrored(parts: NodeParts, folder: Path) -> tuple[float, Written]:
    """Write a mirror as the command does, from a folder just opened; seconds, and what it did."""
    qr.cache_clear()  # the command is a program of its own each time
    begun = time.monotonic()
    with site_of_folder(parts, clock) as site:
        written = write_mirror(site, Folder(folder), SECRET, lambda *_: None)
    return time.monotonic() - begun, written


def floor(folder: Path, to: Path) -> float:
    """Give the seconds to hash and write the same bytes, each file whole."""
    bodies = [
        (path.relative_to(folder), path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    ]
    begun = time.monotonic()
    for name, body in bodies:
        sha256(body).hexdigest()
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_bytes(body)
    return time.monotonic() - begun


def reading(folder: Path) -> float:
    """Give the seconds to read and hash every file: what a run that writes nothing cannot save."""
    begun = time.monotonic()
    for path in folder.rglob("*"):
        if path.is_file():
            sha256(path.read_bytes()).hexdigest()
    return time.monotonic() - begun


def main() -> None:
    """Measure once and print one JSON object."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--texts", type=int, default=200)
    asked.add_argument("--signatures", type=int, default=200_000)
    wish = asked.parse_args()
    groups = world().groups
    signatures = sheet(wish.signatures)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        parts = NodeParts(place / "node", tuple(one.id for one in groups), FACE)
        lines = [*papers(), *(x for n in range(wish.texts) for x in text_of(groups[n % 3], n))]
        say("a node takes it all")
        fill(parts, lines, signatures)
        first, written = mirrored(parts, place / "copy")
        same, nothing = mirrored(parts, place / "copy")
        fill(parts, text_of(groups[0], wish.texts), None)
        one, more = mirrored(parts, place / "copy")
        (place / "floor").mkdir()
        least = floor(place / "copy", place / "floor")
        least_read = reading(place / "copy")
    told = {
        "texts": wish.texts,
        "signatures": wish.signatures,
        "files": len(written.manifest.files),
        "first_s": round(first, 2),
        "floor_first_s": round(least, 2),
        "ratio_first": round(first / least, 1),
        "nothing_new_s": round(same, 2),
        "one_text_new_s": round(one, 2),
        "floor_again_s": round(least_read, 2),
        "ratio_one_text": round(one / least_read, 1),
        "written": [written.written, nothing.written, more.written],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
