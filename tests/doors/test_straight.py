"""The way past ASGI: what it answers cannot be told from what the ordinary way answers."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import product

import httptools
import pytest
from starlette.types import Receive, Scope, Send

from ports import free_port
from wayhome.codec import limits
from wayhome.pages import guard
from wayhome.pages.straight import Glanced, Head, Said, StraightDoor
from wayhome.serving import serving, settle

HEAD = Head.of({"content-type": "text/plain"})
POST = b"POST /straight HTTP/1.1\r\nhost: x\r\n"


class Echo(StraightDoor):
    """Says again what it was told: straight when it is asked at /straight, and in its own time."""

    def __init__(self) -> None:
        self.too_large = Said(413, HEAD, b"too large")
        self.too_late = Said(408, HEAD, closes=True)
        self.waiting: asyncio.Queue[Callable[[], None]] = asyncio.Queue()
        self.ordinary = 0

    def is_straight(self, method: str, path: str) -> bool:
        return (method, path) == ("POST", "/straight")

    def take(self, body: bytes, answer: Callable[[Said], None]) -> None:
        if body.startswith(b"wait"):
            self.waiting.put_nowait(lambda: answer(Said(200, HEAD, body)))
        else:
            answer(Said(200, HEAD, body))

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        body = await guard.read_body(receive)
        self.ordinary += 1
        headers = [*HEAD.headers, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class Caller:
    """One connection to the door."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def hear(self) -> tuple[bytes, bytes]:
        """Give status line and body of the next answer; of no answer, nothing."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        size = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
        return head.split(b"\r\n")[0][9:12], await self.reader.readexactly(size)

    async def is_over(self) -> bool:
        return await self.reader.read() == b""


@asynccontextmanager
async def called(echo: Echo) -> AsyncIterator[Caller]:
    port = free_port()
    async with serving(echo, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield Caller(reader, writer)
        finally:
            writer.close()


def sized(body: bytes, *more: bytes, path: bytes = b"straight") -> bytes:
    head = b"".join(b"%b\r\n" % one for one in more)
    start = b"POST /%b HTTP/1.1\r\nhost: x\r\n%b" % (path, head)
    return b"%bcontent-length: %d\r\n\r\n%b" % (start, len(body), body)


def test_a_body_is_taken_whole_however_it_is_cut_up() -> None:
    async def story() -> None:
        async with called(echo := Echo()) as caller:
            whole = sized(b"in pieces") + POST + b"transfer-encoding: chunked\r\n\r\n"
            whole += b"3\r\nin \r\n6\r\nchunks\r\n0\r\n\r\n"
            for byte in whole:
                caller.writer.write(bytes([byte]))
                await caller.writer.drain()
                await asyncio.sleep(0)
            assert await caller.hear() == (b"200", b"in pieces")
            assert await caller.hear() == (b"200", b"in chunks")
            assert echo.ordinary == 0

    asyncio.run(story())


def test_what_was_asked_together_is_answered_in_its_order_whatever_way_it_goes() -> None:
    async def story() -> None:
        async with called(echo := Echo()) as caller:
            caller.writer.write(
                sized(b"wait 1") + sized(b"page", path=b"page") + sized(b"2") + sized(b"wait 3")
            )
            answer = await echo.waiting.get()
            assert echo.ordinary == 0, "the second waits for the first"
            answer()
            heard = [await caller.hear() for _ in range(3)]
            assert [body for _, body in heard] == [b"wait 1", b"page", b"2"]
            assert echo.ordinary == 1
            (await echo.waiting.get())()
            assert await caller.hear() == (b"200", b"wait 3")

    asyncio.run(story())


class Parsed:
    """What the parser says of bytes; it calls what it has read."""

    def __init__(self, data: bytes) -> None:
        self.url = self.body = b""
        self.whole = 0
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.whole += 1
        self.stays = self.parser.should_keep_alive()
        self.upgrades = self.parser.should_upgrade()


LINES = (
    *(
        "x: y",
        "X-Y:z",
        "x : y",
        "x y: z",
        ": y",
        " x: y",
        "x-\u00e9: y",
        "x: \u00e9",
        "x",
        "x: a\tb",
    ),
    *("x: a\rb", "x: a\nb", "x: a\r\n b", "content-length: 4", "CONTENT-LENGTH: 3", "expect:"),
    *("content-length: 3 ", "content-length: 03", "content-length: 3, 3", "content-length:3"),
    *("transfer-encoding: chunked", "Transfer-Encoding:chunked", "transfer-encoding : chunked"),
    *("connection: close", "Connection: Keep-Alive", "connection: keep-alive", "connection:close"),
    *("connection: keep-alive, close", "connection: upgrade", "upgrade: websocket", "upgrade: x"),
    *("expect: 100-continue", "Expect:100-continue", "proxy-connection: close", "priority: u=1"),
)
PLAIN = ("x: y", "Connection: Keep-Alive", "connection: keep-alive", "priority: u=1")


def test_what_is_known_at_a_glance_is_what_the_parser_reads() -> None:
    starts = ("POST /straight HTTP/1.1", "POST /a?b HTTP/1.1", "POST /%61 HTTP/1.1")
    starts += ("POST straight HTTP/1.1", "POST /straight HTTP/1.0", "GET /straight HTTP/1.1")
    known = set()
    for start, one, other in product(starts, LINES, (*LINES, "content-length: 3")):
        for body in ("abc", "ab", "abcd", "3\r\nabc\r\n0\r\n\r\n"):
            data = f"{start}\r\nhost: x\r\n{one}\r\n{other}\r\n\r\n{body}".encode()
            glanced = Glanced.of(data)
            if glanced is not None:
                parsed = Parsed(data)
                assert (parsed.whole, parsed.stays, parsed.upgrades) == (1, True, False)
                assert (glanced.path, glanced.body) == (parsed.url.decode(), parsed.body)
                assert b"expect" not in data.lower()
                known.add((start, one, other))
    assert {(starts[0], one, "content-length: 3") for one in PLAIN} <= known
    assert {start for start, _, _ in known} == {starts[0]}


def test_a_request_of_two_pieces_and_one_with_another_behind_it_are_not_known_at_a_glance() -> None:
    whole = sized(b"body")
    assert Glanced.of(whole) == Glanced("/straight", b"body")
    assert not any(map(Glanced.of, (whole[:-1], whole + b"G", whole + whole, b"\r\n" + whole)))


def test_what_comes_while_another_waits_is_answered_after_it() -> None:
    async def story() -> None:
        async with called(echo := Echo()) as caller:
            caller.writer.write(sized(b"wait"))
            answer = await echo.waiting.get()
            caller.writer.write(sized(b"wait, please"))
            await caller.writer.drain()
            other = Caller(
                *await asyncio.open_connection(*caller.writer.get_extra_info("peername"))
            )
            other.writer.write(sized(b"other"))
            assert await other.hear() == (b"200", b"other")
            other.writer.close()
            assert echo.waiting.empty(), "the second waits for the first"
            answer()
            assert await caller.hear() == (b"200", b"wait")
            (await echo.waiting.get())()
            assert await caller.hear() == (b"200", b"wait, please")

    asyncio.run(story())


def test_who_waits_for_an_answer_has_sent_a_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "HEAD_DEADLINE", 0.05)

    async def story() -> None:
        async with called(echo := Echo()) as caller:
            caller.writer.write(sized(b"wait"))
            answer = await echo.waiting.get()
            place = caller.writer.get_extra_info("peername")
            reader, writer = await asyncio.open_connection(*place)
            assert await Caller(reader, writer).is_over(), "who came later and says nothing is cut"
            writer.close()
            answer()
            assert await caller.hear() == (b"200", b"wait")

    asyncio.run(story())


def test_who_wishes_to_end_the_connection_is_answered_first() -> None:
    async def story() -> None:
        async with called(Echo()) as caller:
            caller.writer.write(sized(b"last", b"connection: close"))
            assert await caller.hear() == (b"200", b"last")
            assert await caller.is_over()

    asyncio.run(story())


def test_who_asks_whether_to_go_on_is_told_to() -> None:
    async def story() -> None:
        async with called(echo := Echo()) as caller:
            asked = sized(b"", b"expect: 100-continue").replace(b"length: 0", b"length: 4")
            caller.writer.write(asked)
            assert b" 100 " in await caller.reader.readuntil(b"\r\n\r\n")
            caller.writer.write(b"body")
            assert await caller.hear() == (b"200", b"body")
            assert echo.ordinary == 1

    asyncio.run(story())


@pytest.mark.parametrize("size", [limits.HTTP_BODY, limits.HTTP_BODY + 1])
def test_a_body_of_more_than_a_record_is_refused_and_the_next_is_taken(size: int) -> None:
    async def story() -> None:
        async with called(Echo()) as caller:
            caller.writer.write(sized(b"a" * size) + sized(b"next"))
            status, _ = await caller.hear()
            assert status == (b"200" if size == limits.HTTP_BODY else b"413")
            assert await caller.hear() == (b"200", b"next")

    asyncio.run(story())


def test_half_a_body_has_a_deadline_behind_another_request_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guard, "BODY_DEADLINE", 0.05)

    async def story() -> None:
        async with called(echo := Echo()) as caller:
            caller.writer.write(sized(b"wait") + sized(b"half a body")[:-4])
            (await echo.waiting.get())()
            assert await caller.hear() == (b"200", b"wait")
            assert (await caller.hear())[0] == b"408"
            assert await caller.is_over()

    asyncio.run(story())


def test_who_has_gone_is_not_answered_and_nobody_else_is_kept_waiting() -> None:
    async def story() -> None:
        echo, port = Echo(), free_port()
        async with serving(echo, port):
            _, gone = await asyncio.open_connection("127.0.0.1", port)
            stays = Caller(*await asyncio.open_connection("127.0.0.1", port))
            gone.write(sized(b"wait"))
            answer = await echo.waiting.get()
            gone.close()
            stays.writer.write(sized(b"here"))
            assert await stays.hear() == (b"200", b"here")
            answer()
            stays.writer.write(sized(b"still here"))
            assert await stays.hear() == (b"200", b"still here")
            stays.writer.close()

    asyncio.run(story())


def test_what_is_there_when_a_service_begins_is_not_looked_through_again() -> None:
    before = gc.get_threshold()
    try:
        settle()
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] > before[0]
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@pytest.mark.parametrize(
    ("places", "said", "status"),
    [
        pytest.param(500, b"\x16\x03\x01 no HTTP\r\n\r\n", b"400", id="no HTTP"),
        pytest.param(1, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", b"503", id="no place"),
        pytest.param(1, sized(b"a body"), b"503", id="no place for a body"),
    ],
)
def test_what_the_server_says_by_itself_has_our_headers(
    monkeypatch: pytest.MonkeyPatch, places: int, said: bytes, status: bytes
) -> None:
    monkeypatch.setattr("wayhome.serving.CONNECTIONS", places)

    async def story() -> None:
        async with called(echo := Echo()) as caller:
            caller.writer.write(said)
            head, _, body = (await caller.reader.read()).partition(b"\r\n\r\n")
            first, *named = head.split(b"\r\n")
            told = [tuple(one.split(b": ", 1)) for one in named]
            assert first.startswith(b"HTTP/1.1 %b " % status)
            assert len(told) == len(dict(told))
            assert dict(told).keys() >= {b"date", b"content-length"}
            assert dict(told)[b"content-length"] == b"%d" % len(body)
            assert set(told) >= {
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
                (b"x-content-type-options", b"nosniff"),
                (b"connection", b"close"),
            }
            assert b"server" not in dict(told)
            assert echo.ordinary == 0

    asyncio.run(story())
