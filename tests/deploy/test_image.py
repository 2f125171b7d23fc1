"""The container: what deploy/Containerfile builds is a node, begun as docs/operate.md says.

By name only, `./run soak tests/deploy`: it needs podman, and the base image or a registry.
"""

import re
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import tree
from faults.processes import wait_until
from petition_world import Group
from wayhome.desk.nodes import hand_in

pytestmark = [pytest.mark.soak, pytest.mark.slow]

IMAGE = "localhost/wayhome-tried"
SIZE = (
    250 * 2**20
)  # bytes over the base image: 183 MiB are what locks/run.txt names, as bytecode too
SECONDS = 10  # podman's own patience with a container that is to stop
KILLED = 137


def podman(*words: object) -> str:
    done = subprocess.run(["podman", *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def told(command: str) -> list[str]:
    """Give the words of a podman command of docs/operate.md, without those that are ours to say."""
    text = (tree.ROOT / "docs" / "operate.md").read_text("utf-8").replace("\\\n", " ")
    words = shlex.split(re.findall(rf"^podman {command} (.*)$", text, re.MULTILINE)[0])
    return words[: words.index("-t" if command == "build" else "--volume")]


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    """The image, built of this tree by the command of the docs."""
    if shutil.which("podman") is None:
        pytest.fail("podman is not here (Debian: package podman)")
    podman("build", *told("build"), "-t", IMAGE, tree.ROOT)
    yield IMAGE
    podman("rmi", "--force", IMAGE)


class Container:
    """A node in a container, and the folder that is mounted."""

    def __init__(self, folder: Path, image: str, settings: str) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "node.toml").write_text(settings)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.name = f"wayhome-tried-{self._port}"
        words = told("run")
        words[words.index("--name") + 1] = self.name
        self.words = [
            *("podman", "run", *words, "--volume", f"{folder}:/var/lib/wayhome:U"),
            *("--publish", f"127.0.0.1:{self._port}:8000", image),
        ]

    @contextmanager
    def running(self) -> Iterator[str]:
        """Run it until the block ends; it must end well, by itself, when it is told to."""
        program = subprocess.Popen(self.words, stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{self._port}"
        try:
            wait_until("it answers", lambda: self._answers(address))
            yield address
        finally:
            podman("stop", "--time", SECONDS, self.name)
            ended = program.wait()
            podman("rm", "--force", self.name)
        assert ended != KILLED, "the first process took no notice of SIGTERM"
        assert ended == 0

    def inside(self, *words: str) -> str:
        return podman("exec", self.name, *words)

    def _answers(self, address: str) -> bool:
        try:
            return httpx.get(f"{address}/records", trust_env=False).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


def test_a_node_in_a_container_keeps_what_it_answered_when_it_is_stopped_and_begun_again(
    image: str, tmp_path: Path
) -> None:
    group = Group("samara")
    folder = tmp_path / "files"
    node = Container(folder, image, f'home = ["{group.id}"]\nhost = "0.0.0.0"\n')
    with node.running() as address:
        hand_in(address, group.records)
        assert node.inside("wayhome", "status").startswith(f"{len(group.records)} records")
    assert not list(folder.glob("node-data/*-wal"))  # closed, not broken off
    with node.running() as address:
        kept = httpx.get(f"{address}/records/3960.jsonl", trust_env=False).text
        assert group.id in kept


def test_it_may_write_its_folder_alone_and_has_no_capability_and_no_compiler(
    image: str, tmp_path: Path
) -> None:
    node = Container(tmp_path / "files", image, f'home = ["{"0" * 64}"]\nhost = "0.0.0.0"\n')
    with node.running():
        assert node.inside("id", "-u").strip() not in ("0", "")
        refused = "for f in / /srv/wayhome /etc /usr; do touch $f/x 2>/dev/null && echo $f; done"
        assert node.inside("sh", "-c", f"{refused}; true") == ""
        state = node.inside("cat", "/proc/1/status")
        assert set(re.findall(r"^Cap\w+:\s(\w+)$", state, re.MULTILINE)) == {"0" * 16}
        assert re.search(r"^NoNewPrivs:\s1$", state, re.MULTILINE)
        assert node.inside("sh", "-c", "command -v gcc cc make uv; true") == ""


def test_bad_settings_end_it_with_their_reason_in_words(image: str, tmp_path: Path) -> None:
    node = Container(tmp_path / "files", image, 'home = ["abc"]\n')
    done = subprocess.run([*node.words], capture_output=True, text=True, check=False)
    podman("rm", "--force", node.name)
    assert done.returncode == 1
    assert "`abc` is no group's id" in done.stderr


def test_the_image_has_no_more_than_a_node_needs(image: str) -> None:
    base = re.findall(r"^ARG base=(\S+)$", _containerfile(), re.MULTILINE)[0]
    sizes = [int(podman("inspect", "--format", "{{.Size}}", one)) for one in (image, base)]
    assert sizes[0] - sizes[1] < SIZE
    listed = podman("run", "--rm", "--entrypoint", "ls", image, "-A", "/srv/wayhome").split()
    assert not {".git", ".tools", "tests", "web", "node-data", "docs"} & set(listed)


def _containerfile() -> str:
    return (tree.ROOT / "deploy" / "Containerfile").read_text("utf-8")
