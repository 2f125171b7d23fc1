"""Namespaces: a network on this machine, each node in a namespace of its own, that can be parted.

Two bridges in a namespace of their own, joined by a cable that can be pulled. Nothing of it touches
the machine's own network. It needs root and `ip`.
"""

import ctypes
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

_Given = TypeVar("_Given")
_LIBC = ctypes.CDLL(None, use_errno=True)
CABLE = ("cable", "plug")  # its two ends


class NoNamespaces(Exception):  # noqa: N818 - the machine's fault
    """This machine does not allow them; the message says what is missing."""


class Parted:
    """So many nodes, the first ``left`` of them on the left bridge."""

    def __init__(self, number: int, left: int) -> None:
        self.name = f"wayhome{os.getpid()}"
        self.numbers = range(1, number + 1)
        self._left = left

    def __enter__(self) -> Self:
        try:
            _ip("netns", "add", self.hub)
            _ip("netns", "del", self.hub)
        except (OSError, subprocess.CalledProcessError) as error:
            raise NoNamespaces("needs root and `ip`") from error
        try:
            self._build()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._remove()

    @property
    def hub(self) -> str:
        return f"{self.name}hub"

    def of(self, number: int) -> str:
        """The namespace of a node."""
        return f"{self.name}n{number}"

    def host(self, number: int) -> str:
        return f"10.9.0.{number}"

    def part(self) -> None:
        """Pull the cable."""
        _ip("-n", self.hub, "link", "set", "cable", "down")

    def heal(self) -> None:
        """Put it back."""
        _ip("-n", self.hub, "link", "set", "cable", "up")

    def worsen(self, kbit: int, lost: int) -> None:
        """Let so many thousand bits a second through the cable, and lose so many in a hundred.

        Raises:
            NoNamespaces: this machine has no `nft`.
        """
        if shutil.which("nft") is None:
            raise NoNamespaces("needs `nft`")
        for number in self.numbers:  # else 64 KiB would be lost, or come, as if they were a packet
            _ip("-n", self.of(number), "link", "set", "eth0", "gso_max_segs", "1")
        rules = "add table netdev line\n"
        for end in CABLE:
            self._shape(end, "add", "tbf", *_rate(kbit))
            hook = f"type filter hook ingress device {end} priority 0;"
            rules += f"add chain netdev line {end} {{ {hook} }}\n"
            rules += f"add rule netdev line {end} numgen random mod 100 < {lost} drop\n"
        inside = ("ip", "netns", "exec", self.hub, "nft", "-f", "-")
        subprocess.run(inside, check=True, capture_output=True, input=rules.encode())

    def crossed(self) -> int:
        """Give the bytes that went into the cable at both ends, what it lost among them."""
        return sum(_crossed(self.hub, end, "tx") for end in CABLE)

    def slow_down(self, number: int, kbit: int) -> None:
        """Let what others send a node come no faster than so many thousand bits a second."""
        self._shape(f"p{number}", "add", "tbf", *_rate(kbit))

    def speed_up(self, number: int) -> None:
        """Let it come as fast as before."""
        self._shape(f"p{number}", "del")

    def _shape(self, port: str, verb: str, *how: str) -> None:
        where = ("dev", port, "root")
        inside = ("ip", "netns", "exec", self.hub, "tc", "qdisc", verb, *where, *how)
        subprocess.run(inside, check=True, capture_output=True)

    def sent(self, number: int) -> int:
        """Give the bytes that a node has sent to others."""
        return _crossed(self.of(number), "eth0", "tx")

    def received(self, number: int) -> int:
        """Give the bytes that have come to a node from others."""
        return _crossed(self.of(number), "eth0", "rx")

    def start(self, number: int, command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
        """Start a program in a node's namespace."""
        inside = ["ip", "netns", "exec", self.of(number), *command]
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(inside, cwd=folder, stdout=log, stderr=log)

    def within(self, number: int, do: Callable[[], _Given]) -> _Given:
        """Do something in a node's namespace, in a thread that then ends."""
        done: list[_Given] = []
        faults: list[BaseException] = []

        def inside() -> None:
            try:
                with Path("/var/run/netns", self.of(number)).open() as namespace:
                    if _LIBC.setns(namespace.fileno(), 0):
                        raise OSError(ctypes.get_errno(), "setns")
                done.append(do())
            except BaseException as error:  # noqa: BLE001 - it rises where it was asked for
                faults.append(error)

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        if faults:
            raise faults[0]
        return done[0]

    def _build(self) -> None:
        _ip("netns", "add", self.hub)
        for bridge in ("left", "right"):
            _ip("-n", self.hub, "link", "add", bridge, "type", "bridge")
            _ip("-n", self.hub, "link", "set", bridge, "up")
        cable, plug = CABLE
        _ip("-n", self.hub, "link", "add", cable, "type", "veth", "peer", "name", plug)
        _ip("-n", self.hub, "link", "set", cable, "master", "left", "up")
        _ip("-n", self.hub, "link", "set", plug, "master", "right", "up")
        for number in self.numbers:
            here, port = self.of(number), f"p{number}"
            _ip("netns", "add", here)
            _ip("-n", self.hub, "link", "add", port, "type", "veth",
                "peer", "name", "eth0", "netns", here)  # fmt: skip
            bridge = "left" if number <= self._left else "right"
            _ip("-n", self.hub, "link", "set", port, "master", bridge, "up")
            _ip("-n", here, "link", "set", "lo", "up")
            _ip("-n", here, "addr", "add", f"{self.host(number)}/24", "dev", "eth0")
            _ip("-n", here, "link", "set", "eth0", "up")

    def _remove(self) -> None:
        for name in (*map(self.of, self.numbers), self.hub):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def _rate(kbit: int) -> Sequence[str]:
    return ("rate", f"{kbit}kbit", "burst", "4kb", "latency", "2s")


def _crossed(namespace: str, link: str, way: str) -> int:
    told = json.loads(_ip("-n", namespace, "-j", "-s", "link", "show", link))
    crossed: int = told[0]["stats64"][way]["bytes"]
    return crossed


def _ip(*words: str) -> bytes:
    return subprocess.run(["ip", *words], check=True, capture_output=True).stdout
