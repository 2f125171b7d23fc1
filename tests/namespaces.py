"""Namespaces: a network on this machine, each node in a namespace of its own, that can be parted.

Two bridges in a namespace of their own, joined by a cable that can be pulled. Nothing of it touches
the machine's own network. It needs root and `ip`.
"""

import ctypes
import json
import os
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

_Given = TypeVar("_Given")
_LIBC = ctypes.CDLL(None, use_errno=True)


class NoNamespaces(Exception):  # noqa: N818 - the machine's fault
    """This machine does not allow them."""


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
            raise NoNamespaces from error
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

    def slow_down(self, number: int, kbit: int) -> None:
        """Let what others send a node come no faster than so many thousand bits a second."""
        rate = ("rate", f"{kbit}kbit", "burst", "4kb", "latency", "2s")
        self._shape(number, "add", "tbf", *rate)

    def speed_up(self, number: int) -> None:
        """Let it come as fast as before."""
        self._shape(number, "del")

    def _shape(self, number: int, verb: str, *how: str) -> None:
        port = ("dev", f"p{number}", "root")
        inside = ("ip", "netns", "exec", self.hub, "tc", "qdisc", verb, *port, *how)
        subprocess.run(inside, check=True, capture_output=True)

    def sent(self, number: int) -> int:
        """Give the bytes that a node has sent to others."""
        return self._crossed(number, "tx")

    def received(self, number: int) -> int:
        """Give the bytes that have come to a node from others."""
        return self._crossed(number, "rx")

    def _crossed(self, number: int, way: str) -> int:
        told = json.loads(_ip("-n", self.of(number), "-j", "-s", "link", "show", "eth0"))
        crossed: int = told[0]["stats64"][way]["bytes"]
        return crossed

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
        _ip("-n", self.hub, "link", "add", "cable", "type", "veth", "peer", "name", "plug")
        _ip("-n", self.hub, "link", "set", "cable", "master", "left", "up")
        _ip("-n", self.hub, "link", "set", "plug", "master", "right", "up")
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


def _ip(*words: str) -> bytes:
    return subprocess.run(["ip", *words], check=True, capture_output=True).stdout
