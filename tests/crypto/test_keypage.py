"""What a page sealed is gone when the page is."""

import os
from pathlib import Path

import pytest

from wayhome.crypto import keypage
from wayhome.crypto.keypage import NONCE_BYTES, BadPage, KeyPage


def test_a_page_opened_again_is_the_same_page(tmp_path: Path) -> None:
    made = KeyPage.make(tmp_path / "a.page")
    opened = KeyPage.open(tmp_path / "a.page")
    assert opened.unseal(made.seal(b"plain", b"bound"), b"bound") == b"plain"
    assert opened.hmac(b"row", b"x") == made.hmac(b"row", b"x")
    assert made.hmac(b"row", b"x") != made.hmac(b"asked", b"x")
    assert (tmp_path / "a.page").stat().st_mode & 0o777 == 0o600


def test_sealed_for_one_thing_does_not_open_as_another(tmp_path: Path) -> None:
    page = KeyPage.make(tmp_path / "a.page")
    for sealed, bound in ((page.seal(b"x", b"one"), b"two"), (b"", b""), (b"short", b"")):
        with pytest.raises(BadPage):
            page.unseal(sealed, bound)


def test_an_erased_page_is_overwritten_before_it_is_unlinked(tmp_path: Path) -> None:
    page = KeyPage.make(tmp_path / "a.page")
    before, sealed = (tmp_path / "a.page").read_bytes(), page.seal(b"plain")
    os.link(tmp_path / "a.page", tmp_path / "seized")
    page.erase()
    after = (tmp_path / "seized").read_bytes()
    assert not (tmp_path / "a.page").exists()
    assert len(after) == keypage.PAGE_BYTES
    assert before[17:81] not in after
    with pytest.raises(BadPage, match="erased"):
        KeyPage.open(tmp_path / "seized")
    for use in (
        lambda: page.hmac(b"row", b"x"),
        lambda: page.seal(b"x"),
        lambda: page.seal_all([(b"x", b"")]),
        lambda: page.unseal(sealed),
    ):
        with pytest.raises(BadPage, match="erased"):
            use()


def test_an_interrupted_erasure_is_finished_and_a_good_page_is_left(tmp_path: Path) -> None:
    KeyPage.make(tmp_path / "good.page")
    page = KeyPage.make(tmp_path / "gone.page")
    os.link(tmp_path / "gone.page", tmp_path / "again")
    page.erase()
    (tmp_path / "again").rename(tmp_path / "gone.page")  # as if the crash came before the unlink
    assert keypage.finish_erasures(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["good.page"]


def test_a_page_is_never_made_over_another_file(tmp_path: Path) -> None:
    KeyPage.make(tmp_path / "a.page")
    with pytest.raises(FileExistsError):
        KeyPage.make(tmp_path / "a.page")


@pytest.mark.parametrize("raw", [b"", b"x" * keypage.PAGE_BYTES, b"wayhome key page\0" + b"x" * 99])
def test_another_file_is_no_page_and_neither_is_none(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a.page").write_bytes(raw)
    with pytest.raises(BadPage):
        KeyPage.open(tmp_path / "a.page")
    with pytest.raises(BadPage):
        KeyPage.open(tmp_path / "missing.page")


def test_any_changed_bit_of_what_was_sealed_is_seen(tmp_path: Path) -> None:
    page = KeyPage.make(tmp_path / "a.page")
    sealed = page.seal(b"plain", b"bound")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(BadPage):
            page.unseal(bytes(changed), b"bound")


def test_the_same_plain_text_is_sealed_differently_each_time(tmp_path: Path) -> None:
    page, other = KeyPage.make(tmp_path / "a.page"), KeyPage.make(tmp_path / "b.page")
    assert page.seal(b"plain") != page.seal(b"plain")
    assert page.hmac(b"row", b"x") != other.hmac(b"row", b"x")
    with pytest.raises(BadPage):
        other.unseal(page.seal(b"plain"))


def test_what_is_sealed_together_is_opened_each_by_its_own(tmp_path: Path) -> None:
    page = KeyPage.make(tmp_path / "a.page")
    texts = [(b"plain", b"one"), (b"plain", b"two"), (b"other", b"one")]
    sealed = page.seal_all(texts)
    for one, (plain, bound) in zip(sealed, texts, strict=True):
        assert page.unseal(one, bound) == plain
    assert len({one[:NONCE_BYTES] for one in sealed}) == len(texts), "a nonce serves once"
    with pytest.raises(BadPage):
        page.unseal(sealed[0], b"two")
    assert page.seal_all([]) == []


def test_a_page_that_cannot_be_read_is_not_said_to_be_torn(tmp_path: Path) -> None:
    page = tmp_path / "a.page"
    page.symlink_to(page)  # a loop: it is there
    with pytest.raises(OSError, match=r"a\.page"):
        KeyPage.open(page)
