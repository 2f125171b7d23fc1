"""C8: a stranger's file is drawn anew as pixels, or not at all."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from desk.photos import PLACE, photo
from wayhome.desk.known import DeskFault
from wayhome.desk.pictureframe import SIDE
from wayhome.desk.pictures import show_picture


def bomb(side: int) -> bytes:
    """A PNG that is small as a file and a gigabyte as a picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    lines = zlib.compress(bytes(3 * side + 1) * 200, 9)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_upright_and_without_place_or_camera(kind: str) -> None:
    raw = photo(kind)
    assert PLACE in raw
    shown = show_picture(raw)
    assert PLACE not in shown
    assert b"Camera" not in shown
    with Image.open(BytesIO(shown)) as seen:
        assert (seen.format, seen.size) == ("PNG", (20, 60))
        assert not seen.getexif()
        assert set(seen.info) <= {"dpi"}


def test_a_large_photo_is_made_small_enough_to_show() -> None:
    with Image.open(BytesIO(show_picture(photo(size=(4_000, 3_000))))) as seen:
        assert max(seen.size) == SIDE


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a",
        b"%PDF-1.7 /JavaScript",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        b"PK\x03\x04../../etc/passwd",
        photo()[:-200],
        bomb(30_000),
    ],
    ids=["nothing", "gif", "pdf", "svg", "archive", "cut", "bomb"],
)
def test_what_is_no_picture_or_a_bomb_is_not_drawn(raw: bytes) -> None:
    with pytest.raises(DeskFault, match="no picture"):
        show_picture(raw)
