"""Nobody is dialled who may not be; a name is looked up once; with a proxy nothing goes past it."""

import asyncio
import socket
from typing import Any

import httpx
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from proxies import socks_proxy
from wayhome.codec.places import is_public
from wayhome.peers.way import Address, BadAddress, Unreachable, Way

PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.1.2.3", "224.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:93.184.216.34", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1",
    "not an address",
)  # fmt: skip


@pytest.mark.parametrize("place", PRIVATE)
def test_private_mapped_and_transition_addresses_are_not_public(place: str) -> None:
    assert not is_public(place)


@pytest.mark.parametrize("place", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_addresses_of_the_public_network_are(place: str) -> None:
    assert is_public(place)


@pytest.mark.parametrize(
    "url",
    ["", "example.org", "ftp://example.org", "ws://", "ws://a@b.example", "ws://b.example?x",
     "ws://b.example#x", "ws://b.example:port", "ws://[::1"],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        Address.read(url)


def test_four_spellings_lead_to_one_node() -> None:
    one = Address.read("https://a.example/node/")
    assert one.same == Address.read("wss://a.example:443/node").same
    assert (one.websocket, one.web) == ("wss://a.example/node", "https://a.example/node")
    other = Address.read("ws://[::1]:8000")
    assert (other.websocket, other.web) == ("ws://[::1]:8000/", "http://[::1]:8000")


async def echo(line: ServerConnection) -> None:
    async for said in line:
        await line.send(said)


async def heard(url: str, *, is_trusted: bool, socks: str = "") -> str | bytes:
    async with Way(socks).to_relay(Address.read(url, is_trusted=is_trusted)) as line:
        await line.send("hello")
        return await line.recv()


def test_what_the_settings_name_may_lie_on_this_machine() -> None:
    async def once() -> str | bytes:
        async with serve(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await heard(f"http://127.0.0.1:{port}", is_trusted=True)

    assert asyncio.run(once()) == "hello"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_charter_cannot_make_a_node_knock_at_its_own_doors(host: str) -> None:
    knocked: list[object] = []

    async def once() -> None:
        async with serve(
            echo, "localhost", 0, process_request=lambda *_: knocked.append(1)
        ) as here:
            port = here.sockets[0].getsockname()[1]
            await heard(f"ws://{host}:{port}", is_trusted=False)

    with pytest.raises(Unreachable, match="private-address"):
        asyncio.run(once())
    assert not knocked


def test_a_name_is_looked_up_once_and_what_was_found_is_dialled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []

    async def once() -> str | bytes:
        loop = asyncio.get_running_loop()

        async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
            looked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
        async with serve(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await heard(f"ws://rebinding.example:{port}", is_trusted=True)

    assert asyncio.run(once()) == "hello"
    assert looked == ["rebinding.example"]


@pytest.mark.parametrize("place", ["mailto:x", "http://xn--a/", "http://[::1", "http:////"])
def test_wherever_a_redirect_leads_it_is_a_fault_of_who_answered(place: str) -> None:
    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 302 x\r\nlocation: %b\r\n\r\n" % place.encode())
        writer.close()

    async def once() -> bytes:
        async with await asyncio.start_server(lead, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            address = Address.read(f"http://127.0.0.1:{port}", is_trusted=True)
            async with Way().to_files(address) as files:
                return await files.read("/blob", 1_000)

    with pytest.raises(httpx.HTTPError):
        asyncio.run(once())


def test_a_redirect_is_not_followed() -> None:
    async def once() -> str | bytes:
        async with serve(echo, "127.0.0.1", 0) as there:
            port = there.sockets[0].getsockname()[1]

            def lead(line: ServerConnection, _: Request) -> Response:
                answer = line.respond(302, "elsewhere")
                answer.headers["location"] = f"ws://127.0.0.1:{port}/"
                return answer

            async with serve(echo, "127.0.0.1", 0, process_request=lead) as here:
                first = here.sockets[0].getsockname()[1]
                return await heard(f"ws://127.0.0.1:{first}", is_trusted=True)

    with pytest.raises(Unreachable, match="no-relay"):
        asyncio.run(once())


def test_with_a_proxy_everything_goes_through_it_and_no_name_is_looked_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def once() -> list[tuple[str, int]]:
        async with serve(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with socks_proxy(port) as (proxy, asked):
                monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", None)
                for url, is_trusted in (
                    ("ws://far.example", False),
                    (f"http://{'a' * 56}.onion", False),
                    ("ws://localhost:17", True),
                ):
                    assert await heard(url, is_trusted=is_trusted, socks=proxy) == "hello"
                async with (
                    Way(proxy).to_files(Address.read("http://files.example")) as files,
                    files.get("/records") as answer,
                ):
                    assert answer.status_code == 426  # a relay without files
                return asked

    onion = f"{'a' * 56}.onion"
    assert asyncio.run(once()) == [
        ("far.example", 80), (onion, 80), ("localhost", 17), ("files.example", 80)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "host", ["localhost", "router.lan", "printer", "127.0.0.1", "10.0.0.1", "[::1]", "0x7f000001"]
)
def test_through_a_proxy_no_charter_reaches_into_the_proxys_own_network(host: str) -> None:
    async def once() -> None:
        async with socks_proxy(9) as (proxy, asked):
            try:
                await heard(f"ws://{host}:9", is_trusted=False, socks=proxy)
            finally:
                assert asked == []

    with pytest.raises(Unreachable, match="private-address"):
        asyncio.run(once())


@pytest.mark.parametrize(
    ("url", "socks", "word"),
    [
        (f"http://{'a' * 56}.onion", "", "needs-proxy"),
        ("ws://127.0.0.1:9", "", "nobody-listens"),
        ("ws://far.example", "socks5://127.0.0.1:9", "no-proxy"),
    ],
)
def test_who_is_not_reached_is_told_by_a_word_without_an_address(
    url: str, socks: str, word: str
) -> None:
    with pytest.raises(Unreachable) as caught:
        asyncio.run(heard(url, is_trusted=True, socks=socks))
    assert str(caught.value) == word
