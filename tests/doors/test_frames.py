"""What is cut up before the library sees it is what the library would have read."""

import random
import struct
from itertools import pairwise

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from wayhome.codec import limits
from wayhome.pages.frames import Cutter, Odd, Other, Text

MASK = b"\x01\x02\x03\x04"


def frame(opcode: Opcode, said: bytes = b"", *, fin: bool = True) -> bytes:
    return Frame(opcode, said, fin).serialize(mask=True)


def library() -> ServerProtocol:
    made = ServerProtocol(max_size=limits.RELAY_MESSAGE)
    made.state = State.OPEN
    return made


def read(data: bytes) -> tuple[list[tuple[Opcode, bytes, bool]], bool]:
    """Give the frames that the library reads, and whether it goes on."""
    reader = library()
    reader.parser = reader.parse()
    next(reader.parser)
    reader.receive_data(data)
    found = [one for one in reader.events_received() if isinstance(one, Frame)]
    return [(one.opcode, bytes(one.data), one.fin) for one in found], reader.parser_exc is None


def cut(cutter: Cutter, *pieces: bytes) -> tuple[list[tuple[Opcode, bytes, bool]], bool]:
    """Give the same of the cutter, with the library behind it."""
    found: list[tuple[Opcode, bytes, bool]] = []
    left = b""
    for part in (part for piece in pieces for part in cutter.cut(piece)):
        match part:
            case Text(said):
                found.append((Opcode.TEXT, said, True))
            case Other(whole):
                assert not left
                one, goes_on = read(whole)
                found += one
                assert goes_on
            case Odd(left):
                assert not read(left)[1]
    return found, not left


def stream(chance: random.Random) -> bytes:
    """Give what an honest caller might send."""
    made = []
    for _ in range(12):
        said = chance.randbytes(chance.choice((0, 1, 125, 126, 127, 1_000, 70_000)))
        match chance.randrange(5):
            case 0:
                made.append(frame(Opcode.PING, said[:125]))
            case 1:
                made.append(frame(Opcode.BINARY, said))
            case _:
                made.append(frame(Opcode.TEXT, said))
    return b"".join(made)


@pytest.mark.parametrize("seed", range(8))
def test_however_a_stream_comes_its_frames_are_those_that_the_library_reads(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - it decides where a stream is cut
    data = stream(chance)
    places = sorted(chance.randrange(len(data)) for _ in range(chance.choice((0, 3, 300))))
    pieces = [data[start:end] for start, end in pairwise((0, *places, len(data)))]
    cutter = Cutter()
    assert cut(cutter, *pieces) == read(data)
    assert cutter.begun == b""


def test_a_text_inside_a_message_in_pieces_is_left_to_the_library() -> None:
    pieces = [
        frame(Opcode.TEXT, b"a", fin=False),
        frame(Opcode.TEXT, b"inside"),
        frame(Opcode.CONT, b"b", fin=False),
        frame(Opcode.PING, b"p"),
        frame(Opcode.CONT, b"c"),
        frame(Opcode.TEXT, b"after"),
    ]
    parts = list(Cutter().cut(b"".join(pieces)))
    assert parts == [*map(Other, pieces[:5]), Text(b"after")]


@pytest.mark.parametrize(
    "odd",
    [
        b"\x81\x01a",  # no mask
        b"\x81\x00",
        b"\x81\x7e" + struct.pack("!H", 200),
        b"\x81\xff" + struct.pack("!Q", limits.RELAY_MESSAGE + 1) + MASK,
        b"\x82\xff" + struct.pack("!Q", 2**63 + 1) + MASK,
    ],
)
def test_what_nobody_may_send_goes_to_the_library_at_once(odd: bytes) -> None:
    cutter = Cutter()
    first = frame(Opcode.TEXT, b"good")
    assert list(cutter.cut(first + odd)) == [Text(b"good"), Odd(odd)]
    assert not read(odd)[1]
    assert cutter.begun == b""


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, limits.RELAY_MESSAGE])
def test_a_text_of_any_size_that_is_taken_is_cut_out(size: int) -> None:
    said = b"a" * size
    cutter, data = Cutter(), frame(Opcode.TEXT, said)
    assert list(cutter.cut(data[:-1])) == []
    assert cutter.begun == data[:-1]
    assert list(cutter.cut(data[-1:])) == [Text(said)]
