"""A campaign by commands alone: three people on three machines, two groups, one petition."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pypdf

from cli.town import Machine, Town, moment
from ports import free_port
from wayhome.crypto import codes

WINDOW = 60
TEXT = "Мы, родные мобилизованных, требуем назвать день их возвращения.\n"
TITLE = "Верните мобилизованных домой"
SURE = ("--key", "mine.key", "--yes")


@dataclass
class Home:
    """A group as its organisers see it: the machine of its node, and its places."""

    machine: Machine
    address: str
    ports: tuple[int, int]  # node, desk
    id: str = ""
    kid: str = ""

    @property
    def at(self) -> tuple[str, ...]:
        return ("--to", self.address)


@dataclass
class Campaign:
    """Anna and Olga are Samara, two of two; Vera is Omsk, one of one."""

    folder: Path
    town: Town
    petition: str = ""
    opening: int = 0
    olga: Machine = field(init=False)
    samara: Home = field(init=False)
    omsk: Home = field(init=False)

    def __post_init__(self) -> None:
        self.olga = Machine(self.folder / "olga")
        ports = free_port(), free_port(), free_port(), free_port()
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        self.samara = Home(Machine(self.folder / "anna"), addresses[0], (ports[0], ports[2]))
        self.omsk = Home(Machine(self.folder / "vera"), addresses[1], (ports[1], ports[3]))

    @property
    def homes(self) -> tuple[Home, Home]:
        return self.samara, self.omsk

    @property
    def both(self) -> tuple[str, ...]:
        """The options of one who reads at both nodes."""
        return ("--from", self.samara.address, "--from", self.omsk.address, *SURE)

    @property
    def closing(self) -> int:
        return self.opening + 10 * WINDOW

    def found(self) -> str:
        """Both groups are founded and have a node; what Olga was shown before she said yes."""
        names = ("Семьи Самары", "Омск")
        more: tuple[tuple[object, ...], ...] = (
            ("--k", 2, "--organiser", self.olga.key()),
            ("--k", 1),
        )
        for home, other, name, words in zip(self.homes, self.homes[::-1], names, more, strict=True):
            machine = home.machine
            machine.key()
            key = machine.does("group", "node-key", "node-data").strip()
            node = ("--node", f"{home.address}={key}")
            machine.does("group", "found", "--name", name, *words, *node, "--out", "c.jsonl", *SURE)
            home.id = (machine.folder / "c.jsonl").read_text("utf-8")[7:71]
            data = machine.folder / "node-data"
            self.town.serve(data, home.id, home.ports[0], [other.address])
            machine.does("group", "send", "c.jsonl", *home.at)
        return self.olga.does("cosign", "--key", "mine.key", *self.samara.at, typed="y\n")

    def link(self) -> None:
        """Each group links to the other, having read its charter at its node."""
        for home, other in (self.homes, self.homes[::-1]):
            home.machine.does("group", "link", other.id, *self.both, *home.at)
        self.cosign()
        self.town.settle()
        self.town.settle()

    def cosign(self) -> str:
        """Olga signs whatever waits for her."""
        return self.olga.does("cosign", *SURE, *self.samara.at)

    def write(self, words: tuple[object, ...], name: str, text: str) -> str:
        """Anna writes a text, Olga signs it; its id."""
        (self.samara.machine.folder / name).write_text(text, "utf-8")
        said = self.samara.machine.does(*words, *self.both, *self.samara.at)
        self.cosign()
        self.town.settle()
        return re.findall(r"^[A-Z]+  ([0-9a-f]{64})", said, re.MULTILINE)[0]

    def open(self, q: int = 2) -> None:
        """Desks are made, and the petition that names their keys is opened."""
        for home in self.homes:
            said = home.machine.does("stamp", "make", "desk")
            home.kid = re.findall(r"^kid\s+([0-9a-f]{64})", said, re.MULTILINE)[0]
        self.opening = self.town.clock() - self.town.clock() % WINDOW
        panel = [word for home in self.homes[:q] for word in ("--panel", f"{home.id}={home.kid}")]
        times = ("--open", moment(self.opening), "--close", moment(self.closing))
        basis = ("--basis", "по одному талону от каждой группы, лично")
        words = ("petition", "open", "text.md", "--title", TITLE, *basis, *times)
        more = ("--window", f"{WINDOW}s", "--q", q, *panel)
        self.petition = self.write((*words, *more), "text.md", TEXT)

    def accept(self) -> list[str]:
        """Both groups accept; what each was shown before she said yes."""
        said = [self._accept(self.samara, "desk"), self._accept(self.omsk, "desk/public.json")]
        self.cosign()
        self.town.settle()
        return said

    def accept_alone(self) -> None:
        """Samara accepts a petition whose panel it is alone."""
        self._accept(self.samara, "desk")
        self.cosign()

    def _accept(self, home: Home, desk: str) -> str:
        return home.machine.does(
            *("petition", "accept", self.petition, "--desk", desk, "--ceiling", 20),
            *("--url", f"http://127.0.0.1:{home.ports[1]}", "--key", "mine.key", *home.at),
            typed="y\n",
        )

    def print(self, home: Home, name: str = "slips.pdf", *words: object) -> Path:
        """A group prints three slips."""
        more = ("--site", home.address, "--out", name, *words)
        home.machine.does("voucher", "print", "desk", "--number", 3, *more)
        return home.machine.folder / name

    def run_desks(self) -> None:
        """Both desks are set up and served."""
        for home in self.homes:
            where = ("--from", home.address)
            home.machine.does("stamp", "set-up", "desk", self.petition, *where)
            self.town.run_desk(home.machine.folder / "desk", home.address, home.ports[1])
        self.town.settle()


def slips(path: Path) -> list[str]:
    """The codes in a PDF, in the order of the slips; an id's digits may stand beside them."""
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    runs = re.findall(r"(?=\b(\d{6}(?:\s+\d{6}){5})\b)", text)  # also those that overlap
    return [re.sub(r"\s+", "-", one) for one in runs if _is_code(one)]


def _is_code(text: str) -> bool:
    try:
        codes.read(text)
    except codes.BadCode:
        return False
    return True
