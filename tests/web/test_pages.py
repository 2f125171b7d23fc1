import gzip
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

import pytest

from petition_world import DAY, OPEN
from wayhome.pages.words import LANGUAGES
from wayhome.web.app import DOORS
from wayhome.web.assets import assets
from wayhome.web.pages import Pages
from web.small import ADDRESS, Opened, Small, paths_of

VOID = {"meta", "link", "br", "input", "img", "hr"}
PAGE_BUDGET, DIRECTORY_BUDGET = 8_000, 12_000


class Outline(HTMLParser):
    """What a page is made of; ``faults`` are elements that do not close each other."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self.feed(html)
        self.faults += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len({name for name, _ in attrs}) < len(attrs):
            self.faults.append(f"{tag} has an attribute twice")
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"/{tag}")

    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]


def every(small: Small) -> list[str]:
    return [f"/{lang}/{path}" for lang in LANGUAGES for path in paths_of(small)]


def test_every_page_answers_in_both_languages_by_its_file_name(site: Opened, small: Small) -> None:
    for path in every(small):
        answer = site.get(f"{path}.html")

        assert answer.status_code == 200, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert f'<html lang="{path[1:3]}">' in answer.text


def test_no_two_pages_have_one_title_in_a_browsers_tabs(site: Opened, small: Small) -> None:
    theirs = ("post/", "poll/")  # as their organisers named them
    ours = [one for one in paths_of(small) if not one.startswith(theirs)]
    for lang in LANGUAGES:
        pages = [site.get(f"/{lang}/{path}.html").text for path in ours]
        titles = [one.partition("<title>")[2].partition("</title>")[0] for one in pages]
        assert [one for one in titles if titles.count(one) > 1] == []


def test_a_map_in_another_language_has_codes_for_labels(site: Opened) -> None:
    drawn = {lang: site.get(f"/{lang}/groups.html").text for lang in LANGUAGES}
    labels = {lang: re.findall(r"<text[^>]*>(\w+)</text>", text) for lang, text in drawn.items()}
    assert "Сам" in labels["ru"]
    assert "SAM" in labels["en"]
    assert all(one.isascii() for one in labels["en"])


def test_short_forms_show_the_same_page(site: Opened, small: Small) -> None:
    for path in every(small):
        assert site.get(path).content == site.get(f"{path}.html").content
    assert site.get("/ru/").content == site.get("/ru/index.html").content


def test_a_slash_too_many_leads_back_to_where_relative_links_hold(site: Opened) -> None:
    answer = site.get("/ru/groups/")

    assert (answer.status_code, answer.headers["location"]) == (307, "../groups.html")
    assert site.get("/ru").headers["location"] == "ru/index.html"


def test_every_page_is_well_formed_with_one_heading_and_no_id_twice(
    site: Opened, small: Small
) -> None:
    for path in every(small):
        outline = Outline(site.get(path).text)
        levels = [int(tag[1]) for tag, _ in outline.elements if re.fullmatch("h[1-6]", tag)]
        ids = outline.ids()

        assert outline.faults == [], path
        assert levels.count(1) == 1, path
        assert all(b - a <= 1 for a, b in pairwise(levels)), (path, levels)
        assert len(ids) == len(set(ids)), path


def test_nothing_is_inline_and_only_pages_that_sign_check_or_count_have_a_script(
    site: Opened, small: Small
) -> None:
    signing = (
        f"petition/{small.world.petition.id}",
        f"poll/{small.poll.petition.id}",
        "/check",
        "/count",
    )
    for path in every(small):
        for tag, attrs in Outline(site.get(path).text).elements:
            assert "style" not in attrs, path
            assert not [name for name in attrs if name.startswith("on")], path
            assert tag not in ("style", "iframe", "object", "base"), path
            if tag == "script":
                assert path.endswith(signing), path
                assert set(attrs) == {"defer", "src"}


def test_every_link_within_the_site_leads_somewhere(site: Opened, small: Small) -> None:
    led: set[str] = set()
    for path in every(small):
        for _, attrs in Outline(site.get(path).text).elements:
            for name in ("href", "src", "action"):
                way = attrs.get(name, "")
                if way and not re.match(r"https?://|#", way):
                    led.add(str(site.get(path).url.join(way)))
    for url in sorted(led):
        assert site.get(url.removeprefix("http://node.test")).status_code == 200, url
    assert len(led) > 60


def test_links_are_relative_so_that_a_copy_in_a_folder_holds(site: Opened, small: Small) -> None:
    for path in every(small):
        for _, attrs in Outline(site.get(path).text).elements:
            for name in ("href", "src", "action"):
                assert not attrs.get(name, "").startswith("/"), path


def test_all_labels_point_at_something(site: Opened, small: Small) -> None:
    for path in every(small):
        outline = Outline(site.get(path).text)
        named = {attrs.get("aria-labelledby") for _, attrs in outline.elements} - {None}
        anchors = {
            attrs["href"][1:]
            for _, attrs in outline.elements
            if attrs.get("href", "").startswith("#")
        }
        assert named | anchors <= set(outline.ids()), path


def test_pages_fit_their_budgets(site: Opened, small: Small) -> None:
    for path in every(small):
        sent = len(gzip.compress(site.get(path).content, 6))
        budget = DIRECTORY_BUDGET if path.endswith("/groups") else PAGE_BUDGET
        assert sent <= budget, (path, sent)


def test_a_first_visit_is_five_requests_and_45_kilobytes(site: Opened) -> None:
    page = site.get("/ru/index.html")
    assets = {
        attrs["href"]
        for tag, attrs in Outline(page.text).elements
        if tag == "link" and attrs["rel"] in ("stylesheet", "icon")
    }
    bodies = [site.get(f"/ru/{one}", accept_encoding="gzip") for one in assets]
    style = next(one for one in bodies if "css" in one.headers["content-type"])
    fonts = [site.get(f"/static/{name}") for name in re.findall(r"url\((golos[^)]*)\)", style.text)]
    sent = [len(gzip.compress(one.content, 6)) for one in (page, *bodies)]

    assert len(gzip.compress(style.content, 6)) <= 5_000
    assert sum(len(one.content) for one in fonts) <= 24_000
    assert len(bodies) + len(fonts) + 1 <= 5
    assert sum(sent) + sum(len(one.content) for one in fonts) <= 45_000


def test_the_same_set_gives_the_same_bytes_whatever_the_order(
    site: Opened, small: Small, tmp_path: Path
) -> None:
    other = Opened(tmp_path, tuple(g.id for g in small.world.groups))
    other.take(list(reversed(small.lines)))
    other.take(small.lines)
    try:
        for path in every(small):
            assert other.get(path).content == site.get(path).content, path
    finally:
        other.node.close()


def test_a_page_lists_itself_for_a_mirror(site: Opened, small: Small) -> None:
    listed = {path for _, path in Pages(site.node.site, DOORS).every()}

    assert set(paths_of(small)) <= listed
    assert {"atom.xml", f"post/{small.posts['first'].id}.txt"} <= listed


def test_what_is_not_here_answers_404_in_words(site: Opened, small: Small) -> None:
    somewhere = "0" * 64
    for path in (
        f"/ru/post/{somewhere}.html",
        f"/ru/petition/{somewhere}.html",
        f"/ru/petition/{somewhere}/count",
        f"/ru/poll/{small.world.petition.id}.html",
        f"/ru/group/{somewhere}.html",
        f"/ru/group/{small.world.petition.id}",
        "/ru/posts/2027-13.html",
        "/ru/posts/2027-02",
        f"/ru/group/{somewhere}/texts",
        "/ru/post/abc.html",
        f"/ru/post/{small.posts['first'].id.upper()}.html",
        f"/ru/post/{small.posts['first'].id}.txt.html",
        "/ru/groups.html.html",
        "/ru/%2e%2e/static/style.css",
        "/static/nothing.css",
        "/xx/index.html",
        "/s/0000000000000000",
        "/s/xyz",
        "/ru/" + "a/" * 400,
    ):
        answer = site.get(path)
        assert answer.status_code == 404, path
        assert "Здесь такой записи нет" in answer.text, path
        assert len(answer.content) < 6_000, path


def test_an_error_page_has_the_readers_language_and_links_that_hold(site: Opened) -> None:
    answer = site.get("/nowhere/at/all", accept_language="en;q=0.5, de")

    assert '<html lang="en">' in answer.text
    assert 'href="../../en/index.html"' in answer.text
    assert site.ask("POST", "/ru/groups.html").status_code == 405
    assert "можно только читать" in site.ask("POST", "/ru/groups.html").text


def test_a_fault_of_ours_is_told_in_words(
    site: Opened, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(site.node.site.reader, "get", broken)
    monkeypatch.setattr(site, "now", site.now + 86_400)  # a window later, so it is drawn anew
    answer = site.get(f"/ru/group/{small.world.groups[0].id}.html")

    assert answer.status_code == 500
    assert "Ошибка у нас" in answer.text


def test_head_has_the_headers_and_no_body(site: Opened) -> None:
    whole = site.get("/ru/groups.html")
    head = site.ask("HEAD", "/ru/groups.html")

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == whole.headers["etag"]


def test_the_feed_is_an_atom_feed_with_ids_and_times(site: Opened) -> None:
    answer = site.get("/ru/atom.xml")
    feed = ET.fromstring(answer.content)  # noqa: S314 - our own feed
    space = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{space}entry")

    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert feed.get("{http://www.w3.org/XML/1998/namespace}base") == f"{ADDRESS}/ru/"
    assert len(entries) == 5
    for one in (feed, *entries):
        assert all(one.findtext(f"{space}{name}") for name in ("id", "title", "updated"))
    assert len({one.findtext(f"{space}id") for one in entries}) == 5
    assert "<script" not in "".join(one.findtext(f"{space}content") or "" for one in entries)


def test_a_groups_feed_has_its_own_texts_and_leads_to_them(site: Opened, small: Small) -> None:
    space = "{http://www.w3.org/2005/Atom}"
    whole = ET.fromstring(site.get("/ru/atom.xml").content)  # noqa: S314 - our own feed
    ids, seen = [whole.findtext(f"{space}id")], set[str | None]()
    for path in (one for one in paths_of(small) if re.fullmatch("group/[0-9a-f]{64}", one)):
        page = Outline(site.get(f"/ru/{path}").text)
        answer = site.get(f"/ru/{path}/atom.xml")
        linked = [
            one for _, one in page.elements if one.get("href", "").endswith(f"{path}/atom.xml")
        ]
        if answer.status_code == 404:
            assert not linked
            continue
        feed = ET.fromstring(answer.content)  # noqa: S314 - our own feed
        entries = feed.findall(f"{space}entry")
        base = feed.get("{http://www.w3.org/XML/1998/namespace}base") or ""
        ways = [one.get("href") or "" for one in feed.iter(f"{space}link")]
        assert len(linked) == 2
        authors = {one.findtext(f"{space}author/{space}name") for one in entries}
        assert authors == {feed.findtext(f"{space}title")}
        assert all(
            site.get(urljoin(base, one).removeprefix(ADDRESS)).status_code == 200 for one in ways
        )
        ids.append(feed.findtext(f"{space}id"))
        seen |= {one.findtext(f"{space}id") for one in entries}
    assert len(set(ids)) == len(ids) > 1
    assert seen == {one.findtext(f"{space}id") for one in whole.findall(f"{space}entry")}


def test_a_text_can_be_taken_as_plain_text(site: Opened, small: Small) -> None:
    answer = site.get(f"/ru/post/{small.posts['manifesto'].id}.txt")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Мы — **семьи**." in answer.text
    assert answer.text.endswith(f"\n\n{small.posts['manifesto'].id}\n")


def test_what_too_few_organisers_signed_is_not_there(site: Opened, small: Small) -> None:
    missing = site.get(f"/ru/post/{'0' * 64}")
    proposal = site.get(f"/ru/post/{small.proposal.id}")

    assert site.node.store.get(small.proposal.id) is not None
    assert (proposal.status_code, proposal.content) == (404, missing.content)
    for path in ("posts", "manifesto", "index", f"group/{small.world.groups[0].id}"):
        assert "Черновик" not in site.get(f"/ru/{path}").text


def test_a_correction_shows_the_first_text_and_the_first_text_its_correction(
    site: Opened, small: Small
) -> None:
    first = site.get(f"/ru/post/{small.posts['first'].id}").text
    corrected = site.get(f"/ru/post/{small.posts['corrected'].id}").text

    assert "Этот текст исправлен." in first
    assert f"post/{small.posts['corrected'].id}.html" in first
    assert "В субботу в два." in corrected
    assert "В субботу в три." in corrected


def test_a_text_in_another_language_says_so(site: Opened, small: Small) -> None:
    english = site.get(f"/en/post/{small.posts['first'].id}").text

    assert '<h1 lang="ru">' in english
    assert "There is no translation yet." in english


def test_one_voice_and_the_unlinked_are_said(site: Opened, small: Small) -> None:
    post = site.get(f"/ru/post/{small.posts['lone'].id}").text
    group = site.get(f"/ru/group/{small.lone.id}").text

    assert "Голос одного человека." in post
    assert "Голос одного человека." in group
    assert "&lt;b&gt;lone" in group


def test_a_text_of_a_stranger_cannot_become_markup(site: Opened, small: Small) -> None:
    page = site.get(f"/ru/post/{small.posts['hostile'].id}")
    text = page.text
    ways = [attrs["href"] for tag, attrs in Outline(text).elements if tag == "a"]

    assert "<script>alert" not in text
    assert "<img" not in text
    assert not [way for way in ways if way.lower().startswith("javascript:")]
    assert "https://example.org/a?b=c&d=%22e" in ways
    assert "(<bdi>example.org</bdi>)" in text
    for tag in ("title", "h1"):
        heading = re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}>", text)
        assert heading
        assert heading[1].startswith("&lt;b&gt;&amp;&#34;x&lt;U+202E&gt;")


def test_a_name_cannot_turn_the_words_around_it(site: Opened, small: Small) -> None:
    shown = 0
    for path in every(small):
        body = site.get(path).text.partition("</head>")[2].replace("<h1><bdi>", "<bdi>")
        body = re.sub(r'data-groups="[^"]*"', "", body)
        assert "lone\u202e" not in body, path
        for part in body.split("&lt;b&gt;lone&lt;U+202E&gt;")[:-1]:
            assert part.endswith("<bdi>"), (path, part[-40:])
            shown += 1
    assert shown > 20


def test_a_page_changes_when_the_set_does_and_not_before(small: Small, tmp_path: Path) -> None:
    opened = Opened(tmp_path, tuple(g.id for g in small.world.groups))
    try:
        nothing = site_tag(opened)
        assert site_tag(opened) == nothing
        opened.take(small.lines)
        something = site_tag(opened)
        assert something != nothing
        opened.now += DAY
        assert site_tag(opened) != something
    finally:
        opened.node.close()


def site_tag(opened: Opened) -> str:
    return opened.get("/ru/index.html").headers["etag"]


def test_a_count_goes_to_the_end_of_the_last_whole_window(site: Opened, small: Small) -> None:
    page = site.get(f"/en/petition/{small.world.petition.id}").text

    assert "<b>3</b>" in page
    assert "signatures to the end of 3 February 2027" in page
    assert site.now // DAY * DAY == OPEN + 3 * DAY


def test_the_script_that_counts_is_on_pages_of_counts_alone_and_within_its_budget(
    site: Opened, small: Small
) -> None:
    script = assets().by_name["count.js"]
    assert len(gzip.compress(script.body, 9)) <= 30_000
    asked = f"static/{script.name}"
    pages = {path: Outline(site.get(f"{path}.html").text).elements for path in every(small)}
    having = {
        path
        for path, found in pages.items()
        if any(tag == "script" and attrs["src"].endswith(asked) for tag, attrs in found)
    }
    assert having
    assert having == {path for path in every(small) if path.endswith("/count")}
