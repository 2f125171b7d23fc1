"""Assets: style, fonts, icon, scripts, lists of words, under names that change with contents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

import msgspec

from wayhome.crypto.receipts import WordLanguage, word_list
from wayhome.web.wordfile import packed

LANGUAGES: tuple[WordLanguage, ...] = ("ru", "en")  # that receipts are written in
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
_NAMED = re.compile(rb"url\(([a-z0-9.-]+)\)")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    name: str  # with a part of its hash
    body: bytes
    type: str

    @property
    def sum(self) -> str:
        """The SHA-256 of it, in hex."""
        return sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Assets:
    """All of them, by plain name; and the sentences that each script can say."""

    by_name: Mapping[str, Asset]
    said: Mapping[str, tuple[str, ...]]

    def named(self, name: str) -> str | None:
        """Give the name under which a page asks for it, None where there is no such file."""
        found = self.by_name.get(name)
        return found.name if found else None


@cache
def assets() -> Assets:
    """Read the folder once: it is part of the program and does not change while it runs."""
    folder = files("wayhome.web") / "static"
    found: dict[str, Asset] = {}
    # a style sheet names fonts, so it comes last
    for file in sorted(folder.iterdir(), key=lambda one: (one.name.endswith(".css"), one.name)):
        stem, dot, ending = file.name.rpartition(".")
        if dot + ending in TYPES:
            body = file.read_bytes()
            if ending == "css":
                body = _NAMED.sub(lambda name: _way(name, found), body)
            name = f"{stem}.{sha256(body).hexdigest()[:10]}.{ending}"
            found[file.name] = Asset(name, body, TYPES[dot + ending])
    for language in LANGUAGES:  # of receipts: a file of their own, for the pages that write words
        body = packed(word_list(language))
        name = f"words-{language}.{sha256(body).hexdigest()[:10]}.txt"
        found[f"words-{language}.txt"] = Asset(name, body, TYPES[".txt"])
    sentences = folder / "words.json"
    said = (
        msgspec.json.decode(sentences.read_bytes(), type=dict[str, tuple[str, ...]])
        if sentences.is_file()
        else {}
    )
    return Assets(found, said)


def written(value: object) -> str:
    """Give a value as JSON, for an attribute that a script reads."""
    return msgspec.json.encode(value).decode()


def _way(name: re.Match[bytes], found: Mapping[str, Asset]) -> bytes:
    return b"url(%b)" % found[name[1].decode()].name.encode()
