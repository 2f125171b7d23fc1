"""A vault keeps secrets a page each, and an erased page is nowhere in the file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from wayhome.crypto import locked, secretpages
from wayhome.crypto.secretpages import PAGE_BYTES, new_passphrase
from wayhome.desk.known import DeskFault
from wayhome.desk.vault import NAME, CaseSecret, Stone, Vault, Writer
from wayhome.wiping import wipe

WORDS = "шесть слов"
CASES = [CaseSecret(f"{n:032x}", f"AGE-SECRET-KEY-{n}", f"{n:064x}") for n in range(40)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    vault = Vault.make(tmp_path / "desk", WORDS)
    for one in (Writer("0" * 64), *CASES):
        vault.put(one)
    vault.close()
    return tmp_path / "desk"


def opened(folder: Path) -> Vault:
    return Vault.open(folder, WORDS)


@pytest.mark.usefixtures("dear")
def test_what_was_put_in_is_there_and_nothing_of_it_is_to_be_read_on_the_disk(folder: Path) -> None:
    vault = opened(folder)
    assert vault.secrets == (Writer("0" * 64), *CASES)
    assert "AGE" not in repr(vault)
    vault.close()
    raw = (folder / NAME).read_bytes()
    assert len(raw) == PAGE_BYTES * (len(CASES) + 2)
    assert not any(one.identity.encode() in raw for one in CASES)
    assert (folder / NAME).stat().st_mode & 0o077 == 0


def test_of_erased_pages_not_one_block_is_left_and_their_places_are_used_again(
    folder: Path,
) -> None:
    before = (folder / NAME).read_bytes()
    vault = opened(folder)
    for one in CASES[::2]:
        vault.erase(one)
    raw = (folder / NAME).read_bytes()
    # row 27: the raw file holds no part of an erased page, and every other page as it was
    for number, one in enumerate(CASES, 2):
        page = before[number * PAGE_BYTES : (number + 1) * PAGE_BYTES]
        blocks = [page[at : at + 64] for at in range(0, PAGE_BYTES, 64)]
        assert any(block in raw for block in blocks) is (one not in CASES[::2])
    vault.put(Stone("0" * 32, "2026-11-26"))
    vault.close()
    assert (folder / NAME).stat().st_size == len(before)
    assert Stone("0" * 32, "2026-11-26") in opened(folder).secrets


def test_a_page_that_was_moved_or_changed_opens_as_nothing(folder: Path) -> None:
    raw = bytearray((folder / NAME).read_bytes())
    first, second = slice(2 * PAGE_BYTES, 3 * PAGE_BYTES), slice(3 * PAGE_BYTES, 4 * PAGE_BYTES)
    raw[first], raw[second] = raw[second], raw[first]
    raw[5 * PAGE_BYTES + 700] ^= 1
    (folder / NAME).write_bytes(raw)
    assert set(CASES) - set(opened(folder).secrets) == {CASES[0], CASES[1], CASES[3]}


def test_other_words_a_second_program_and_a_second_making_are_refused(folder: Path) -> None:
    with pytest.raises(DeskFault, match="does not open"):
        Vault.open(folder, "другие слова")
    vault = opened(folder)
    with pytest.raises(DeskFault, match="another program"):
        opened(folder)
    vault.close()
    with pytest.raises(DeskFault, match="never written over"):
        Vault.make(folder, WORDS)
    assert opened(folder).secrets


def test_a_passphrase_is_six_words_and_never_the_same() -> None:
    made = {new_passphrase("ru") for _ in range(20)}
    assert len(made) == 20
    assert all(len(one.split()) == 6 for one in made)


def test_wiping_takes_the_master_key_first(folder: Path) -> None:
    assert wipe(folder) == 1
    assert not folder.exists()


@contextmanager
def images(folder: Path) -> Iterator[list[bytes]]:
    """Keep the raw file as it is at each sync: what a power cut would leave."""
    kept: list[bytes] = []
    sync = os.fsync

    def seen(file: int) -> None:
        sync(file)
        kept.append((folder / NAME).read_bytes())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", seen)
        yield kept


@pytest.mark.slow
def test_a_vault_under_a_new_master_key_loses_nothing_wherever_it_is_cut(tmp_path: Path) -> None:
    few = {Writer("0" * 64), CASES[0], CASES[1]}
    vault = Vault.make(tmp_path / "desk", WORDS)
    for one in few:
        vault.put(one)
    first = (tmp_path / "desk" / NAME).read_bytes()
    with images(tmp_path / "desk") as kept:
        vault.renew(WORDS)
    assert set(vault.secrets) == few
    vault.put(CASES[2])  # it goes on under the new one
    vault.close()
    assert set(opened(tmp_path / "desk").secrets) == few | {CASES[2]}
    last = kept[-1]
    blocks = [last[at : at + 64] for at in range(0, len(last), 64)]
    assert not [one for one in blocks if any(one) and one in first[PAGE_BYTES:]]
    for number, image in enumerate(kept[::2]):
        cut = tmp_path / str(number)
        cut.mkdir()
        (cut / NAME).write_bytes(image)
        vault = opened(cut)
        assert set(vault.secrets) == few
        vault.close()


@pytest.mark.slow
@pytest.mark.usefixtures("dear")
def test_a_vault_of_the_first_program_opens_and_is_ours_after_a_season(tmp_path: Path) -> None:
    master = secretpages.new_master()
    header = b"wayhome vault 1\n" + locked.lock(master, WORDS)
    page = secretpages.seal_page(master, 1, msgspec.json.encode(CASES[0]))
    (tmp_path / NAME).write_bytes(header.ljust(PAGE_BYTES, b"\0") + page)
    vault = opened(tmp_path)
    assert vault.secrets == (CASES[0],)
    with pytest.raises(DeskFault, match="does not open"):
        vault.renew("другие слова")
    vault.renew(WORDS)
    assert vault.secrets == (CASES[0],)
    raw = (tmp_path / NAME).read_bytes()
    assert raw.startswith(b"wayhome vault 2\n")
    with pytest.raises(locked.WrongPassphrase):  # a guess costs what the new header says
        locked.unlock(raw[16:][: 16 + 12 + 64 + 16], WORDS)
