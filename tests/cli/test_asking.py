"""What commands ask of others goes through the proxy that is named, and ends."""

import asyncio
import gzip
import json
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cli.town import Machine
from proxies import socks_proxy
from wayhome import outward
from wayhome.codec import limits
from wayhome.desk.known import DeskFault
from wayhome.desk.post import ByHttp
from wayhome.petition.kinds import petition
from wayhome.web.presented import Presented
from wayhome.web.site import Face

TEXT = b"words " * 1_000
NODE = "http://node.example"  # a name that nobody but the proxy can look up
PAGE = f"{NODE}/ru/post/{'ab' * 32}.html"
SITE = Presented(("ab" * 32,), 1, Face({}, {})).json
# what is asked, and the file on which it ends
COMMANDS = {
    ("check", PAGE): PAGE.replace(".html", ".json"),
    ("check", "a text of some words", "--from", NODE): f"{NODE}/records/3960.jsonl",
    ("export", NODE, "out"): f"{NODE}/records",
    ("recount", NODE): f"{NODE}/records/{petition.NUMBER}.jsonl",
    ("recount", NODE, "--petition", "ab" * 32): f"{NODE}/petition/{'ab' * 32}/sheet.jsonl",
    ("mirror", "out", "--from", NODE): f"{NODE}/site.json",
    ("group", "show", "--from", NODE): f"{NODE}/records/3960.jsonl",
}


class Web:
    """A web space of a thread: what lies where; all else is not found."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.packed = ""  # how it says that they are packed
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = web.files.get(self.path)
                body = b"<p>not found</p>\n" if found is None else found
                self.send_response(404 if found is None else 200)
                self.send_header("content-length", str(len(body)))
                if web.packed:
                    self.send_header("content-encoding", web.packed)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def proxy(web: Web) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """A proxy that leads to the web space, and whom it was asked for."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    opened = socks_proxy(web.port)
    yield asyncio.run_coroutine_threadsafe(opened.__aenter__(), loop).result(30)

    async def end() -> None:
        await opened.__aexit__(None, None, None)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(end(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    outward.use("")


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """All names that this program looks up by itself."""
    found: list[object] = []
    look_up: Callable[..., object] = socket.getaddrinfo

    def noted(host: object, *rest: object, **more: object) -> object:
        found.append(host)
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    return found


@pytest.mark.parametrize("words", COMMANDS)
def test_with_a_proxy_nothing_goes_past_it_and_what_is_not_there_is_said(
    tmp_path: Path,
    proxy: tuple[str, list[tuple[str, int]]],
    looked_up: list[object],
    words: tuple[str, ...],
) -> None:
    address, asked = proxy
    machine = Machine(tmp_path)
    said = machine.is_refused(*words, "--proxy", address)
    assert f"{COMMANDS[words]} answers 404" in said
    assert ("there is no petition" in said) == ("--petition" in words)
    assert set(asked) == {("node.example", 80)}
    assert "node.example" not in looked_up


def test_a_nodes_own_setting_is_a_commands_proxy_and_one_that_is_none_is_refused(
    tmp_path: Path, proxy: tuple[str, list[tuple[str, int]]], looked_up: list[object], web: Web
) -> None:
    address, asked = proxy
    machine = Machine(tmp_path)
    settings = f'home = ["{"ab" * 32}"]\nsocks = "{address}"\n'
    (tmp_path / "node.toml").write_text(settings)
    web.files["/site.json"] = SITE
    said = machine.is_refused("mirror", "out", "--from", NODE)
    assert "does not answer as a node: no-relay" in said
    assert len(asked) == 3  # is it a mirror? what does it say of itself? and its relay
    assert set(asked) == {("node.example", 80)}
    assert "node.example" not in looked_up
    assert "socks5://" in machine.is_refused("recount", NODE, "--proxy", "127.0.0.1:9050")


@pytest.mark.parametrize("words", COMMANDS)
def test_an_answer_that_is_longer_than_any_of_its_sort_is_refused(
    tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    for name in ("PROOF_BYTES", "PRESENTED", "MIRROR_FILE"):
        monkeypatch.setattr(limits, name, 1_000)
    monkeypatch.setattr("wayhome.sources._SHEET", 1_000)
    monkeypatch.setattr("wayhome.desk.nodes.MOST", 1_000)
    here = f"http://127.0.0.1:{web.port}"
    web.files[COMMANDS[words].removeprefix(NODE)] = b"x" * 1_001
    said = Machine(tmp_path).is_refused(*(word.replace(NODE, here) for word in words))
    assert "sends without end: more than 1000 bytes" in said


def test_a_page_that_says_not_found_is_never_written_as_if_it_were_records(
    tmp_path: Path, web: Web
) -> None:
    web.files["/records"] = b"[3960]"
    said = Machine(tmp_path).is_refused("export", f"http://127.0.0.1:{web.port}", "out")
    assert "/records/3960.jsonl answers 404" in said
    assert (tmp_path / "out" / "records.jsonl").read_bytes() == b""


def test_a_node_that_names_kinds_without_end_is_none(tmp_path: Path, web: Web) -> None:
    web.files["/records"] = json.dumps([*range(101)]).encode()
    said = Machine(tmp_path).is_refused("export", f"http://127.0.0.1:{web.port}", "out")
    assert "does not answer as a node: it names 101 kinds" in said


def test_a_desk_keeps_to_its_proxy_in_every_thread_and_its_nodes_to_an_end(
    proxy: tuple[str, list[tuple[str, int]]],
    looked_up: list[object],
    web: Web,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wayhome.desk.post.MOST", 1_000)
    web.files["/long"] = b"x" * 1_001
    far = ByHttp(f"{NODE}/", proxy[0])
    told: list[str] = []

    def ask() -> None:
        for way, path in ((far, "/none"), (far, "/long"), (ByHttp("http://127.0.0.1:1"), "/none")):
            with pytest.raises(DeskFault) as fault:
                way.get(path)
            told.append(str(fault.value))

    outward.use("socks5://127.0.0.1:1")  # the program's own is not asked, where a desk has one
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert told == [
        f"{NODE}/ answers 404",
        f"{NODE}/ sends without end; ask another node",
        "http://127.0.0.1:1 does not answer",
    ]
    assert set(proxy[1]) == {("node.example", 80)}
    assert "node.example" not in looked_up


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def test_what_is_packed_is_unpacked_once_and_in_small_pieces(web: Web) -> None:
    """Five kilobytes, packed twice, are three gigabytes; packed once, a thousand times as much."""
    here = f"http://127.0.0.1:{web.port}/x"
    web.packed = "gzip"
    web.files["/x"] = packed(TEXT)
    assert outward.read(here, len(TEXT)) == TEXT
    web.files["/x"] = packed(bytes(64 << 20))
    with outward.calling(here) as http, http.stream("GET", here) as answer:
        assert max(map(len, outward.unpacked(answer))) <= 64 * 1024
    with pytest.raises(outward.NoAnswer, match="sends without end"):
        outward.read(here, 1_000_000)


@pytest.mark.parametrize(
    ("how", "body"),
    [
        ("gzip, gzip", packed(packed(TEXT))),
        ("deflate", zlib.compress(TEXT)),
        ("br", TEXT),
        ("gzip", TEXT),
        ("gzip", packed(TEXT)[:-9]),
        ("gzip", packed(b"")[:3] + b"\x08" + packed(b"")[4:10] + b"n" * 200_000),  # a name
    ],
)
def test_what_is_packed_otherwise_or_never_ends_is_no_answer(
    web: Web, how: str, body: bytes
) -> None:
    web.packed, web.files["/x"] = how, body
    with pytest.raises(outward.NoAnswer, match="does not answer"):
        outward.read(f"http://127.0.0.1:{web.port}/x", 1_000_000)


def test_the_status_of_a_node_that_sends_without_end_is_none(tmp_path: Path, web: Web) -> None:
    web.packed, web.files["/status.json"] = "gzip", packed(b" " * (limits.TALLY + 1))
    said = Machine(tmp_path).is_refused("status", f"http://127.0.0.1:{web.port}")
    assert "does not answer as a node does" in said
