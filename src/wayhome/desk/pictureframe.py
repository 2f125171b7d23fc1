"""Picture frame: a stranger's picture drawn anew, in a process of its own with nothing to lose.

    python -m wayhome.desk.pictureframe < file > png

Only JPEG, PNG and WebP are looked at, with limits on pixels, memory and time; what comes out is
pixels alone: no place, no camera, no script. The process has no key and opens no file.
"""

import resource
import sys
from io import BytesIO

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS = 40_000_000  # a good camera's; more is a bomb
SIDE = 1_600  # of what is shown
MEMORY = 1 << 30  # bytes of address space, libraries included
SECONDS = 20
NO_PICTURE = 3  # exit status


def draw(raw: bytes) -> bytes:
    """Give a picture as PNG, upright, and without anything but its pixels.

    Raises:
        ValueError, OSError, SyntaxError: it is none, or too large.
    """
    with Image.open(BytesIO(raw), formats=FORMATS) as opened:
        if opened.width * opened.height > PIXELS:
            raise ValueError("too many pixels")
        opened.draft("RGB", (SIDE, SIDE))
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((SIDE, SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    made = BytesIO()
    bare.save(made, "PNG")
    return made.getvalue()


def main() -> None:
    """Read a file and write its PNG, or end with the status that says that it is no picture."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    raw = sys.stdin.buffer.read()
    try:
        made = draw(raw)
    except Exception:  # noqa: BLE001 - a hostile file may bring up anything; nothing of it is told
        sys.exit(NO_PICTURE)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
