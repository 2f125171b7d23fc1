"""Outward: how commands and desks ask others: through the proxy if there is one, and bounded.

The proxy is of the whole program: a command is run by one person, and whoever names a proxy means
that nothing goes past it. A node that runs has its own way, `peers/way.py`.
"""

import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import httpx

from wayhome.codec import limits
from wayhome.pace import FLOOR, PATIENCE, PacedTransport, TooSlow

TIMEOUT = 60.0  # seconds for a step; over Tor a node may take many
PACKED = {"accept-encoding": "gzip"}  # what is asked for, and all that is unpacked
_PIECE = 64 * 1024  # bytes unpacked together
_GZIP = 16 + zlib.MAX_WBITS
SCHEMES = ("socks5://", "socks5h://")  # in both the proxy looks names up

_PROXY: ContextVar[str] = ContextVar("proxy", default="")


class NoAnswer(Exception):  # noqa: N818 - told to the person in words
    """Nobody answers, or not with what was asked for; `status` is 0 where there was no answer."""

    def __init__(self, words: str, status: int = 0) -> None:
        super().__init__(words)
        self.status = status


class Room:
    """What may come from one address into a folder: so much in all, and the disk is not filled.

    Lists of what there is tell no sizes, so it is counted as it comes.
    """

    def __init__(
        self,
        address: str,
        folder: Path,
        most: int = limits.MIRROR_BYTES,
        left: int = limits.MIRROR_LEFT,
    ) -> None:
        self._address = address
        self._folder = folder
        self._most = most
        self._left = left
        self._size = 0

    def add(self, size: int) -> None:
        """Count what is here.

        Raises:
            NoAnswer: it is more than may come in all.
        """
        self._size += size
        if self._size > self._most:
            words = f"more than {self._most} bytes: larger than any mirror"
            raise NoAnswer(f"{self._address} has {words}")

    def counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Stream what comes.

        Raises:
            NoAnswer: as `add`, or the disk would be full.
        """
        for piece in pieces:
            self.add(len(piece))
            if shutil.disk_usage(self._folder).free < self._left + len(piece):
                words = f"the disk under {self._folder} would be full"
                raise NoAnswer(f"{words}: make room, or set TMPDIR to another disk for a check")
            yield piece


def use(proxy: str) -> None:
    """Ask through this proxy from now on; empty: directly."""
    _PROXY.set(proxy)


def proxy() -> str:
    """Give the proxy that is asked through, empty where there is none."""
    return _PROXY.get()


@contextmanager
def calling(address: str, through: str | None = None) -> Iterator[httpx.Client]:
    """Ask several things of one address; ``through`` another proxy than the program's, or none: "".

    Raises:
        NoAnswer: it does not answer, or so slowly that it would hold us for ever.
    """
    # to read all authorities' certificates takes a tenth of a second: where there are any
    has_tls = not address.startswith("http://")
    try:
        way = _PROXY.get() if through is None else through
        transport = PacedTransport(verify=has_tls, proxy=way or None)
        with httpx.Client(
            transport=transport, timeout=TIMEOUT, trust_env=False, headers=PACKED
        ) as http:
            yield http
    except TooSlow as error:
        words = f"less than {FLOOR} bytes a second for {PATIENCE:.0f} seconds"
        raise NoAnswer(f"{address} sends {words}; try again, or another place") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswer(f"{address} does not answer ({type(error).__name__})") from error


def read(url: str, most: int, told: Callable[[int], None] = lambda _: None) -> bytes:
    """Give what lies at an address.

    Raises:
        NoAnswer: nothing does, or it is longer than anything of its sort.
    """
    with calling(url) as http:
        return b"".join(pieces(http, url, most, told))


def find(url: str, most: int) -> bytes | None:
    """Give what lies at an address, None where nothing lies there.

    Raises:
        NoAnswer: nobody answers, or it is longer than anything of its sort.
    """
    with calling(url) as http:
        return find_in(http, url, most)


def find_in(http: httpx.Client, url: str, most: int) -> bytes | None:
    """As `find`, of a place of which several things are asked."""
    try:
        return b"".join(pieces(http, url, most))
    except NoAnswer as fault:
        if fault.status:
            return None
        raise


def pieces(
    http: httpx.Client, url: str, most: int, told: Callable[[int], None] = lambda _: None
) -> Iterator[bytes]:
    """Stream what lies at an address.

    Raises:
        NoAnswer: nothing does, or it is longer than anything of its sort.
    """
    with http.stream("GET", url) as answer:
        if answer.status_code != httpx.codes.OK:
            raise NoAnswer(f"{url} answers {answer.status_code}", answer.status_code)
        yield from _bounded(url, answer, most, told)


def hand_in(
    http: httpx.Client, url: str, content: bytes, method: str = "POST"
) -> tuple[int, bytes]:
    """Hand something in; give what is answered.

    Raises:
        NoAnswer: the answer is longer than any.
    """
    with http.stream(method, url, content=content) as answer:
        told = b"".join(_bounded(url, answer, limits.HTTP_BODY, lambda _: None))
        return answer.status_code, told


def unpacked(answer: httpx.Response) -> Iterator[bytes]:
    """Give what an answer holds, in pieces that are small however much was packed into it.

    The library would unpack whatever it is told, as often as it is told, and a whole piece at once:
    five kilobytes, packed twice, are three gigabytes.

    Raises:
        httpx.DecodingError: it is packed otherwise than was asked for, or is cut.
    """
    packed = answer.headers.get("content-encoding", "identity").strip().lower()
    if packed == "identity":
        yield from answer.iter_raw()
        return
    if packed != "gzip":
        raise httpx.DecodingError("packed otherwise than was asked for")
    try:
        yield from _opened(answer.iter_raw())
    except zlib.error as error:
        raise httpx.DecodingError("not what it says it is packed as") from error


def _opened(packed: Iterable[bytes]) -> Iterator[bytes]:
    opened = zlib.decompressobj(_GZIP)
    idle = 0  # bytes that came and gave nothing: a name without end may stand before all else
    for raw in packed:
        left, idle = raw, idle + len(raw)
        while left and not opened.eof:
            piece = opened.decompress(left, _PIECE)
            left, idle = opened.unconsumed_tail, 0 if piece else idle
            yield piece
        if opened.eof:
            return
        if idle > _PIECE:
            raise httpx.DecodingError("nothing in it")
    raise httpx.DecodingError("cut")


def _bounded(
    url: str, answer: httpx.Response, most: int, told: Callable[[int], None]
) -> Iterator[bytes]:
    size = 0
    for piece in unpacked(answer):
        size += len(piece)
        if size > most:
            raise NoAnswer(f"{url} sends without end: more than {most} bytes", answer.status_code)
        told(len(piece))
        yield piece
