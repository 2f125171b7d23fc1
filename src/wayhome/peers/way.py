"""Way: how a peer is reached: whom one may dial at all, one look-up, one address, one proxy.

What is in the settings may lie anywhere. What a charter names must lie in the public network, or a
group could make nodes knock at doors behind their own firewalls.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

import httpx
from python_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError
from python_socks.async_.asyncio import Proxy
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from wayhome.codec import limits, places
from wayhome.pace import begun, chunks, too_slow
from wayhome.relay import parcels

DIAL = 10.0  # seconds to be connected
DIAL_PROXY = 60.0  # seconds; a first circuit to an onion service takes half a minute
PARTING = 2.0  # seconds to say goodbye; who floods us does not hear it
STEP = 30.0  # seconds for any one step of HTTP; a slow line still moves in that time
FILE = 3_600.0  # seconds for a file that others have too: a million ids over 128 kbit/s take 2,000

_SECURE = {"http": False, "ws": False, "https": True, "wss": True}
_PORTS = {False: 80, True: 443}
Place: TypeAlias = tuple[bool, str, int, str]
_Found: TypeAlias = tuple[int, tuple[str, int]]  # family, address and port


class BadAddress(Exception):  # noqa: N818 - whoever wrote it is told
    """It is no address of a node."""


class Unreachable(Exception):  # noqa: N818 - the network's fault, or a rule of ours
    """The peer was not reached; the word says why, and never where it is."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a node is. `is_trusted`: the settings name it, so it may lie in a private network."""

    secure: bool
    host: str
    port: int
    path: str
    is_trusted: bool = False

    @classmethod
    def read(cls, url: str, *, is_trusted: bool = False) -> "Address":
        """Read an address as charters and settings spell it.

        Raises:
            BadAddress: it is none.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise BadAddress("not an address") from error
        plain = not (parts.query or parts.fragment or parts.username or parts.password)
        if parts.scheme not in _SECURE or not parts.hostname or not plain:
            raise BadAddress("an address is http, https, ws or wss, a host, and at most a path")
        secure = _SECURE[parts.scheme]
        path = parts.path.rstrip("/")
        return cls(secure, parts.hostname, port or _PORTS[secure], path, is_trusted)

    @property
    def websocket(self) -> str:
        """The address of its relay."""
        return f"{'wss' if self.secure else 'ws'}://{self.place}{self.path or '/'}"

    @property
    def web(self) -> str:
        """The address of its pages and files, without a slash at its end."""
        return f"{'https' if self.secure else 'http'}://{self.place}{self.path}"

    @property
    def same(self) -> Place:
        """What two spellings of one address have in common."""
        return self.secure, self.host, self.port, self.path

    @property
    def place(self) -> str:
        """Host and port as they stand in an address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.secure] else f"{host}:{self.port}"


def place_of(url: str) -> Place | None:
    """Give what an address has in common with its other spellings; None where it is none."""
    try:
        return Address.read(url).same
    except BadAddress:
        return None


@dataclass(frozen=True, slots=True)
class Files:
    """A peer's files over HTTP, at the one address that was looked up."""

    http: httpx.AsyncClient
    root: str
    address: Address

    @contextlib.asynccontextmanager
    async def get(self, path: str) -> AsyncIterator[httpx.Response]:
        """Ask for a file.

        Raises:
            httpx.HTTPError: it did not come.
        """
        # what is packed could be a thousand times what was billed
        headers = {"host": self.address.place, "accept-encoding": "identity"}
        extensions = {"sni_hostname": self.address.host} if self.address.secure else {}
        asked = self.http.stream("GET", self.root + path, headers=headers, extensions=extensions)
        async with contextlib.AsyncExitStack() as stack:
            with _led_astray():
                answer = await stack.enter_async_context(begun(asked))
            yield answer

    async def read(self, path: str, most: int) -> bytes:
        """Give a file of so many bytes at most; what is longer is cut, and so is not what it was.

        Raises:
            httpx.HTTPError: it did not come.
        """
        content = bytearray()
        with too_slow():
            async with asyncio.timeout(FILE), self.get(path) as answer:
                answer.raise_for_status()
                async for chunk in chunks(answer):
                    content += chunk
                    if len(content) > most:
                        break
        return bytes(content)


class Way:
    """The way out of this machine; with a proxy everything goes through it, look-ups included."""

    def __init__(self, socks: str = "") -> None:
        """Go out directly, or through a proxy, which looks up names either way it is spelled."""
        self._socks = socks.replace("socks5h://", "socks5://")

    @property
    def is_proxied(self) -> bool:
        """Tell whether everything goes through a proxy."""
        return bool(self._socks)

    @contextlib.asynccontextmanager
    async def to_relay(
        self, address: Address, *, takes_parcels: bool = False
    ) -> AsyncIterator[ClientConnection]:
        """Open a websocket; a relay that knows no parcels answers in texts all the same.

        Raises:
            Unreachable: in a word.
        """
        with _unreachable():
            reached = await self._socket(address)
            # a socket of ours, so no redirect can be followed; no proxy of the environment either
            line = await connect(
                address.websocket,
                sock=reached,
                proxy=None,
                compression=None,
                subprotocols=[Subprotocol(parcels.NAME)] if takes_parcels else None,
                max_size=limits.PEER_MESSAGE,
                open_timeout=DIAL_PROXY if self._socks else DIAL,
                user_agent_header=None,
                close_timeout=PARTING,
                ping_interval=None,  # in_step.py does; a busy slow line is not a dead one
            )
        try:
            yield line
        finally:
            await line.close()

    @contextlib.asynccontextmanager
    async def to_files(self, address: Address) -> AsyncIterator[Files]:
        """Ask for files.

        Raises:
            Unreachable: in a word.
        """
        root = address.web
        if not self._socks:
            with _unreachable():
                _, place = (await _found(address))[0]
            host = f"[{place[0]}]" if ":" in place[0] else place[0]
            scheme = "https" if address.secure else "http"
            root = f"{scheme}://{host}:{address.port}{address.path}"
        else:
            _refuse_private_name(address)
        async with httpx.AsyncClient(
            timeout=STEP,
            trust_env=False,
            proxy=self._socks or None,
            follow_redirects=False,
            verify=address.secure,  # where no TLS is, authorities need not be read: 0.1 s
        ) as http:
            yield Files(http, root, address)

    async def _socket(self, address: Address) -> socket.socket:
        if self._socks:
            _refuse_private_name(address)
            proxy = Proxy.from_url(self._socks, rdns=True)
            reached: socket.socket = await proxy.connect(address.host, address.port, DIAL_PROXY)
            return reached
        fault: OSError = OSError("no address")
        for family, place in await _found(address):
            try:
                return await _connected(family, place)
            except OSError as error:
                fault = error
        raise fault


async def _connected(family: int, place: tuple[str, int]) -> socket.socket:
    reached = socket.socket(family, socket.SOCK_STREAM)
    try:
        reached.setblocking(False)  # noqa: FBT003 - the standard's spelling
        async with asyncio.timeout(DIAL):
            await asyncio.get_running_loop().sock_connect(reached, place)
    except BaseException:
        reached.close()
        raise
    return reached


async def _found(address: Address) -> list[_Found]:
    """Look a name up, once; what comes of it is dialled and nothing else.

    Raises:
        Unreachable: there is nothing there that may be dialled.
        OSError: the name is not known.
    """
    if address.host.endswith(".onion"):
        raise Unreachable("needs-proxy")
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(DIAL):
        found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    dialled: list[_Found] = [(one[0], (str(one[4][0]), address.port)) for one in found]
    allowed = [one for one in dialled if address.is_trusted or places.is_public(one[1][0])]
    if not allowed:
        raise Unreachable("private-address")
    return allowed


def _refuse_private_name(address: Address) -> None:
    """Refuse what a charter names and the proxy would find in its own network."""
    if not address.is_trusted and places.leads_home(address.host):
        raise Unreachable("private-address")


@contextlib.contextmanager
def _led_astray() -> Iterator[None]:
    """Say of a redirect to what is no address that it is none of HTTP's answers.

    None is followed, and yet the library reads where it leads.
    """
    try:
        yield
    except (httpx.InvalidURL, UnicodeError) as error:
        raise httpx.RemoteProtocolError("it leads to what is no address") from error


@contextlib.contextmanager
def _unreachable() -> Iterator[None]:
    """Turn the network's faults into a word; their own texts would say where the peer is."""
    try:
        yield
    except TimeoutError:
        raise Unreachable("no-answer") from None
    except (OSError, ProxyError, ProxyConnectionError, ProxyTimeoutError) as error:
        raise Unreachable(_word(error)) from None
    except (WebSocketException, ValueError, EOFError):
        raise Unreachable("no-relay") from None


def _word(error: Exception) -> str:
    match error:
        case ProxyError() | ProxyConnectionError() | ProxyTimeoutError():
            return "no-proxy"
        case ConnectionRefusedError():
            return "nobody-listens"
        case socket.gaierror():
            return "unknown-name"
    return "bad-certificate" if type(error).__name__.startswith("SSL") else "no-way"
