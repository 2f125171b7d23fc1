"""Pages of a large campaign: sixty groups that know each other, and two hundred texts."""

import gzip
from collections.abc import Iterator

import pytest

from petition_world import DAY, OPEN, Group
from wayhome.channel.service import Writing, write
from wayhome.groups.service import link_to
from wayhome.web.app import DOORS
from wayhome.web.pages import Pages
from web.small import Opened

GROUPS, TEXTS, LINKS = 60, 200, 20
WORDS = "Мы, родные мобилизованных, просим назвать срок и вернуть их домой. " * 20 + "Всех."


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    groups = [Group(f"group{i}", k=1, size=1) for i in range(GROUPS)]
    for i, one in enumerate(groups):
        for step in range(1, LINKS + 1):
            to = groups[(i + step) % GROUPS].id
            one.say(link_to(one.id, one.id, to, to, OPEN - 18 * DAY))
    for i in range(TEXTS):
        one = groups[i % 2]
        writing = Writing(f"{i} Нас назвали фейком", "ru", f"{i} {WORDS}")
        one.say(write((one.id, one.id), writing, OPEN - (i // 40) * 31 * DAY))
    opened = Opened(tmp_path_factory.mktemp("large"), (groups[0].id,))
    lines = [record.line for one in groups for record in one.records]
    assert opened.take(lines) == []
    yield opened
    opened.node.close()


def test_no_page_grows_beyond_its_budget_with_the_campaign(large: Opened) -> None:
    sizes = {}
    for lang, path in Pages(large.node.site, DOORS).every():
        if not path.startswith("post/") and lang == "ru":
            body = large.get(f"/{lang}/{path}").content
            sizes[path] = len(gzip.compress(body, 6))
    listing = {path: size for path, size in sizes.items() if path.endswith(("groups", "texts"))}

    assert max(sizes[path] for path in sizes.keys() - listing.keys()) <= 8_000, sizes
    assert max(listing.values()) <= 12_000, listing
    assert len(sizes) > GROUPS


def test_every_text_is_found_by_its_month_and_by_its_group(large: Opened) -> None:
    pages = Pages(large.node.site, DOORS)
    posts = {path.removeprefix("post/") for _, path in pages.every() if "." not in path}
    by_month = by_group = ""
    for lang, path in pages.every():
        if lang == "en" and path.startswith("posts/"):
            by_month += large.get(f"/en/{path}").text
        if lang == "en" and path.endswith("/texts"):
            by_group += large.get(f"/en/{path}").text
    ids = {one for one in posts if len(one) == 64}

    assert len(ids) == TEXTS
    assert all(f"post/{one}.html" in by_month for one in ids)
    assert all(f"post/{one}.html" in by_group for one in ids)
