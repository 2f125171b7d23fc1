"""Every link between pages leads somewhere, to the heading."""

import re
from pathlib import Path

import tree

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Give the names that a page's headings are linked by."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in HEADING.findall(page.read_text("utf-8"))
    }


def broken(page: Path) -> list[str]:
    """Give the links of a page that lead nowhere."""
    bad = []
    for link in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (
            anchor and target.suffix == ".md" and anchor not in anchors(target)
        ):
            bad.append(f"{tree.named(page)}: {link}")
    return bad


def test_every_link_between_pages_leads_somewhere() -> None:
    assert not [link for page in tree.pages() for link in broken(page)]
