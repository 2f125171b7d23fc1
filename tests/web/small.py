"""Small: a campaign with everything that pages have to show, and a node that holds it."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from petition_world import DAY, OPEN, Group, World
from wayhome.cases.figures import Cells, Table, rows_of
from wayhome.cases.service import draft_figures
from wayhome.channel.service import Ties, Writing, write
from wayhome.groups.service import link_to
from wayhome.lawbook import read_law
from wayhome.node import Node, NodeParts
from wayhome.petition.kinds.acceptance import Acceptance
from wayhome.petition.service import draft_acceptance
from wayhome.records.record import Record
from wayhome.web.site import Face, Place

ADDRESS = "https://here.example"
HOSTILE = """<script>alert(1)</script> **<img src=x onerror=alert(1)>** [click](javascript:alert(1))

[good](https://example.org/a?b=c&d=%22e) <https://example.org/> \u202eevil\u202c & "quotes" 'too'

# Big
## Small

1. one
2. two

> quoted <b>bold</b>"""
FACE = Face(
    {"ru": "Путь домой", "en": "The Way Home"},
    {"ru": "Верните их домой.", "en": "Bring them home."},
    places=(
        Place("RU-SAM", {"ru": "Самарская область", "en": "Samara Region"}, "Сам", (0, 0)),
        Place("RU-SVE", {"ru": "Свердловская область", "en": "Sverdlovsk Region"}, "Свер", (3, 1)),
        Place("RU-ARK", {"ru": "Архангельская область", "en": "Arkhangelsk Region"}, "Арх", (1, 2)),
    ),
    tile_split=2,
    address=ADDRESS,
    law=read_law(Path(__file__).parents[2] / "campaigns" / "way-home"),
)


class Regional(Group):
    """A group that names regions, one of them unknown to the map."""

    def charter_tags(self) -> tuple[tuple[str, ...], ...]:
        tags = super().charter_tags()
        regions = (("region", "RU-SAM"), ("region", "XX-1"))
        return (*tags[:-1], *regions, tags[-1])


class Lone(Group):
    """A group of one, whose name would like to be markup."""

    def charter_tags(self) -> tuple[tuple[str, ...], ...]:
        return (("name", "<b>lone\u202e</b>"), *super().charter_tags()[1:])


@dataclass
class Small:
    """The records, by what they are."""

    world: World = field(default_factory=lambda: World(3, 2, groups=_groups()))
    poll: World = field(init=False)
    lone: Group = field(default_factory=lambda: Lone("lone", k=1, size=1))
    posts: dict[str, Record] = field(default_factory=dict)
    proposal: Record = field(init=False)

    def __post_init__(self) -> None:
        """Let people sign, and the groups speak and link."""
        self.poll = World(
            3, 2, groups=self.world.groups, options=("Да, <i>сейчас</i>", "Нет", "Не знаю")
        )
        self.world.open_desks()
        signers = [self.world.sign_up(day) for day in (0, 0, 1, 2)]
        self.world.withdraw(signers[0][0], 2)
        self.poll.sign_up(option="1")
        self._say()
        for one in (*self.world.groups, self.lone):
            for other in (*self.world.groups, self.lone):
                if one is not other:
                    one.say(link_to(one.id, one.id, other.id, other.id, OPEN - 18 * DAY))

    def _say(self) -> None:
        first, second, third = self.world.groups
        self._post("manifesto", first, Writing("Манифест", "ru", "Мы — **семьи**.", "manifesto"))
        self._post(
            "manifesto-en",
            first,
            Writing("Manifesto", "en", "We are families.", "manifesto"),
            Ties(translates=self.posts["manifesto"].id),
        )
        self._post("appeal", second, Writing("Обращение", "ru", "К народу.", "appeal"))
        self._post("first", third, Writing("Приходите", "ru", "В субботу в два.", "post"))
        self._post(
            "corrected",
            third,
            Writing("Приходите", "ru", "В субботу в три.", "post"),
            Ties(corrects=self.posts["first"].id),
        )
        self._post("hostile", second, Writing('<b>&"x\u202e', "ru", HOSTILE, "post"))
        self._post("lone", self.lone, Writing("Один голос", "ru", "Я " + "а" * 500, "post"))
        self._post(
            "petition-en",
            first,
            Writing("Bring the mobilised men home", "en", "We ask for a date.", "post"),
            Ties(translates=self.world.petition.id),
        )

        self._post(
            "petition-en-of-another",
            second,
            Writing("Not what we ask", "en", "Something else.", "post"),
            Ties(translates=self.world.petition.id),
        )
        self._count_cases(first, second)
        self._propose(first)

    def _count_cases(self, first: Group, second: Group) -> None:
        """Let two groups publish figures of a quarter, and one of another in two minds."""
        for group, many in ((first, 1), (second, 3)):
            tables: dict[Table, Cells] = {
                "kind": {
                    "wounded-sent-back": 31 * many,
                    "pay": 4 * many,
                    "leave": 12,
                },
                "region": {"RU-SAM": 25 * many, "RU-SVE": 9},
                "outcome": {"helped": 14 * many, "refused": 20, "silent": 3},
                "authority-grade": {
                    "ru.mil-prosecutor.garrison/form-reply": 22,
                    "ru.mil-prosecutor.garrison/silence": 11 * many,
                    "ru.commissariat/substance": 6,
                },
                "kind-outcome": {"wounded-sent-back/helped": 12},
                "authority-late": {
                    "ru.commissariat/late": 15 * many,
                    "ru.commissariat/in-time": 13,
                },
            }
            rows = rows_of(60 * many, tables)
            group.say(draft_figures((group.id, group.id), "2026-10-01", rows, OPEN - 5 * DAY))
        for total in (10, 20):
            rows = rows_of(total, {"kind": {"faulty-equipment": 8}})
            group.say(draft_figures((group.id, group.id), "2026-07-01", rows, OPEN - 5 * DAY))

    def _propose(self, group: Group) -> None:
        """Let one organiser of three say what the others have not signed."""
        writing = Writing("Черновик", "ru", "Никто этого не подписывал.", "manifesto")
        self.proposal = group.say(write((group.id, group.id), writing, OPEN - 5 * DAY), by=1)
        accepted = Acceptance.of(self.world.accepted[0])
        elsewhere = replace(accepted, urls=("https://elsewhere.example/desk",))
        group.say(draft_acceptance(elsewhere, OPEN - 5 * DAY), by=1)

    def _post(self, word: str, group: Group, writing: Writing, ties: Ties | None = None) -> None:
        draft = write((group.id, group.id), writing, OPEN - 5 * DAY, ties or Ties())
        self.posts[word] = group.say(draft)

    @property
    def lines(self) -> list[bytes]:
        records = {
            one.id: one.line
            for one in (*self.world.records, *self.poll.records, *self.lone.records)
        }
        return list(records.values())


@dataclass
class Opened:
    """A node that holds some records; `now` is what its clock says."""

    folder: Path
    home: tuple[str, ...]
    face: Face = FACE
    now: int = OPEN + 3 * DAY + 100
    node: Node = field(init=False)

    def __post_init__(self) -> None:
        """Open the node, empty."""
        self.node = Node(NodeParts(self.folder, self.home, self.face), lambda: self.now)

    def take(self, lines: list[bytes]) -> list[BaseException]:
        """Offer records as peers do, again and again; what it still refuses comes back."""

        async def all_of() -> list[BaseException]:
            for _ in range(3):
                answers = [one async for one in self.node.intake.receive_lines(lines, "peer")]
            return [one for one in answers if isinstance(one, BaseException)]

        return asyncio.run(all_of())

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Ask over HTTP, in this process; no redirect is followed."""

        async def once() -> httpx.Response:
            way = httpx.ASGITransport(self.node.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=way, base_url="http://node.test") as http:
                del http.headers["accept-encoding"]
                return await http.request(method, path, headers=headers)

        return asyncio.run(once())

    def send(self, path: str, text: str = "", file: bytes = b"") -> httpx.Response:
        """Send the check page's form, as a browser does."""

        async def once() -> httpx.Response:
            way = httpx.ASGITransport(self.node.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=way, base_url="http://node.test") as http:
                return await http.post(path, data={"text": text}, files={"file": ("f.txt", file)})

        return asyncio.run(once())

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a page; ``headers`` with _ for -."""
        return self.ask("GET", path, {name.replace("_", "-"): v for name, v in headers.items()})


def _groups() -> list[Group]:
    return [
        Regional("volga", number=1),
        Group("ural", number=2),
        Group("siberia", number=3),
    ]


def paths_of(small: Small) -> Iterator[str]:
    """Give every page of the small campaign, by path below the language."""
    yield from ("index", "manifesto", "appeals", "posts", "petitions", "polls", "groups")
    yield from ("authorities", "deadline", "help")
    yield from (
        "check",
        "recount",
        "about",
        "limits",
        "node",
        "addresses",
        "refusals",
        "forget",
        "help/figures",
    )
    yield "posts/2027-01"
    for record in small.posts.values():
        yield f"post/{record.id}"
    yield f"petition/{small.world.petition.id}"
    yield f"petition/{small.world.petition.id}/count"
    yield f"poll/{small.poll.petition.id}"
    yield f"poll/{small.poll.petition.id}/count"
    for group in (*small.world.groups, small.lone):
        yield f"group/{group.id}"
        yield f"group/{group.id}/texts"
        yield f"group/{group.id}/history"
