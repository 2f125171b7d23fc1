"""A web space that holds more than any mirror fills nobody's disk or memory, and leaves nothing."""

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from mirror.webspace import web_space
from wayhome.cli import mirrors
from wayhome.codec import limits
from wayhome.crypto import keys
from wayhome.mirror.checking import SAID, Flaw, Records, said_of_itself
from wayhome.mirror.fetching import Bounds, fetch_mirror
from wayhome.mirror.folder import Folder, MirrorFault
from wayhome.mirror.manifest import NAME, Manifest
from wayhome.node import BOOK

RECORDS = "records/3963.jsonl"
SIZE = 100_000  # bytes of each of three files


@pytest.fixture
def raw() -> bytes:
    secret = keys.new_secret_key()
    total = sha256(bytes(SIZE)).hexdigest()
    files = {f"file{number}.html": total for number in range(3)}
    node = keys.public_key(secret)
    return Manifest(node, 0, "1", "0" * 64, files).signed(secret)


@pytest.fixture
def address(raw: bytes, tmp_path: Path) -> Iterator[str]:
    space = tmp_path / "space"
    space.mkdir()
    (space / NAME).write_bytes(raw)
    for number in range(3):
        (space / f"file{number}.html").write_bytes(bytes(SIZE))
    with web_space(space) as at:
        yield at


OVER = [
    (Bounds(files=2), "more than 2 files"),
    (Bounds(size=3 * SIZE - 1), f"more than {3 * SIZE - 1} bytes"),
    (Bounds(left=1 << 60), "the disk under .* would be full"),
]


@pytest.mark.parametrize(("bounds", "words"), OVER)
def test_a_check_refuses_in_words_and_its_folder_is_gone(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bounds: Bounds, words: str
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    with pytest.raises(MirrorFault, match=words):
        mirrors.check(address, (), bounds)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_is_just_within_the_bounds_comes_and_what_came_before_counts(
    address: str, raw: bytes, tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "copy")
    just = Bounds(files=3, size=3 * SIZE)
    assert fetch_mirror(address, raw, folder, lambda *_: None, just) == []
    assert fetch_mirror(address, raw, folder, lambda *_: None, just) == []
    with pytest.raises(MirrorFault, match="larger than any mirror"):
        fetch_mirror(address, raw, folder, lambda *_: None, Bounds(size=3 * SIZE - 1))


def test_a_record_file_without_a_line_feed_is_read_in_pieces(tmp_path: Path) -> None:
    folder, manifest = of_records(tmp_path, bytes(3 * limits.RECORD_BYTES))
    found = Records(folder, manifest, BOOK)
    assert max(map(len, found.lines())) <= limits.RECORD_BYTES + 2
    assert list(found.checked()) == []
    assert found.flaws[0] == Flaw(RECORDS, "line 1: too-large")


def test_of_a_file_of_flaws_a_thousand_are_named(tmp_path: Path) -> None:
    folder, manifest = of_records(tmp_path, b"\n" * 5_000)
    found = Records(folder, manifest, BOOK)
    assert list(found.checked()) == []
    assert len(found.flaws) == 1_001
    assert "the rest is not read" in found.flaws[-1].what


def test_what_a_mirror_says_of_itself_is_not_read_whatever_its_size(tmp_path: Path) -> None:
    with (tmp_path / SAID).open("wb") as file:
        file.truncate(limits.PRESENTED + 1)
    with pytest.raises(MirrorFault, match="larger than any of its sort"):
        said_of_itself(Folder(tmp_path))


def of_records(root: Path, content: bytes) -> tuple[Folder, Manifest]:
    folder = Folder(root)
    total = folder.write(RECORDS, (content,))
    return folder, Manifest("0" * 64, 0, "1", "0" * 64, {RECORDS: total})
