"""Family files: papers and photographs that a family's program seals beside a report or message.

A picture is drawn anew, so that place, camera and hour stay behind. Its original goes only where a
name goes, for custodians alone. Any other file goes as it is.
"""

import mimetypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from wayhome.cases import blobs
from wayhome.cases.blobs import Blob
from wayhome.cases.kinds import sealed
from wayhome.cases.said import File, Role
from wayhome.codec import limits
from wayhome.desk.known import DeskFault
from wayhome.desk.papers import PICTURES
from wayhome.desk.pictures import show_picture
from wayhome.records.refused import Refused

_NAME = 100  # characters


@dataclass(frozen=True, slots=True)
class Packed:
    """Files as a body names them, and the blobs that they are."""

    files: tuple[File, ...] = ()
    originals: tuple[File, ...] = ()
    blobs: tuple[Blob, ...] = field(default=(), repr=False)

    def named(self, files: Sequence[File]) -> tuple[sealed.Blob, ...]:
        """Give what an envelope says of these files on its outside."""
        buckets = {one.id: one.bucket for one in self.blobs}
        return tuple(sealed.Blob(one.id, buckets[one.id]) for one in files)


def pack(paths: Sequence[Path], *, with_originals: bool) -> Packed:
    """Read files and seal them.

    Raises:
        DeskFault: one cannot be read, or they are too many or too large.
    """
    if len(paths) > limits.FILES:
        raise DeskFault(f"at most {limits.FILES} files go with one text")
    made: list[Blob] = []
    files, originals = list[File](), list[File]()
    for path in paths:
        raw = _read(path)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind in PICTURES:
            name, clean = f"{path.stem}.png", show_picture(raw)
            files.append(_sealed(name, "image/png", clean, "clean", made))
            if with_originals:
                originals.append(_sealed(path.name, kind, raw, "original", made))
        else:
            files.append(_sealed(path.name, kind, raw, "document", made))
    _refuse_much(made)
    return Packed(tuple(files), tuple(originals), tuple(made))


def _sealed(name: str, kind: str, raw: bytes, role: Role, made: list[Blob]) -> File:
    try:
        blob = blobs.make(raw)
    except Refused as error:
        raise DeskFault(f"{name}: a file has at most 25 MB") from error
    made.append(blob)
    seen = "".join(one for one in name if one.isprintable())[-_NAME:] or "file"
    return File(blob.id, blob.key, seen, kind, len(raw), sha256(raw).hexdigest(), role)


def _refuse_much(made: Iterable[Blob]) -> None:
    if sum(one.bucket for one in made) > limits.BLOBS_BYTES:
        raise DeskFault("the files of one text have at most 60 MB together")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DeskFault(f"{path}: {error.strerror}") from error
