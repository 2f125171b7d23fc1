"""Seven nodes, programs of their own in network namespaces, that can be parted three from four."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from faults.processes import wait_until
from namespaces import Parted
from petition_world import OPEN, Group
from wayhome.channel.service import Writing, write
from wayhome.records.record import Record

PORT = 8000
LONG = 120.0  # seconds: seven programs start on a machine that does other things besides
NODES = 7
LEFT = 3
POST, CHARTER = 3963, 3960


class Seven:
    """The nodes of one group of one person, each a peer of all others."""

    def __init__(self, net: Parted, folder: Path) -> None:
        self.net = net
        self.group = Group("alone", k=1, size=1)
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._folder = folder

    def start(self, number: int) -> None:
        folder = self._folder / str(number)
        folder.mkdir(exist_ok=True)
        peers = (self.net.host(one) for one in self.net.numbers if one != number)
        settings = [f'home = ["{self.group.id}"]', f'host = "{self.net.host(number)}"']
        settings += [f'[[peer]]\nurl = "http://{peer}:{PORT}"' for peer in peers]
        (folder / "node.toml").write_text("\n".join(settings))
        wayhome = str(Path(sys.executable).with_name("wayhome"))
        self._running[number] = self.net.start(number, [wayhome, "serve"], folder)

    def begin(self) -> None:
        """Start all of them, and let all know the group."""
        everybody = list(self.net.numbers)
        for one in everybody:
            self.start(one)
        wait_until(
            "all listen", lambda: all(self.get(one, "/records")[0] for one in everybody), LONG
        )
        charter = self.group.charter
        assert charter is not None
        self.write(1, [charter])
        founded = ids_of([charter])
        wait_until("all know it", lambda: self.hold(everybody, founded, CHARTER), LONG)

    def kill(self, number: int) -> None:
        self._running[number].kill()
        self._running.pop(number).wait()

    def wipe(self, number: int) -> None:
        """Kill a node and take away all that it held."""
        self.kill(number)
        shutil.rmtree(self._folder / str(number))

    def kill_in_the_middle(self, number: int, lacked: Sequence[Record]) -> None:
        """Kill a node once some of what it lacks has come to it: a tenth, packed, is a third."""
        enough = self.net.received(number) + sum(len(record.line) for record in lacked) // 10
        wait_until("some comes", lambda: self.net.received(number) >= enough, LONG)
        held = self.ids(number)
        self.kill(number)
        assert not held.issuperset(ids_of(lacked)), "all had come before it was killed"

    def stop(self) -> None:
        for number in list(self._running):
            self.kill(number)

    def get(self, number: int, path: str) -> tuple[int, bytes]:
        def ask() -> tuple[int, bytes]:
            line = HTTPConnection(self.net.host(number), PORT, 10)
            try:
                line.request("GET", path)
                answer = line.getresponse()
                return answer.status, answer.read()
            finally:
                line.close()

        try:
            return self.net.within(number, ask)
        except OSError:
            return 0, b""

    def ids(self, number: int, kind: int = POST) -> set[bytes]:
        _, ids = self.get(number, f"/records/{kind}.ids")
        return {ids[at : at + 32] for at in range(0, len(ids), 32)}

    def write(self, number: int, records: Sequence[Record]) -> None:
        def send() -> None:
            line = HTTPConnection(self.net.host(number), PORT, 30)
            for record in records:
                line.request("POST", "/records", record.line)
                answer = line.getresponse()
                assert answer.read(), answer.status
                assert answer.status == 200
            line.close()

        self.net.within(number, send)

    def part(self, number: int) -> tuple[list[Record], list[Record]]:
        """Part them, and let each side write so many posts and agree on them."""
        everybody = list(self.net.numbers)
        ours, theirs = self.posts("left", number), self.posts("right", number)
        self.net.part()
        self.write(1, ours)
        self.write(NODES, theirs)
        left, right = everybody[:LEFT], everybody[LEFT:]
        wait_until("the left agrees", lambda: self.hold(left, ids_of(ours)), LONG)
        wait_until("the right agrees", lambda: self.hold(right, ids_of(theirs)), LONG)
        return ours, theirs

    def posts(self, side: str, number: int) -> list[Record]:
        speaker = (self.group.id, self.group.id)
        return [
            self.group.say(write(speaker, Writing(f"{side} {each}", "ru", "Слова."), OPEN))
            for each in range(number)
        ]

    def crossed(self) -> int:
        """Give the bytes that all have sent each other so far, with all that TCP adds."""
        return sum(self.net.sent(one) for one in self.net.numbers)

    def hold(self, numbers: Sequence[int], expected: set[bytes], kind: int = POST) -> bool:
        return all(self.ids(number, kind) == expected for number in numbers)


@contextmanager
def ready(folder: Path) -> Iterator[Seven]:
    """Have the net ready until the block ends.

    Raises:
        NoNamespaces: this machine does not allow them.
    """
    with Parted(NODES, LEFT) as net:
        nodes = Seven(net, folder)
        try:
            yield nodes
        finally:
            nodes.stop()


def ids_of(records: Sequence[Record]) -> set[bytes]:
    return {bytes.fromhex(record.id) for record in records}
