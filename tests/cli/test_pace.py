"""Whoever sends next to nothing holds no command for ever; who is only slow is waited for."""

from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import httpcore
import pytest

from cli.town import Machine
from wayhome import outward
from wayhome.pace import ANSWER, FLOOR, PATIENCE

NODE = "http://node.example"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n"
Drops = Iterator[tuple[float, bytes]]
COMMANDS = [
    ("check", f"{NODE}/ru/post/{'ab' * 32}.html"),
    ("check", "a text of some words", "--from", NODE),
    ("export", NODE, "out"),
    ("recount", NODE),
    ("recount", NODE, "--petition", "ab" * 32),
    ("mirror", "out", "--from", NODE),
    ("group", "show", "--from", NODE),
]


class Line:
    """The network, the place at its other end, and the clock; an answer is drops after seconds."""

    def __init__(self, answers: Iterator[Drops]) -> None:
        self.now = 0.0
        self._answers = answers
        self._drops: Drops = iter(())

    def monotonic(self) -> float:
        return self.now

    def connect_tcp(self, *_: object, **__: object) -> "Line":
        return self

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - it is quick
        if buffer.startswith(b"GET"):
            self._drops = next(self._answers)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        assert timeout is not None
        seconds, drop = next(self._drops)
        assert len(drop) <= max_bytes
        self.now += min(seconds, timeout)
        if seconds > timeout:
            raise httpcore.ReadTimeout
        return drop

    def get_extra_info(self, _: str) -> object:
        return None

    def close(self) -> None:
        """Nothing is open."""


def play(monkeypatch: pytest.MonkeyPatch, answers: Iterator[Drops]) -> Line:
    line = Line(answers)
    monkeypatch.setattr("httpcore._sync.connection_pool.SyncBackend", lambda: line)
    monkeypatch.setattr("wayhome.pace.time", line)
    return line


def by_the_byte(content: bytes, seconds: float = 30.0) -> Drops:
    return ((seconds, bytes((one,))) for one in content)


HELD = {
    "the body": lambda: chain([(0.0, HEAD % 10_000)], by_the_byte(b"x" * 10_000)),
    "the head": lambda: by_the_byte(HEAD % 10_000),
    "nothing": lambda: repeat((3_600.0, b"x")),
}


@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("words", COMMANDS)
def test_a_place_that_sends_next_to_nothing_holds_no_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], held: str
) -> None:
    line = play(monkeypatch, iter(HELD[held], None))
    said = Machine(tmp_path).is_refused(*words)
    assert "bytes a second for 120 seconds" in said or "does not answer (ReadTimeout)" in said
    assert line.now <= 2 * (PATIENCE + 1)  # is it a mirror? and if not, is it a node?


def test_a_thousand_small_files_that_each_come_slowly_are_held_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = play(monkeypatch, iter(lambda: iter([(20.0, HEAD % 1), (20.0, b"x")]), None))
    with pytest.raises(outward.NoAnswer, match="sends less than"):
        read_all(1_000)
    assert line.now < 2 * PATIENCE


def test_a_line_of_128_kbit_with_holes_brings_a_large_file(monkeypatch: pytest.MonkeyPatch) -> None:
    piece, number = 16 * 1024, 2_000
    slow = ((59.0 if at % 100 == 0 else 1.0, bytes(piece)) for at in range(number))
    line = play(monkeypatch, iter([chain([(5.0, HEAD % (piece * number))], slow)]))
    assert len(outward.read(f"{NODE}/file", piece * number)) == piece * number
    assert line.now > number


def test_small_files_over_a_far_line_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    far = (ANSWER / FLOOR) - 0.5
    line = play(monkeypatch, iter(lambda: iter([(far, HEAD % 9), (0.0, b"123456789")]), None))
    assert read_all(200) == [b"123456789"] * 200
    assert line.now == 200 * far


def read_all(number: int) -> list[bytes]:
    with outward.calling(NODE) as http:
        return [b"".join(outward.pieces(http, f"{NODE}/{at}", 9)) for at in range(number)]
