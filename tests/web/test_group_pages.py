"""Groups that change, as their pages tell it: history, disputes, former keys, who carries what."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations
from pathlib import Path

import pytest

from groups.world import NOW, World
from wayhome.records.draft import Draft
from wayhome.records.record import Record
from web.small import Opened
from web.test_pages import Outline


@contextmanager
def opened(folder: Path, world: World, *home: Record) -> Iterator[Opened]:
    node = Opened(folder, tuple(one.id for one in home))
    assert node.take([one.line for one in world.records]) == []
    yield node
    node.node.close()


def words(page: str) -> str:
    """The words of a page's main part, as they are read."""
    main = page.partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(re.sub("<[^>]*>", " ", main).split())


def test_the_history_tells_every_charter_in_words(tmp_path: Path) -> None:
    world = World()
    first = world.found("Волга", 2, "abc")
    world.amend([first], 3, "bcd", "abcd", [world.post(first, "ab")])
    with opened(tmp_path, world, first) as node:
        page = words(node.get(f"/en/group/{first.id}/history").text)
        assert "1. Founded" in page
        assert "The name: “ Волга ”. 2 of 3 organisers must sign" in page
        assert "2. Charter changed" in page
        assert "How many must sign: it was 2 and is 3." in page
        assert "Joined as organisers: № 4. No longer organisers: № 1." in page
        assert "It keeps 1 earlier record in force." in page
        assert "Signed by 4 keys: № 1, № 2, № 3 and № 4." in page
        russian = words(node.get(f"/ru/group/{first.id}/history").text)
        assert "Скольким нужно подписать: было 2, стало 3." in russian
        assert "history.html" in node.get(f"/ru/group/{first.id}").text


def a_split() -> tuple[World, Record, tuple[Record, Record], dict[str, Record]]:
    world = World()
    first = world.found("Волга", 2, "abcd")
    post = world.post(first, "ab", "Слово")
    one = world.amend([first], 2, "ab", "ab", [post])
    other = world.amend([first], 2, "cd", "cd", [post])
    told = {"post": post, "one": world.post(one, "ab", "Одни"), "two": world.post(other, "cd", "И")}
    return world, first, (one, other), told


def pages_of(group: Record, told: dict[str, Record]) -> list[str]:
    own = [f"group/{group.id}", f"group/{group.id}/texts", f"group/{group.id}/history"]
    return [*own, *(f"post/{one.id}" for one in told.values())]


def test_every_page_of_a_group_in_dispute_says_so_until_it_is_healed(tmp_path: Path) -> None:
    world, first, branches, told = a_split()
    with opened(tmp_path, world, first) as node:
        for path in pages_of(first, told):
            assert "is in dispute" in words(node.get(f"/en/{path}").text), path
            assert "спор" in words(node.get(f"/ru/{path}").text), path
        page = words(node.get(f"/en/group/{first.id}").text)
        assert "Branch 1" in page
        assert "Branch 2" in page
        assert "The group is in dispute." in words(node.get("/en/groups").text)
        world.amend(list(branches), 2, "abcd", "abcd", list(told.values()))
        node.take([one.line for one in world.records])
        for path in pages_of(first, told):
            assert "is in dispute" not in words(node.get(f"/en/{path}").text), path
        assert "is in dispute" not in words(node.get("/en/groups").text)
        history = words(node.get(f"/en/group/{first.id}/history").text)
        assert "4. The dispute ended" in history
        assert history.count("Against charter") == 2


@pytest.mark.slow
def test_a_healed_group_shows_the_same_whatever_came_first(tmp_path: Path) -> None:
    world, first, branches, told = a_split()
    before = list(world.records)
    world.amend(list(branches), 2, "abcd", "abcd", list(told.values()))
    healing = [one for one in world.records if one not in before]
    thirds = before[: len(before) // 2], before[len(before) // 2 :], healing
    seen = set()
    for i, order in enumerate(permutations(thirds)):
        with opened(tmp_path / str(i), world, first) as whole:
            node = Opened(tmp_path / f"{i} parts", (first.id,))
            for part in order:
                node.take([one.line for one in part])
            node.take([one.line for one in world.records])
            pages = [node.get(f"/ru/{path}").content for path in pages_of(first, told)]
            node.node.close()
            seen.add(b"".join(pages))
            seen.add(b"".join(whole.get(f"/ru/{path}").content for path in pages_of(first, told)))
    assert len(seen) == 1


def test_former_keys_are_not_followed_and_their_words_not_counted(tmp_path: Path) -> None:
    world = World()
    first, ural = world.found("Волга", 2, "abc"), world.found("Урал", 1, "u")
    second = world.amend([first], 2, "bcd", "bcd")
    world.link(ural, "u", second, witness=second)
    bought = world.amend([first], 2, "abx", "abx")
    forged = [world.post(bought, "ab", "Не мы"), world.post(first, "ab", "Задним числом")]
    with opened(tmp_path, world, first, ural) as node:
        for path in (f"group/{first.id}", f"group/{first.id}/history"):
            page = words(node.get(f"/en/{path}").text)
            assert "dispute" not in page.replace("The dispute ended", "")
            assert re.search("amendments? by former keys, not followed", page)
            assert "under a replaced charter" in page
        assert "2 records under a replaced charter are not counted." in words(
            node.get(f"/en/group/{first.id}").text
        )
        for one in forged:
            assert node.get(f"/en/post/{one.id}").status_code == 404


def test_the_directory_counts_who_recognises_whom_and_draws_it(tmp_path: Path) -> None:
    world = World()
    volga, ural, siberia = (world.found(name, 1, name[0]) for name in ("volga", "ural", "siberia"))
    for one, other in ((volga, ural), (ural, volga), (ural, siberia)):
        world.link(one, group_letter(one, (volga, ural, siberia)), other)
    with opened(tmp_path, world, volga) as node:
        page = node.get("/en/groups")
        rows = re.findall(r"<tr><td>(\d)</td>.*?<bdi>(\w+)</bdi>.*?</tr>", page.text)
        assert rows == [("1", "siberia"), ("2", "ural"), ("3", "volga")]
        assert re.search('ural</bdi></a></th><td class="n">2</td><td class="n">1</td>', page.text)
        graph = page.text.partition('<svg class="links"')[2].partition("</svg>")[0]
        assert graph.count("M") == 2, "one line for the two that know each other, one dashed"
        assert graph.partition('class="one"')[2].count("M") >= 1
        assert "style" not in graph
        assert "Recognised by 1 group: volga" in words(node.get(f"/en/group/{ural.id}").text)
        assert Outline(page.text).faults == []


def group_letter(group: Record, groups: tuple[Record, ...]) -> str:
    return "vus"[groups.index(group)]


def test_an_appeal_says_how_many_groups_carry_it(tmp_path: Path) -> None:
    world = World()
    volga, ural, siberia = (world.found(name, 1, name[0]) for name in ("volga", "ural", "siberia"))
    appeal = world.post(volga, "v", "Обращение", form="appeal")
    joined = world.post(ural, "u", "Присоединяемся", adopts=appeal.id)
    with opened(tmp_path, world, volga, ural, siberia) as node:
        for path in ("appeals", f"post/{appeal.id}"):
            assert "Carried by 2 groups of 3." in words(node.get(f"/en/{path}").text)
            assert "Несут 2 группы из 3." in words(node.get(f"/ru/{path}").text)
        assert f"post/{joined.id}.html" in node.get(f"/en/post/{appeal.id}").text
        assert "Carried by" not in words(node.get(f"/en/post/{joined.id}").text)
        world.post(ural, "u", "Уже нет", corrects=joined.id)
        node.take([one.line for one in world.records])
        assert "Carried by 1 group of 3." in words(node.get(f"/en/post/{appeal.id}").text)


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_pages_of_a_long_history_stay_small_and_well_formed(tmp_path: Path, lang: str) -> None:
    world = World()
    last = first = world.found("Волга", 1, "a")
    for i in range(45):
        last = world.amend([last], 1, "a" + "bcdefgh"[i % 7], "a")
    with opened(tmp_path, world, first) as node:
        page = node.get(f"/{lang}/group/{first.id}/history", accept_encoding="gzip")
        assert int(page.headers["content-length"]) < 8_000
        outline = Outline(page.text)
        assert outline.faults == []
        assert len(outline.ids()) == len(set(outline.ids()))
        assert page.text.count('<section class="card"') == 40


DELETING = (0, 3, 5, 62, 10_000, 10_002, 19_999, 30_000, 30_023, 39_999)


def test_no_organiser_can_take_back_what_the_group_said_by_any_kind(tmp_path: Path) -> None:
    """Not by deletion (NIP-09), by vanishing (NIP-62), or by what replaces itself."""
    world = World()
    first = world.found("Волга", 2, "abc")
    post = world.post(first, "ab", "Слово")
    with opened(tmp_path, world, first) as node:
        path = f"/ru/post/{post.id}"
        before = node.get(path).content
        tags = (("e", post.id), ("a", f"3963:{post.pubkey}:"), ("relay", "ALL_RELAYS"), ("d", ""))
        sent = [world.write(Draft(kind, tags, "", NOW), who) for kind in DELETING for who in "abc"]
        refused = node.take([one.line for one in sent])
        assert len(refused) == len(sent)
        assert {str(one).partition(":")[0] for one in refused} == {"unknown-kind"}
        assert node.get(path).content == before
