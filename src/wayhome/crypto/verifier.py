"""Verifier: a process of its own that verifies while this one reads, judges and writes.

Verifying a sig takes so long that other threads are let on meanwhile, and so short that to fetch
the interpreter's lock back costs as much again. A process of its own has no lock to fight for. It
is begun when there is much to verify for the first time; it is told keys and sigs and no secret,
and keeps nothing. Whatever becomes of it, every claim is answered: here, if not there.
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
from collections.abc import Iterable, Sequence
from threading import Lock

from wayhome.crypto.claims import Claim, verify_all

_ENOUGH = 32  # claims: 1.5 ms of work, ten times what it costs to send them over
_PATIENCE = 10.0  # seconds for what takes 20 ms: who takes longer has come to harm
_LIVES = 3  # processes that may end without having answered; then there is no more trying
_SET_DUMPABLE = 4  # prctl(2): no other process of this user may look inside
_READY = b"\x01"
_SIZE = struct.Struct(">I")


class Verifier:
    """Verifies beside, where there is much to do and a second core for it. Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._is_ready = False
        self._lives = _LIVES if len(os.sched_getaffinity(0)) > 1 else 0

    @property
    def pid(self) -> int | None:
        """The process that answers, once there is one."""
        return self._process.pid if self._process and self._is_ready else None

    def verify(self, parts: Iterable[Sequence[Claim]]) -> list[bool]:
        """Tell of each claim of each part whether it holds.

        A part is verified while the next one is made.
        """
        with self._lock:
            try:
                asked = self._ask_all(parts)
                return [held for part, line in asked for held in self._answer(part, line)]
            except BaseException:
                self._end()  # with the answers that nobody took: they are no later claim's
                raise

    def close(self) -> None:
        """End the process, if there is one; safe to call twice."""
        with self._lock:
            self._lives = 0
            self._end()

    def _ask_all(
        self, parts: Iterable[Sequence[Claim]]
    ) -> list[tuple[Sequence[Claim], socket.socket | None]]:
        """Send what is worth it; behind a part that has gone over, few are worth it too."""
        asked: list[tuple[Sequence[Claim], socket.socket | None]] = []
        line = None
        for part in parts:
            line = self._ask(part, _ENOUGH if line is None else 1)
            asked.append((part, line))
        return asked

    def _ask(self, claims: Sequence[Claim], enough: int) -> socket.socket | None:
        """Send claims over, if they are enough and the process is ready; give their line."""
        if len(claims) < enough or not self._lives:
            return None
        try:
            line = self._opened()
            if line is not None:
                asked = marshal.dumps(list(claims))
                line.sendall(_SIZE.pack(len(asked)) + asked)
        except OSError:
            self._lose()
            return None
        return line

    def _answer(self, claims: Sequence[Claim], line: socket.socket | None) -> list[bool]:
        """Give the answers that came, and what did not come from here.

        What was asked of a process that is gone is never answered by the one after it.
        """
        if line is not None and line is self._line:
            try:
                held = [byte == 1 for byte in _exactly(line, len(claims))]
            except OSError:
                self._lose()
            else:
                self._lives = _LIVES
                return held
        return verify_all([claims])

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
        # of the process that began this one, by the same Python; another reader takes 20 ms to load
        claims = marshal.loads(_exactly(line, size))  # noqa: S302
        line.sendall(bytes(verify_all([claims])))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is held is not public yet
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    with socket.socket(fileno=sys.stdin.fileno()) as given:
        try:
            _serve(given)
        except OSError:  # whoever asked has ended
            sys.exit()
