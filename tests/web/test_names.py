"""Names and texts of strangers: nobody takes another's heading; all is shown as it is."""

import re
from html import escape, unescape
from pathlib import Path
from random import Random

import pytest

import tree
from groups.world import World
from wayhome.codec import prose
from wayhome.pages.plain import plain
from wayhome.pages.prose import to_html
from wayhome.pages.render import bdi
from web.test_group_pages import opened

LIKE = {
    "о": "oο",
    "а": "aα",
    "е": "eе\u0301",
    "р": "pρ",
    "с": "cϲ",
    "у": "yу\u0306",
    "В": "BΒ",
    "и": "u",
}
UNSEEN = ["\u200b", "\u00ad", "\u2060", "\u202e", "\u2066", "\u0301", "\u00a0"]
STRANGE = [
    *UNSEEN,
    "*",
    "_",
    "#",
    "<b>",
    "&amp;",
    "[",
    "](",
    "> ",
    "- ",
    "`",
    "\\",
    "|",
    "Ё",
    "0",
    "O",
]


def looks_like(chance: Random, name: str) -> str:
    """A name that an eye takes for another, or the very same."""
    signs = [
        chance.choice(LIKE[one]) if one in LIKE and chance.random() < 0.4 else one for one in name
    ]
    for _ in range(chance.randint(0, 3)):
        signs.insert(chance.randint(1, len(signs) - 1), chance.choice(UNSEEN))
    return "".join(signs)


def heading(page: str) -> tuple[str, str]:
    title = page.partition("<title>")[2].partition("</title>")[0]
    return title, page.partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.slow
def test_a_group_with_a_name_like_anothers_never_has_its_heading(tmp_path: Path) -> None:
    chance = Random(3)  # noqa: S311 - invented names
    world = World()
    name = "Родные Волги и Урала"
    true = world.found(name, 2, "abc")
    siberia = world.found("Сибирь", 1, "s")
    world.link(siberia, "s", true)
    others = [world.found(looks_like(chance, name), 1, f"x{i}"[:1] + "yz") for i in range(60)]
    others += [world.found(name, 1, "q"), world.found(name, 1, "r")]
    everybody = list({one.id: one for one in (true, siberia, *others)}.values())
    with opened(tmp_path, world, *everybody) as node:
        own = node.get(f"/ru/group/{true.id}").text
        seen = {heading(own)}
        assert "Ни с кем не связана." not in own
        for one in everybody[2:]:
            page = node.get(f"/ru/group/{one.id}").text
            assert heading(page) not in seen
            seen.add(heading(page))
            assert all(one.id[:4] in where for where in heading(page))
            assert "Ни с кем не связана." in page
            assert " ".join(re.findall("....", one.id)) in page
    assert len(seen) == len(everybody) - 1 > 50


def test_what_organisers_are_shown_is_what_they_sign_ten_thousand_strings() -> None:
    """Marks that hide or turn letters are written out, and nothing else is changed."""
    chance = Random(4)  # noqa: S311 - invented texts
    for _ in range(10_000):
        text = "".join(chance.choices([*STRANGE, "слово", " ", "\n", "\x1b[2J"], k=12))
        shown = plain(text)
        assert not re.search("[\u200b\u00ad\u2060\u202e\u2066\x1b]", shown)
        assert re.sub("<U\\+([0-9A-F]{4,6})>", lambda one: chr(int(one[1], 16)), shown) == text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("\u200b", "<U+200B>", id="nothing to see"),
        pytest.param("\u200d\u200d", "<U+200D><U+200D>", id="joins nothing"),
        pytest.param("\u200bВолга", "<U+200B>Волга", id="like another's"),
        pytest.param("за\u202eпротив", "за<U+202E>против", id="turned"),
        pytest.param("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧", id="a family"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="Persian"),
    ],
)
def test_a_name_on_a_page_hides_nothing(name: str, shown: str) -> None:
    assert bdi(name) == f"<bdi>{escape(shown)}</bdi>"


def test_what_strangers_wrote_turns_and_hides_nothing_on_cards_lists_and_feeds(
    tmp_path: Path,
) -> None:
    world = World()
    group = world.found("Волга\u202e", 1, "a")
    world.post(group, "a", title="за\u202eпротив")
    with opened(tmp_path, world, group) as node:
        ways = (
            "index.html",
            "posts.html",
            f"group/{group.id}.html",
            f"group/{group.id}/texts.html",
        )
        for page in [node.get(f"/ru/{way}").text for way in (*ways, "atom.xml")]:
            assert "за&lt;U+202E&gt;против" in page
            assert "\u202e" not in page


def test_no_template_puts_a_strangers_words_into_a_page_as_they_are() -> None:
    named = re.compile(
        r"{{ (?!table\.title|bar\.label)[^}(]*\b(?:\w+\.title|excerpt|basis_text|label) }}"
    )
    found = [
        f"{path.name}: {one}"
        for folder in ("web", "desk")
        for path in (tree.SOURCE / folder / "templates").glob("*.html")
        for one in named.findall(path.read_text("utf-8"))
    ]
    assert not found


@pytest.mark.slow
def test_what_a_page_shows_is_what_was_signed_ten_thousand_strings() -> None:
    """The words of a text, as its tree has them, stand on the page sign for sign."""
    chance = Random(5)  # noqa: S311 - invented texts
    for _ in range(10_000):
        text = "".join(chance.choices([*STRANGE, "слово", " ", "\n"], k=8)).strip() or "слово"
        html = re.sub("<small>.*?</small>", "", str(to_html(text)))
        page = unescape(re.sub("<[^>]*>", "", html.replace("<br>", "\n")))
        said = "".join(prose.words_of(prose.read(text)))
        assert "".join(page.split()) == "".join(said.split()), text
