"""Echo: official texts elsewhere, under the node's own key; what fails waits and stops nothing."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from websockets.asyncio.server import serve

from echo.foreign import Relay, running
from ports import free_port
from wayhome.crypto import keys
from wayhome.crypto.keys import SecretKey
from wayhome.echo import relays
from wayhome.echo.notes import Said, draft, said_by
from wayhome.echo.places import EchoFault, Place
from wayhome.echo.service import FIRST, MOST, Echo, Voice
from wayhome.peers.way import Way
from wayhome.records.signing import sign
from web.small import ADDRESS, Opened, Small

SECRET = SecretKey(bytes(31) + b"\x09")
ONE = Said(
    "1" * 64, "ru", "Верните их", "Мы **ждём**.", 1_800_000_000, "Подписали двое.", "https://a"
)
TWO = replace(ONE, id="2" * 64, lang="en", title="Bring them back", text="We wait.")


@dataclass
class Node:
    """What an echo needs of a node."""

    folder: Path
    said: list[Said] = field(default_factory=lambda: [ONE])
    now: int = 1_800_000_000

    def echo(self, *places: Place) -> Echo:
        voice = Voice(lambda draft: sign(draft, SECRET), lambda: self.now, Way())
        return Echo(places, self.folder, lambda: self.said, voice)


def all_of(address: str, **more: object) -> Place:
    return Place(relay=address, history=True, **more)  # type: ignore[arg-type] # a place's own fields


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path / "echo")


def test_a_note_is_the_nodes_own_word_and_carries_the_address_of_its_proof(node: Node) -> None:
    async def story() -> None:
        async with running(Relay()) as relay:
            await node.echo(all_of(relay.address), all_of(relay.address, form="long")).round()
        short, long = sorted(relay.events.values(), key=lambda one: int(str(one["kind"])))
        assert (short["kind"], long["kind"]) == (1, 30023)
        assert short["pubkey"] == long["pubkey"] == keys.public_key(SECRET)
        assert short["content"] == "Верните их\n\nМы ждём.\n\nПодписали двое.\nhttps://a"
        assert str(long["content"]).startswith("Мы **ждём**.")
        assert ["r", "https://a"] in list(short["tags"])  # type: ignore[call-overload] # JSON
        assert ["d", ONE.id] in list(long["tags"])  # type: ignore[call-overload] # JSON

    asyncio.run(story())


def test_what_was_said_is_not_said_again_not_even_by_the_next_program(node: Node) -> None:
    async def story() -> None:
        async with running(Relay()) as relay:
            echo = node.echo(all_of(relay.address))
            await echo.round()
            await echo.round()
            await node.echo(all_of(relay.address)).round()
            assert relay.asked == 1
            node.said.append(TWO)
            await node.echo(all_of(relay.address)).round()
            assert [one["content"] for one in relay.events.values()][1].startswith("Bring")  # type: ignore[attr-defined] # JSON
            assert relay.asked == 2

    asyncio.run(story())


def test_a_new_place_hears_what_is_new_and_not_all_that_ever_was(node: Node) -> None:
    async def story() -> None:
        async with running(Relay()) as relay:
            echo = node.echo(Place(relay=relay.address))
            await echo.round()
            assert relay.asked == 0
            node.said.append(TWO)
            await echo.round()
            assert relay.asked == 1

    asyncio.run(story())


def test_a_place_of_one_language_hears_that_alone(node: Node) -> None:
    node.said.append(TWO)

    async def story() -> None:
        async with running(Relay()) as relay:
            await node.echo(all_of(relay.address, languages=("en",))).round()
        assert [str(one["content"])[:5] for one in relay.events.values()] == ["Bring"]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("refuse", "it does not want 1111111111111111: blocked: not on the list"),
        ("rubbish", "it answers other than a relay does"),
        ("chat", "it talks, and does not answer"),
        ("hang up", "it does not answer (ConnectionClosedOK)"),
    ],
)
def test_a_relay_that_fails_is_named_and_no_other_waits_for_it(
    node: Node, way: str, said: str
) -> None:
    async def story() -> None:
        async with running(Relay(way)) as bad, running(Relay()) as good:
            echo = node.echo(all_of(bad.address), all_of(good.address))
            await echo.round()
            assert (echo.states[0].fault, echo.states[0].waiting) == (said, 1)
            assert (echo.states[1].fault, echo.states[1].said) == ("", 1)
            bad.way = ""
            await echo.round()  # not yet due
            assert not bad.events
            node.now += FIRST
            await echo.round()
            assert len(bad.events) == 1
            assert (echo.states[0].fault, echo.states[0].waiting) == ("", 0)

    asyncio.run(story())


def test_a_relay_that_says_nothing_is_left_when_its_time_is_over() -> None:
    async def story() -> None:
        async with running(Relay("silent")) as relay:
            note = sign(draft(ONE, "short"), SECRET)
            with pytest.raises(EchoFault, match="in time"):
                await relays.publish(Way(), relay.address, note, deadline=0.2)

    asyncio.run(story())


def test_a_relay_that_is_down_is_asked_less_and_less_and_in_the_end_hears_everything(
    node: Node,
) -> None:
    port = free_port()
    node.said.append(TWO)

    async def story() -> None:
        echo = node.echo(all_of(f"ws://127.0.0.1:{port}"))
        pauses = []
        for _ in range(9):
            await echo.round()
            assert echo.states[0].waiting == 2
            before = node.now
            again = echo._lines[0].again  # noqa: SLF001 - when it is due is nobody else's business
            pauses.append(again - before)
            node.now = again
        assert pauses == [min(FIRST * 2**i, MOST) for i in range(9)]
        relay = Relay()
        async with serve(relay.answer, "127.0.0.1", port):
            await echo.round()
        assert len(relay.events) == 2

    asyncio.run(story())


def test_a_torn_line_is_said_again_and_spoils_nothing(node: Node) -> None:
    async def story() -> None:
        async with running(Relay()) as relay:
            place = all_of(relay.address)
            await node.echo(place).round()
            path = node.folder / place.file
            path.write_bytes(path.read_bytes()[:-20])
            node.said.append(TWO)
            await node.echo(place).round()
            await node.echo(place).round()
            assert (relay.asked, len(relay.events)) == (3, 2)  # one came twice, and is one

    asyncio.run(story())


def test_a_disk_that_takes_nothing_stops_no_node(node: Node) -> None:
    async def story() -> None:
        async with running(Relay()) as relay:
            place = all_of(relay.address)
            node.folder.mkdir()
            (node.folder / place.file).mkdir()
            with pytest.raises(OSError, match="directory"):
                node.echo(place)  # at the start its operator is told
            (node.folder / place.file).rmdir()
            fresh = Place(relay.address, form="long")
            new = node.echo(fresh)  # of which nothing was written down yet
            (node.folder / fresh.file).mkdir()
            await new.round()
            assert "could not be written down" in new.states[0].fault
            echo = node.echo(place)
            (node.folder / place.file).mkdir()
            await echo.round()
            assert "could not be written down" in echo.states[0].fault
            assert len(relay.events) == 1

    asyncio.run(story())


@contextmanager
def service() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A messenger's door; its address as Apprise has them, and what it took."""
    took: list[dict[str, str]] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            took.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"json://127.0.0.1:{server.server_address[1]}/secret-token", took
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_messenger_is_told_through_apprise_and_its_secret_is_shown_nowhere(node: Node) -> None:
    with service() as (address, took):
        place = Place(apprise=address, history=True)
        echo = node.echo(place, Place(apprise="nothing://here", history=True))
        asyncio.run(echo.round())
    assert [(one["title"], one["message"].split("\n")[-1]) for one in took] == [
        ("Верните их", "https://a")
    ]
    assert echo.states[1].fault == "no service has an address of this form"
    shown = f"{place!r} {place.name} {echo.states} {place.file}"
    assert "secret" not in shown
    assert "secret" not in "".join(one.name for one in node.folder.iterdir())


def test_only_what_is_official_is_echoed_each_language_and_only_the_last_correction(
    tmp_path: Path,
) -> None:
    small = Small()
    opened = Opened(tmp_path / "node", tuple(g.id for g in small.world.groups))
    opened.take(small.lines)
    try:
        said = {one.id: one for one in said_by(opened.node.site)}
    finally:
        opened.node.close()
    posts = {word: record.id for word, record in small.posts.items()}
    assert posts["manifesto"] in said
    assert posts["manifesto-en"] in said
    assert posts["corrected"] in said
    assert posts["first"] not in said
    assert small.proposal.id not in said
    one = said[posts["manifesto-en"]]
    assert one.proof == f"{ADDRESS}/en/post/{one.id}.html"
    assert one.whose.startswith("Signed by 2 of 3 organisers of the group")
