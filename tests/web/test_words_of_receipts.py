"""A page that writes receipts takes its words as a file, and Python reads the same ones."""

import gzip

from wayhome.crypto.receipts import word_list
from wayhome.web.assets import LANGUAGES, assets
from wayhome.web.wordfile import packed


def test_the_words_of_receipts_are_served_shorter_than_they_are() -> None:
    # web/test/sealing.test.ts reads the same
    five = ("абзац", "абонент", "ящик", "abbey", "abbot")
    assert packed(five) == b"0ABHAW2ONFNS0`ZIK0abbey3ot"
    for language in LANGUAGES:
        asset = assets().by_name[f"words-{language}.txt"]
        assert asset.body == packed(word_list(language))
        assert not any(
            one.isdigit() or one.isupper() for word in word_list(language) for one in word
        )
        assert asset.name == f"words-{language}.{asset.sum[:10]}.txt"
        assert asset.type.startswith("text/plain")
        assert len(gzip.compress(asset.body, 9)) < 10_600
