"""Prose: any text is a tree, no word is lost, and a link says where it leads."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.codec import limits, prose
from wayhome.codec.prose import (
    Break,
    Emphasis,
    Heading,
    Link,
    Node,
    Paragraph,
    Point,
    Points,
    Quote,
    Strong,
    Words,
)

STARTS = ("> ", "- ", "* ", "1. ", "17) ", "# ", "    ", "```\n", "---", "===", "|")
ENDS = ("\n", "\n\n", "  \n", "\\\n")
INLINE = (
    "*",
    "**",
    "_",
    "__",
    "\\",
    "`",
    "<b>",
    "</b>",
    "&lt;",
    "[",
    "]",
    "(",
    ")",
    "](",
    "![",
    "<!-- ",
)
LETTERS = ("word", "семья", "ё", " ", "\u200f", "🙂")
MARKS = st.lists(st.sampled_from((*STARTS, *ENDS, *INLINE, *LETTERS)), max_size=80).map("".join)
LINKS = ("[a](", "[a](<b", "<http://", '[x](https://a.b/ "')
STRESSES = ("*a_ ", "*a **b ", "a**b c* ", "*_", "> a\n", "- a\n", "a\n", "&")


def letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def depth_of(node: Node) -> int:
    return 1 + max((depth_of(one) for one in getattr(node, "within", ())), default=0)


def paragraph(text: str) -> tuple[Node, ...]:
    (found,) = prose.read(text)
    assert isinstance(found, Paragraph)
    return found.within


def test_what_an_organiser_writes_becomes_what_a_reader_sees() -> None:
    text = "## Ask\n\nWe *ask*,\nall **of us**:\n\n1. home\n2. now\n\n> They said:  \n> - soon"
    assert prose.read(text) == (
        Heading(2, (Words("Ask"),)),
        Paragraph(
            (
                Words("We "),
                Emphasis((Words("ask"),)),
                Words(",\nall "),
                Strong((Words("of us"),)),
                Words(":"),
            )
        ),
        Points(
            (
                Point(1, (Paragraph((Words("home"),)),)),
                Point(2, (Paragraph((Words("now"),)),)),
            )
        ),
        Quote(
            (
                Paragraph((Words("They said:"),)),
                Points((Point(None, (Paragraph((Words("soon"),)),)),)),
            )
        ),
    )


def test_a_hard_break_ends_a_line() -> None:
    for text in ("one  \ntwo", "one\\\ntwo"):
        assert paragraph(text) == (Words("one"), Break(), Words("two"))


@pytest.mark.parametrize(
    ("text", "url", "host"),
    [
        ("[a](https://e.org/b?c=d#e)", "https://e.org/b?c=d#e", "e.org"),
        ("[a](HTTP://E.org:8080)", "http://e.org:8080", "e.org:8080"),
        ("[a](http://abcdefgh.onion/)", "http://abcdefgh.onion/", "abcdefgh.onion"),
        (
            "[a](https://пример.рф/ы)",
            "https://xn--e1afmkfd.xn--p1ai/%D1%8B",
            "xn--e1afmkfd.xn--p1ai",
        ),
    ],
)
def test_a_link_carries_its_address_and_its_host(text: str, url: str, host: str) -> None:
    (link,) = paragraph(text)
    assert isinstance(link, Link)
    assert (link.url.lower(), link.host, link.within) == (url.lower(), host, (Words("a"),))


@pytest.mark.parametrize(
    "text",
    [
        "[a](javascript:alert)",
        "[a](data:text/html,x)",
        "[a](//e.org)",
        "[a](/page)",
        "[a](ftp://e.org)",
        "[a](https://bank.example@evil.example/)",
        "[a](https://)",
        "[a](https:///e.org)",
        "<mailto:a@e.org>",
        f"[a](https://e.org/{'b' * limits.LINK})",
        "<b>bold</b>",
        "<script>alert</script>",
        "&#x202e; &lt;",
        "`code`",
        "~~gone~~",
        "---",
        "[a]: https://e.org",
    ],
)
def test_everything_else_is_text_as_it_was_typed(text: str) -> None:
    assert paragraph(text) == (Words(text),)


def test_what_a_link_hides_is_shown() -> None:
    (link,) = paragraph('[a](https://e.org "unseen")')
    assert isinstance(link, Link)
    assert link.within == (Words("a “unseen”"),)
    shown = prose.words_of(prose.read("<https://e.org/%E2%80%AE>"))
    assert shown == "https://e.org/%E2%80%AE"  # not what the signs after % stand for


def test_a_list_keeps_the_numbers_its_author_wrote() -> None:
    (points,) = prose.read("3. c\n9. i\n9. again")
    assert isinstance(points, Points)
    assert [point.number for point in points.within] == [3, 9, 9]


@pytest.mark.parametrize("text", ["> " * 30 + "word", "- " * 30 + "word", "1) " * 30 + "word"])
def test_what_nests_too_deep_is_shown_plain(text: str) -> None:
    assert paragraph(text) == (Words(text),)
    assert [prose.words_of([node]) for node in prose.read(text + "\n\n\nmore")] == [text, "more"]


def test_a_text_longer_than_any_record_is_plain() -> None:
    assert paragraph("*a* " * limits.POST_TEXT) == (Words("*a* " * limits.POST_TEXT),)


@given(st.text() | MARKS)
def test_any_text_is_a_tree_of_bounded_depth(text: str) -> None:
    tree = prose.read(text)
    assert all(depth_of(node) <= 2 * limits.PROSE_DEPTH + 3 for node in tree)
    assert prose.read(text) == tree


@given(MARKS)
def test_no_letter_is_left_out_whatever_the_marks(text: str) -> None:
    assert letters(prose.words_of(prose.read(text))) == letters(text)


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="0123456789<[\x00")))
def test_no_letter_of_any_script_is_left_out(text: str) -> None:
    assert letters(prose.words_of(prose.read(text))) == letters(text)


@pytest.fixture(scope="module")
def slow_search() -> float:
    """Give the seconds of a search on this machine that begins anew at each of 20,000 signs."""
    begun = time.process_time()
    assert re.search(r"\[[^\]]*\]", "[" * 20_000) is None
    return time.process_time() - begun


@pytest.mark.parametrize("piece", [*STARTS, *ENDS, *INLINE, *LINKS, *STRESSES])
def test_no_repetition_makes_a_reader_wait(piece: str, slow_search: float) -> None:
    text = (piece * limits.POST_TEXT)[: limits.POST_TEXT]
    begun = time.process_time()
    prose.read(text)
    # seen: 2 of it at worst, 0.4 s; a manifesto takes 1 ms
    assert time.process_time() - begun < 8 * slow_search
