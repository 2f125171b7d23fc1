"""A page that writes receipts takes its words as a file, and Python reads the same ones."""

import gzip

from wayhome.crypto.receipts import WordLanguage, word_list
from wayhome.web.assets import assets

LANGUAGES: tuple[WordLanguage, ...] = ("ru", "en")


def test_the_words_of_receipts_are_served_as_they_are() -> None:
    for language in LANGUAGES:
        asset = assets().by_name[f"words-{language}.txt"]
        assert tuple(asset.body.decode("utf-8").split("\n")[:-1]) == word_list(language)
        assert asset.name == f"words-{language}.{asset.sum[:10]}.txt"
        assert asset.type.startswith("text/plain")
        assert len(gzip.compress(asset.body, 9)) < 17_000
