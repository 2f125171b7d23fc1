"""Printing: a letter's PDF, had from a process of its own, with which its memory ends."""

import subprocess
import sys

from wayhome.desk.known import DeskFault
from wayhome.records.refused import Refused

# by its name: what it imports is not to be held here; it ends soon, so it never collects garbage
_CHILD = "import gc; gc.disable(); from wayhome.desk.letterpaper import main; main()"


def print_letter(text: str) -> bytes:
    """Give a letter as PDF; the same text gives the same bytes.

    Raises:
        Refused: `too-large`, more than ten pages; `bad-text`, letters that the font does not have.
        DeskFault: it could not be drawn.
    """
    done = subprocess.run(  # noqa: S603 - our own module, in our own interpreter
        [sys.executable, "-I", "-c", _CHILD],
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    match done.returncode:
        case 0:
            return done.stdout
        case 3:  # more than ten pages
            raise Refused("too-large", "a letter has at most ten pages")
        case 4:  # letters that the font does not have
            odd = " ".join(f"U+{ord(one):04X}" for one in done.stdout.decode())
            raise Refused("bad-text", f"the font has no letters {odd}")
    # what it said may hold the letter: it is shown to nobody
    raise DeskFault("the letter could not be drawn")
