"""Photos with more in them than pixels."""

from hashlib import sha256
from io import BytesIO

from PIL import Image

PLACE = b"59.9343N 30.3351E"


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 20)) -> bytes:
    """A photo that lies on its side, with a place and a camera in it."""
    made, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x010F] = "Camera"
    exif[0x9286] = PLACE
    Image.new("RGB", size, "red").save(made, kind, exif=exif, comment=PLACE)
    return made.getvalue()


def sum_of(raw: bytes) -> str:
    return sha256(raw).hexdigest()
