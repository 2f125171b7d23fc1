"""Verifier: a process of its own that verifies while this one looks, judges and writes.

Verifying a sig takes so long that other threads are let on meanwhile, and so short that to fetch
the interpreter's lock back costs as much again. A process of its own has no lock to fight for. It
is begun when there is much to verify for the first time; it is told records, keys and sigs and no
secret, and keeps nothing. Whatever becomes of it, every question is answered: here, if not there.
"""

import ctypes
import marshal
import os
import resource
import select
import socket
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias

from wayhome.records.record import Question, holds

_ENOUGH = 32  # questions: 1.5 ms of work, ten times what it costs to send them over
_PATIENCE = 10.0  # seconds for what takes 20 ms: who takes longer has come to harm
_LIVES = 3  # processes that may end without having answered; then there is no more trying
_SET_DUMPABLE = 4  # prctl(2): no other process of this user may look inside
_READY = b"\x01"
_SIZE = struct.Struct(">I")

Answers: TypeAlias = Callable[[], list[bool]]  # waits for them


@dataclass(eq=False, slots=True)
class _Part:
    """What is asked together, of whom, and what was answered."""

    questions: Sequence[Question]
    line: socket.socket | None = None
    answers: Sequence[bool] | None = None


def ask_here(parts: Iterable[Sequence[Question]]) -> Answers:
    """As `Verifier.ask`, without another process."""
    asked = [question for part in parts for question in part]
    return lambda: [holds(question) for question in asked]


class Verifier:
    """Verifies beside, where there is much to do and a second core for it. Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._sent: deque[_Part] = deque()  # and not answered yet
        self._is_ready = False
        self._lives = _LIVES if len(os.sched_getaffinity(0)) > 1 else 0

    @property
    def pid(self) -> int | None:
        """The process that answers, once there is one."""
        return self._process.pid if self._process and self._is_ready else None

    def ask(self, parts: Iterable[Sequence[Question]]) -> Answers:
        """Ask of each question of each part whether it holds; give what waits for the answers.

        A part is answered while the next one is made, and while the next parts are asked.
        """
        asked: list[_Part] = []
        enough = _ENOUGH
        for questions in parts:
            part = self._ask(questions, enough)
            enough = 1 if part.line is not None else _ENOUGH  # few are worth it behind many
            asked.append(part)
        return lambda: [held for part in asked for held in self._answers(part)]

    def close(self) -> None:
        """End the process, if there is one; safe to call twice."""
        with self._lock:
            self._lives = 0
            self._end()

    def _ask(self, questions: Sequence[Question], enough: int) -> _Part:
        """Send questions over, if they are enough and the process is ready."""
        part = _Part(questions)
        with self._lock:
            if len(questions) < enough or not self._lives:
                return part
            try:
                line = self._opened()
                if line is not None:
                    asked = marshal.dumps(list(questions))
                    line.sendall(_SIZE.pack(len(asked)) + asked)
                    part.line = line
                    self._sent.append(part)
            except OSError:
                self._lose()
        return part

    def _answers(self, part: _Part) -> Sequence[bool]:
        """Give the answers that came, and what did not come from here.

        What was asked of a process that is gone is never answered by the one after it.
        """
        with self._lock:
            while part.answers is None and part.line is not None and part.line is self._line:
                self._hear(self._sent.popleft(), part.line)
        if part.answers is None:
            part.answers = [holds(question) for question in part.questions]
        return part.answers

    def _hear(self, first: _Part, line: socket.socket) -> None:
        """Take the answers to what was sent first, whoever waits for them."""
        try:
            first.answers = [byte == 1 for byte in _exactly(line, len(first.questions))]
        except OSError:
            self._lose()
        else:
            self._lives = _LIVES

    def _lose(self) -> None:
        """It could not be begun, has died, or hangs; what comes next begins another."""
        self._lives -= 1
        self._end()

    def _opened(self) -> socket.socket | None:
        """Give the line to a process that is ready; nobody waits for one that is not yet."""
        if self._line is None:
            self._begin()
        elif not self._is_ready and _has_said(self._line):
            if self._line.recv(1) != _READY:
                raise ConnectionResetError
            self._is_ready = True
        return self._line if self._is_ready else None

    def _begin(self) -> None:
        self._line, its_end = socket.socketpair()
        self._line.settimeout(_PATIENCE)
        with its_end:
            # a group of its own, so that what stops a program from a keyboard does not stop it
            self._process = subprocess.Popen(  # noqa: S603 - this program, and nothing of a stranger's
                [sys.executable, "-I", "-m", __name__],
                stdin=its_end.fileno(),
                stdout=subprocess.DEVNULL,
                process_group=0,
            )

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._line, self._process, self._is_ready = None, None, False
        self._sent.clear()


def _has_said(line: socket.socket) -> bool:
    there = select.poll()  # not `select`, which knows no number over 1,023: a node has more lines
    there.register(line, select.POLLIN)
    return bool(there.poll(0))


def _exactly(line: socket.socket, size: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < size:
        piece = line.recv(size - len(pieces))
        if not piece:
            raise ConnectionResetError("the other end has gone")
        pieces += piece
    return bytes(pieces)


def _serve(line: socket.socket) -> None:
    """Answer until the other end has gone."""
    line.sendall(_READY)
    while True:
        (size,) = _SIZE.unpack(_exactly(line, _SIZE.size))
        # of the process that began this one, by the same Python
        asked = marshal.loads(_exactly(line, size))  # noqa: S302
        line.sendall(bytes(map(holds, asked)))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is held is not public yet
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    with socket.socket(fileno=sys.stdin.fileno()) as given:
        try:
            _serve(given)
        except OSError:  # whoever asked has ended
            sys.exit()
