"""Firefox by the protocol that it speaks itself (Marionette), which also tells what it keeps."""

import json
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
PATIENCE = 120  # seconds for what must come
# What Tor Browser sets of this: a page is given noise for what it has drawn.
LIKE_TOR = {"privacy.resistFingerprinting": True}
ALWAYS = {
    "marionette.port": 0,
    # a wall: nobody listens there, and only this machine is asked without it
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
}
LISTENS = re.compile(r"Listening on port (\d+)")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # WebDriver's name for what stands for one
KEPT = """
    const [done] = arguments;
    const at = "resource:///modules/sessionstore/";
    const { SessionStore } = ChromeUtils.importESModule(at + "SessionStore.sys.mjs");
    const { TabStateFlusher } = ChromeUtils.importESModule(at + "TabStateFlusher.sys.mjs");
    const window = Services.wm.getMostRecentWindow("navigator:browser");
    TabStateFlusher.flushWindow(window).then(() => done(SessionStore.getBrowserState()));
"""


class Firefox:
    """One window; what a script is to wait for is written as an expression of the page."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._read()  # it says who it is
        self._number = 0
        self._ask("WebDriver:NewSession")
        self._ask("WebDriver:SetTimeouts", script=1000 * PATIENCE)
        self._ask("WebDriver:SetWindowRect", width=500, height=900)

    def open(self, url: str) -> None:
        self._ask("WebDriver:Navigate", url=url)

    def run(self, script: str) -> Any:
        return self._ask("WebDriver:ExecuteScript", script=script, args=[])["value"]

    def until(self, expression: str) -> None:
        """Wait for something to be true on the page."""
        look = f"(function look() {{ ({expression}) ? done() : setTimeout(look, 50); }})()"
        script = f"const done = arguments[0]; {look}"
        self._ask("WebDriver:ExecuteAsyncScript", script=script, args=[])

    def type(self, field: str, text: str) -> None:
        """Type into a field; into one for files, the name of a file."""
        found = self._ask("WebDriver:FindElement", using="css selector", value=field)
        self._ask("WebDriver:ElementSendKeys", id=found["value"][ELEMENT], text=text)

    def press(self, name: str) -> None:
        self.until(f"{_button(name)} && !{_button(name)}.disabled")
        self.run(f"{_button(name)}.click()")

    def says(self, place: str, text: str) -> None:
        self.until(f"document.querySelector({place!r})?.innerText.includes({text!r})")

    def kept(self) -> str:
        """What it would write to its disk at this moment, to bring its windows back."""
        self._ask("Marionette:SetContext", value="chrome")
        kept: str = self._ask("WebDriver:ExecuteAsyncScript", script=KEPT, args=[])["value"]
        self._ask("Marionette:SetContext", value="content")
        return kept

    def _ask(self, command: str, **told: object) -> Any:
        self._number += 1
        raw = json.dumps([0, self._number, command, told]).encode()
        self._line.sendall(str(len(raw)).encode() + b":" + raw)
        _, _, error, answer = self._read()
        assert error is None, (command, error)
        return answer

    def _read(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            size += self._line.recv(1)
        raw = b""
        while len(raw) < int(size[:-1]):
            raw += self._line.recv(int(size[:-1]) - len(raw))
        return json.loads(raw)


def _button(name: str) -> str:
    return f"[...document.querySelectorAll('button')].find((one) => one.textContent === {name!r})"


@contextmanager
def firefox(profile: Path, settings: dict[str, object]) -> Iterator[Firefox]:
    """Run it with a profile of its own until the block ends."""
    profile.mkdir()
    lines = (
        f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in (ALWAYS | settings).items()
    )
    (profile / "user.js").write_text("\n".join(lines), "utf-8")
    assert FIREFOX
    speaks = ["--marionette", "--remote-allow-system-access"]  # the second: to ask what it keeps
    command = [FIREFOX, *speaks, "--headless", "--no-remote", "--profile", str(profile)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        try:
            assert running.stdout
            port = next(found[1] for line in running.stdout if (found := LISTENS.search(line)))
            threading.Thread(target=running.stdout.read).start()  # else it waits once that is full
            with socket.create_connection(("127.0.0.1", int(port)), PATIENCE) as line:
                yield Firefox(line)
        finally:
            running.kill()
