import re
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from wayhome.pages.charts import WIDTH, Bar, bars_of, row_chart
from wayhome.pages.maps import Tile, shade, tile_map
from wayhome.pages.prose import EXCERPT, excerpt, to_html
from wayhome.web.pictures import qr

ELEMENTS = {
    *("p", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li"),
    *("em", "strong", "br", "a", "small", "bdi"),
}
ATTRIBUTES = {"a": {"href", "rel"}, "li": {"value"}}
PIECES = st.sampled_from(
    [
        *(
            "# ",
            "###### ",
            "> ",
            "- ",
            "1. ",
            "999999999. ",
            "\n",
            "\n\n",
            "  \n",
            "*",
            "**",
            "_",
            "\\",
        ),
        *("[", "](", ")", "<", ">", "&", '"', "'", "<script>", "</p>", "<!--", "]]>", "&#x3c;"),
        *("javascript:alert(1)", "https://a.example/?x=1&y=<2>", "HTTPS://A.EXAMPLE", "data:x"),
        *("слово ", "\u202e", "\u2066", "\u0301", "🙂", "    ", "`", "![", "onload=", "style="),
    ]
)


def drawn(text: str) -> ET.Element:
    html = to_html(text).replace("<br>", "<br/>")
    return ET.fromstring(f"<root>{html}</root>")  # noqa: S314 - our own


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_whatever_a_text_is_only_plain_elements_come_of_it(text: str) -> None:
    for element in drawn(text).iter():
        if element.tag != "root":
            assert element.tag in ELEMENTS
            assert set(element.keys()) <= ATTRIBUTES.get(element.tag, set())
            if element.tag == "a":
                assert re.match("(?i)https?://", element.get("href", ""))


@settings(max_examples=50, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_an_excerpt_is_short_and_on_one_line(text: str) -> None:
    found = excerpt(text)

    assert len(found) <= EXCERPT + 1
    assert "\n" not in found


def test_headings_of_a_text_begin_below_the_page_and_keep_their_distance() -> None:
    levels = [one.tag for one in drawn("# a\n\n## b\n\n###### c\n\n# d")]
    shifted = [one.tag for one in drawn("### a\n\n#### b")]

    assert levels == ["h2", "h3", "h6", "h2"]
    assert shifted == ["h2", "h3"]


def test_a_list_keeps_the_numbers_that_its_author_wrote() -> None:
    html = to_html("3. three\n4. four")

    assert html == '<ol><li value="3">three</li><li value="4">four</li></ol>'


def test_a_long_word_is_cut_and_a_sentence_between_words() -> None:
    assert excerpt("а" * 500) == "а" * EXCERPT + "…"
    assert excerpt("слово, " * 100).endswith("слово…")
    assert excerpt("**коротко**") == "коротко"


def test_the_map_has_two_blocks_each_cut_to_its_own_rows() -> None:
    tiles = [
        Tile("Сам", "", 2, 4, 3, "#RU-SAM"),
        Tile("Мск", "", 1, 2, 0, ""),
        Tile("Сах", "", 9, 7, 12, "#RU-SAK"),
    ]
    left, right = ET.fromstring(tile_map(tiles, 5))  # noqa: S314 - our own
    space = "{http://www.w3.org/2000/svg}"

    assert (left.get("viewBox"), right.get("viewBox")) == ("0 0 72 108", "0 0 36 36")
    assert [one.get("class") for one in left.iter(f"{space}g")] == ["q0", "q3"]
    assert [one.text for one in right.iter(f"{space}text")] == ["Сах", "12"]
    assert [one.get("href") for one in left.iter(f"{space}a")] == ["#RU-SAM"]
    assert not [one for one in left.iter() if one.get("style")]


def test_an_hour_in_a_chart_has_its_zone_and_a_day_needs_none() -> None:
    assert [one.label for one in bars_of({"60": 1})] == ["01.01 00:01 UTC"]
    assert bars_of({"0": 1, "8640000": 1})[0].label == "01.01"


def test_no_words_of_a_row_leave_the_picture() -> None:
    short, long = Bar("отказали: 50", 50), Bar(f"{'Министерство обороны ' * 4}: 10", 10)
    drawn = ET.fromstring(row_chart([long, short], "x"))  # noqa: S314 - our own
    texts = [one.text or "" for one in drawn.iter() if one.tag.endswith("text")]
    assert " ".join(texts).split() == f"{long.label} {short.label}".split()
    assert max(map(len, texts)) <= WIDTH / 5.5, "a sign of nine units is five and a half wide"
    assert drawn.get("viewBox") == "0 0 328 68"


def test_five_shades_of_which_none_is_one() -> None:
    assert [shade(n) for n in (0, 1, 2, 3, 4, 5, 100)] == [0, 1, 2, 3, 3, 4, 4]


def test_a_code_has_no_style_and_does_not_repeat_its_text() -> None:
    code = qr("https://here.example/ru/post/x.html")

    assert code.startswith("<svg")
    assert "style" not in code
    assert "here.example" not in code
    assert qr("a" * 5_000) == ""
