import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from petition_world import DAY, DAYS, OPEN, Group, World
from wayhome.peers.memory import Memory
from wayhome.peers.peer import NotTaken, Peer
from wayhome.peers.quota import Quota
from wayhome.peers.way import Address
from wayhome.petition.recount import recount
from wayhome.web.assets import assets
from web.small import Opened, Small

CLOSE = OPEN + DAYS * DAY
Open = Callable[[World], Opened]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    nodes: list[Opened] = []

    def make(world: World) -> Opened:
        found = Opened(tmp_path / str(len(nodes)), tuple(g.id for g in world.groups))
        assert found.take([one.line for one in world.records]) == []
        for name, content in world.files.items():
            found.node.lists.keep(name, content)
        nodes.append(found)
        return found

    yield make
    for one in nodes:
        one.node.close()


def petition_of(site: Opened, world: World, rest: str = "") -> str:
    answer = site.get(f"/ru/petition/{world.petition.id}{rest}")
    assert answer.status_code == 200
    return unescape(answer.text).replace("\u202f", " ").replace("\u00a0", " ")


def test_a_node_that_holds_nothing_says_so(empty: Opened) -> None:
    for path, said in (
        ("index", "Петиции пока нет."),
        ("index", "Пока ничего не опубликовано."),
        ("manifesto", "Пока ничего не опубликовано."),
        ("appeals", "Пока ничего не опубликовано."),
        ("posts", "Пока ничего не опубликовано."),
        ("petitions", "Петиции пока нет."),
        ("polls", "Опросов пока нет."),
        ("groups", "не знает ни одной группы"),
        ("addresses", "Других адресов этот узел не знает."),
        ("node", "Этот узел"),
        ("recount", "Проверьте сами"),
    ):
        answer = empty.get(f"/ru/{path}.html")
        assert answer.status_code == 200
        assert said in answer.text, path


def test_a_petition_that_a_group_has_not_accepted_names_the_group(opened: Open) -> None:
    world = World(3, 2)
    missing = world.groups[1].word
    lacking = world.accepted[1].id
    for one in world.groups:
        one.records = [r for r in one.records if lacking != r.id and ("e", lacking) not in r.tags]
    site = opened(world)
    page = petition_of(site, world)

    assert f"нет согласия группы «<bdi>{missing}</bdi>»" in page
    assert 'id="sign"' not in page
    assert 'href="#sign"' not in page
    assert "Поэтому ничего не считается." in petition_of(site, world, "/count")
    assert "Ещё не открыто." in site.get("/ru/petitions.html").text


def test_before_it_opens_a_petition_says_when(opened: Open) -> None:
    world = World(3, 2)
    site = opened(world)
    site.now = OPEN - 1
    page = petition_of(site, world)

    assert "Подписывать можно с 1 февраля 2027 г., 03:00 по Москве." in page
    assert 'id="sign"' not in page


def test_an_open_petition_without_signatures_says_when_the_first_appear(opened: Open) -> None:
    world = World(3, 2)
    page = petition_of(opened(world), world)

    assert "В счёте пока нет подписей." in page
    assert "Первые появятся после 5 февраля 2027 г., 03:00 по Москве." in page
    assert 'href="#sign">Подписать</a>' in page


def test_one_group_alone_is_said_on_every_page_of_the_petition(opened: Open) -> None:
    world = World(1, 1)
    world.run(1)
    site = opened(world)

    for page in (
        petition_of(site, world),
        petition_of(site, world, "/count"),
        site.get("/ru/").text,
    ):
        assert "Вы верите одной этой группе" in page
    assert "Вы верите одной группе: она могла бы придумать" in petition_of(site, world, "/count")
    assert "больше никто не ручается" in site.get("/ru/groups.html").text


def test_a_group_in_dispute_is_marked_wherever_it_speaks(opened: Open) -> None:
    world = World(3, 2)
    first = world.groups[0]
    sealed = [world.petition.id, world.accepted[0].id]
    first.amend(sealed, name="volga one")
    first.amend(sealed, name="volga two")
    site = opened(world)
    group = site.get(f"/ru/group/{first.id}.html").text

    assert "В группе спор." in group
    assert "volga one" in group
    assert "volga two" in group
    assert "</bdi>» спор: две ветви" in petition_of(site, world)
    assert "называет себя группой" in petition_of(site, world, "/count")


def test_after_closing_the_count_is_final_once_the_lists_are_there(opened: Open) -> None:
    world = World(2, 2)
    world.open_desks()
    world.run(3)
    unlisted = opened(world)
    unlisted.now = CLOSE + DAY
    assert "Последние подписи ещё собирают." in petition_of(unlisted, world)
    assert 'href="#sign"' not in petition_of(unlisted, world)
    assert "Здесь больше ничего не принимают." in petition_of(unlisted, world)

    world.finish(3)
    world.list_up()
    site = opened(world)
    site.now = CLOSE + 3 * DAY
    count = petition_of(site, world, "/count")

    assert "Закрыто 10 февраля 2027 г. Счёт окончательный." in count
    assert "подписи к концу 10 февраля 2027 г." in count
    assert "Списки на момент закрытия" in count
    assert count.count('<td class="n">3</td>') >= 4  # given, used and listed


def test_more_signatures_than_stamps_are_named_and_set_aside(opened: Open) -> None:
    world = World(2, 2, ceiling=2)
    world.run(3)
    count = petition_of(opened(world), world, "/count")

    assert "больше, чем она могла поставить" in count
    assert '<p class="note bad">' in count
    assert re.search(r"Не зачтены<br>.*?<td class=\"n\">1</td>", count, re.DOTALL)
    assert re.search(r"В счёте</th><td class=\"n\">2</td>", count)


def test_withdrawn_signatures_have_a_line_of_their_own(opened: Open) -> None:
    world = World(2, 2)
    signer, _ = world.sign_up()
    world.run(1)
    world.withdraw(signer, 2)
    count = petition_of(opened(world), world, "/count")

    assert re.search(r"Отозваны<br>.*?<td class=\"n\">1</td>", count, re.DOTALL)
    assert re.search(r"Всего</th><td class=\"n\"><b>2</b></td>", count)


def test_few_people_with_one_pair_of_stamps_are_told_of_it(site: Opened, small: Small) -> None:
    page = petition_of(site, small.world, "/count")

    assert "меньше чем у 50 человек" in page
    assert (
        "<bdi>ural</bdi> и <bdi>volga</bdi>" in page or "<bdi>volga</bdi> и <bdi>ural</bdi>" in page
    )


def test_the_result_of_a_poll_comes_after_closing(opened: Open) -> None:
    world = World(2, 2, options=("да", "нет"))
    world.sign_up(option="1")
    site = opened(world)
    path = f"/ru/poll/{world.petition.id}"
    before = site.get(path).text
    site.now = CLOSE
    after = site.get(path).text

    assert "Итог будет после закрытия:" in before
    assert '<td class="n">' not in before
    assert '<th scope="row"><bdi>да</bdi></th><td class="n">1</td>' in after
    assert "Ответил 1 человек" in after


def test_silence_of_all_peers_is_said(opened: Open) -> None:
    site = opened(World(2, 2))
    peers = site.node.peers
    said = "Сейчас этому узлу не отвечает ни один другой."
    assert said not in site.get("/ru/").text
    for url in ("https://a.example", "https://b.example"):
        peer = Peer(Address.read(url), 1, Memory(lambda _: 0), Quota(0.0))
        peers.all.append(peer)
    assert said not in site.get("/ru/").text  # not asked yet
    for one in peers.all:
        one.fail("no-answer")
    assert said in site.get("/ru/").text
    peers.all[1].agree(site.now)
    assert said not in site.get("/ru/").text


def test_a_node_tells_how_it_stands_with_others_and_not_whom_its_operator_asks(
    opened: Open,
) -> None:
    world = World(2, 2)
    site = opened(world)
    named, secret = "https://ural.example", "https://secret.example"
    assert "Других он не спрашивает." in site.get("/ru/node.html").text
    for number, url in enumerate((named, secret)):
        peer = Peer(Address.read(url), number, Memory(lambda _: 0), Quota(0.0))
        site.node.peers.all.append(peer)
    first, second = site.node.peers.all
    first.lacked = {bytes([number]) * 32 for number in range(3)}
    first.refused["bad-sig"] = 2
    first.not_taken["blocked"] = 1
    for number in (9, 8):
        first.name(NotTaken(f"{number}" * 64, 3963, "blocked"))
    first.agree(site.now)
    second.fail("too-many-records")
    page = site.get("/ru/node.html").text
    for said in (
        "<bdi>https://ural.example</bdi>",
        "вровень с ним",
        "3 записи есть там, но не здесь",
        "2 · Подпись автора не сходится.",
        "1 · таких записей он не хранит",
        f'<li>тексты: таких записей он не хранит<br><code class="id">{"8" * 64}</code></li>',
        "№ 1 в его настройках",
        "он прислал слишком много ненужного; через час его спросят снова",
    ):
        assert said in page, said
    told = site.get("/status.json")
    assert secret not in page + told.text
    one, other = told.json()["peers"]
    assert (one["address"], other["address"]) == (named, "")
    assert one["agreed"] == site.now - site.now % 600  # nobody need know the minute
    assert one["refused"] == {"bad-sig": 2}
    unwanted = [{"kind": 3963, "id": digit * 64, "why": "blocked"} for digit in "89"]
    assert one["unwanted"] == unwanted  # in an order that does not say which was offered first


class Greedy(Group):
    """A group that names more nodes than anybody else."""

    def charter_tags(self) -> tuple[tuple[str, ...], ...]:
        *rest, _ = super().charter_tags()
        urls = ["wss://greedy.example", *(f"https://{n}.greedy.example" for n in range(7))]
        return (*rest, *(("node", url, self.node_key) for url in urls))


def test_no_group_fills_the_list_of_those_that_signatures_are_handed_to(tmp_path: Path) -> None:
    groups = [Greedy("greedy", 1, 1), *(Group(word, 1, 1) for word in ("a", "b", "c"))]
    found = Opened(tmp_path, tuple(one.id for one in groups))
    assert found.take([one.line for group in groups for one in group.records]) == []
    nodes = found.node.site.nodes_for({groups[1].id})
    found.node.close()
    assert len(nodes) == 8
    assert {group for group, _ in nodes[:3]} == {groups[one].id for one in (0, 2, 3)}
    assert all(url.startswith("https://") for _, url in nodes)


class Prying(Group):
    """A group whose nodes, it says, are in the reader's own house."""

    def charter_tags(self) -> tuple[tuple[str, ...], ...]:
        *rest, _ = super().charter_tags()
        urls = ["http://192.168.1.1", "http://localhost:631", "http://router.lan"]
        return (*rest, *(("node", url, self.node_key) for url in urls))


def test_no_page_sends_a_reader_into_her_own_network(tmp_path: Path) -> None:
    groups = [Prying("prying", 1, 1), Group("a", 1, 1)]
    found = Opened(tmp_path, tuple(one.id for one in groups))
    assert found.take([one.line for group in groups for one in group.records]) == []
    nodes = found.node.site.nodes_for(set())
    found.node.close()
    assert {group for group, _ in nodes} == {groups[1].id}


def test_what_the_script_needs_lies_on_its_element(site: Opened, small: Small) -> None:
    page = site.get(f"/ru/petition/{small.world.petition.id}.html").text
    section = re.findall(r'<section id="sign"[^>]*>', page)[0]
    said = {
        name: unescape(value) for name, value in re.findall(r'(data-[a-z]+)="([^"]*)"', section)
    }

    assert said["data-petition"] == small.world.petition.id
    assert (said["data-lang"], said["data-root"]) == ("ru", "../../")
    assert set(json.loads(said["data-nodes"])) == {
        f"https://{word}.example" for word in ("lone", "volga", "ural", "siberia")
    }
    assert json.loads(said["data-nodes"])[0] == "https://lone.example"  # the panel's own come last
    assert json.loads(said["data-groups"]) == {g.id: g.word for g in small.world.groups}
    sentences = assets().said["sign"]
    translated = json.loads(said["data-words"])
    assert len(translated) == len(sentences)
    assert translated[sentences.index("Continue")] == "Продолжить"
    assert re.search(r'<script defer src="\.\./\.\./static/sign\.[0-9a-f]{10}\.js"></script>', page)
    assert "Подписание не запустилось в этом браузере." in page


def test_a_translated_petition_shows_the_original_that_is_signed(
    site: Opened, small: Small
) -> None:
    english = site.get(f"/en/petition/{small.world.petition.id}.html").text

    assert "<h1>Bring the mobilised men home</h1>" in english
    assert "We ask for a date." in english
    assert '<div lang="ru"><h2><bdi>Верните мобилизованных домой</bdi></h2>' in english
    assert "Not what we ask" not in english  # another group translated it otherwise


def test_the_door_leads_to_the_readers_language(site: Opened) -> None:
    russian = site.get("/", accept_language="ru-RU,ru;q=0.9")
    unknown = site.get("/", accept_language="de")

    assert (russian.status_code, russian.headers["location"]) == (302, "ru/index.html")
    assert russian.headers["vary"] == "accept-language"
    assert unknown.status_code == 200
    assert 'href="ru/index.html"' in unknown.text
    assert 'href="en/index.html"' in unknown.text


def test_a_printed_address_leads_to_its_petition(site: Opened, small: Small) -> None:
    petition, poll = small.world.petition.id, small.poll.petition.id

    def led(path: str, language: str) -> str:
        return site.get(path, accept_language=language).headers["location"]

    assert led(f"/s/{petition[:16]}", "en") == f"../en/petition/{petition}.html"
    assert led(f"/s/{poll[:16]}", "de") == f"../ru/poll/{poll}.html"
    assert site.get(f"/s/{petition[:15]}").status_code == 404


def test_forgetting_is_an_order_to_the_browser(site: Opened) -> None:
    asked = site.get("/ru/forget.html")
    done = site.ask("POST", "/ru/forget.html")

    assert "clear-site-data" not in asked.headers
    assert '<form method="post" action="forget.html">' in asked.text
    assert done.headers["clear-site-data"] == '"cache", "storage"'
    assert "Очистите историю браузера сами" in done.text


def test_another_sites_page_makes_no_browser_forget(site: Opened) -> None:
    """It would have a reader lose a signature that is under way, and codes with it."""
    for path in ("forget", "check", "help"):
        for whose in ("cross-site", "same-site"):
            answer = site.ask("POST", f"/ru/{path}.html", {"sec-fetch-site": whose})
            assert answer.status_code == 403
            assert "clear-site-data" not in answer.headers
            assert "Это пришло с другого сайта" in answer.text
    for whose in ("same-origin", "none"):
        answer = site.ask("POST", "/ru/forget.html", {"sec-fetch-site": whose})
        assert "clear-site-data" in answer.headers


def test_regions_unknown_to_the_map_stand_in_the_table(site: Opened, small: Small) -> None:
    page = site.get("/ru/groups.html").text

    assert '<tr id="RU-SAM"><th scope="row">Самарская область</th>' in page
    assert '<tr id="XX-1"><th scope="row">XX-1</th>' in page
    assert '<a href="#RU-SAM" tabindex="-1"><g class="q1">' in page
    assert 'aria-hidden="true"' in page
    assert small.lone.id in page


def test_an_id_is_shown_in_blocks_to_be_read_aloud(site: Opened, small: Small) -> None:
    group: Group = small.world.groups[0]
    page = site.get(f"/ru/group/{group.id}").text

    assert " ".join(re.findall("....", group.id)) in page
    assert '<div class="qr"><svg' in page


def test_a_node_tells_what_it_holds_and_the_hash_of_its_script(site: Opened) -> None:
    page = site.get("/en/node.html").text

    assert re.search(r'charters of groups</th><td class="n">4</td>', page)
    assert not re.search(r">39[0-9]{2}</th>", page), "a kind without a word for it"
    assert re.search(r'<p class="frame">[0-9a-f]{64}</p>', page)


def test_a_node_and_a_stranger_both_see_a_stamp_key_that_was_accepted_twice(
    site: Opened, small: Small
) -> None:
    """The poll of the small campaign is stamped with the petition's own keys."""
    asked = small.world.petition.id
    sheet = site.get(f"/petition/{asked}/sheet.jsonl").content.splitlines()
    whole = [line for line in small.lines if small.proposal.id.encode() not in line]
    own = site.node.site.count(asked)
    assert any(one.startswith("key-reused:") for one in own.findings)
    assert recount(asked, lambda: sheet).json == own.json == recount(asked, lambda: whole).json
