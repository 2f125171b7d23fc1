"""Sentences: every msgid that pages and the doctor say, taken out of templates and code."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract
from jinja2.ext import babel_extract

SOURCE = Path(__file__).parents[2] / "src" / "wayhome"
KEYWORDS = {
    "_": None,
    "say": None,
    "ngettext": (1, 2),
    "say_many": (1, 2),
    "pgettext": ((1, "c"), 2),
    "say_of": ((1, "c"), 2),
    "DeskFault": None,  # a desk says it on its pages
    "__init__": None,  # a fault of a sort of its own
}
# of the desk's modules those that its pages speak with; the others speak to a terminal
DESK = (
    *(
        "app",
        "asked",
        "board",
        "called",
        "case",
        "casework",
        "counting",
        "deeds",
        "desk",
        "envelopes",
        "handouts",
        "losses",
    ),
    *("papers", "pictures", "post", "printing", "seasons", "telephone", "vault", "writing"),
)


def sentences() -> dict[tuple[str, str, str], list[str]]:
    """Give context, singular and plural of each, with the files that say it."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for path in _files():
        with path.open("rb") as file:
            method = "python" if path.suffix == ".py" else babel_extract
            options = {"newstyle_gettext": "1", "trimmed": "1"}
            for _, said, _, context in extract(method, file, KEYWORDS, options=options):
                one, many = said if isinstance(said, tuple) else (said, "")
                found.setdefault((context or "", one, many), []).append(path.name)
    return found


def _files() -> Iterator[Path]:
    yield from sorted((SOURCE / "web" / "templates").glob("*.html"))
    yield from sorted((SOURCE / "web").glob("*.py"))
    yield from sorted((SOURCE / "desk" / "templates").glob("*.html"))
    yield from (SOURCE / "desk" / f"{one}.py" for one in DESK)
    yield from sorted((SOURCE / "doctor").glob("*.py"))
    yield SOURCE / "cli" / "doctor_.py"
    yield SOURCE / "pages" / "words.py"
