"""Eight words give a family its keys back, and a slip is seen before anything is asked."""

import json
from pathlib import Path

import pytest

from wayhome.crypto import keys, receipts, slots
from wayhome.crypto.receipts import BadReceipt
from wayhome.crypto.recipients import recipient_of

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "vectors" / "receipt-codes.json").read_text("utf-8"))
RECEIPTS = VECTORS["receipts"]
CODE = bytes.fromhex(RECEIPTS[0]["code"])


@pytest.mark.parametrize("one", RECEIPTS, ids=lambda one: one["name"])
def test_a_receipt_is_what_its_vector_says(one: dict[str, str]) -> None:
    code = receipts.checked(bytes.fromhex(one["chance"]))
    assert code.hex() == one["code"]
    assert list(receipts.numbers(code)) == one["numbers"]
    assert " ".join(receipts.write(code, "ru")) == one["ru"]
    assert " ".join(receipts.write(code, "en")) == one["en"]


@pytest.mark.parametrize("one", RECEIPTS, ids=lambda one: one["name"])
def test_the_words_of_either_language_give_the_same_keys(one: dict[str, str]) -> None:
    assert receipts.read(one["ru"]) == receipts.read(one["en"])
    family = receipts.family_keys(receipts.read(one["ru"]))
    assert family.sign.hex() == one["sign"]
    assert keys.public_key(family.sign) == one["writer"]
    assert recipient_of(family.identity("x25519")) == one["recipient"]
    assert recipient_of(family.identity("hybrid")) == one["hybrid"]
    assert family.box.hex() == one["box"]
    for way in ("f", "r"):
        assert [slots.family_slot(family.box, way, number) for number in range(3)] == one[way]
    writer = VECTORS["desk_writer"]
    assert [slots.desk_slot(family.box, writer, number) for number in range(3)] == one["d"]


@pytest.mark.parametrize("case", VECTORS["typed"], ids=lambda case: case["name"])
def test_what_is_typed_is_read_or_its_slips_are_named(case: dict[str, object]) -> None:
    if "code" in case:
        assert receipts.read(str(case["typed"])).hex() == case["code"]
        return
    with pytest.raises(BadReceipt) as caught:
        receipts.read(str(case["typed"]))
    assert list(caught.value.places) == case["slips"]


def test_of_64_wrong_words_63_are_caught_by_the_check_bits() -> None:
    # row 2 of the casework tests: each of the eight words replaced by every other word
    right, passed, tried = receipts.numbers(CODE), 0, 0
    for place in range(receipts.RECEIPT_WORDS):
        for number in range(receipts.WORD_LIST):
            if number != right[place]:
                wrong = [*right[:place], number, *right[place + 1 :]]
                whole = int("".join(f"{one:012b}" for one in wrong), 2)
                code = whole.to_bytes(receipts.CODE_BYTES, "big")
                passed += receipts.checked(code) == code
                tried += 1
    assert tried == 8 * 4_095
    assert 0.8 < passed / (tried / 64) < 1.2


def test_a_receipt_is_90_bits_of_chance_and_none_of_them_is_fixed() -> None:
    made = [int.from_bytes(receipts.new_code(), "big") for _ in range(200)]
    ever, always = 0, ~0
    for one in made:
        ever, always = ever | one, always & one
    assert len(set(made)) == 200
    assert ever >> 6 == 2**90 - 1
    assert always >> 6 == 0


def test_two_spellings_of_a_letter_are_one() -> None:
    words = receipts.word_list("ru")
    number = next(i for i, word in enumerate(words) if "е" in word)
    code = receipts.checked((number << 84).to_bytes(12, "big"))
    assert receipts.write(code, "ru")[0] == words[number]
    typed = " ".join(receipts.write(code, "ru"))
    assert receipts.read(typed.replace("е", "ё")) == receipts.read(typed) == code


def test_neither_keys_nor_slips_print_what_they_hold() -> None:
    family = receipts.family_keys(CODE)
    assert repr(family) == "FamilyKeys()"
    with pytest.raises(BadReceipt) as caught:
        receipts.read("zzzz " + RECEIPTS[0]["en"])
    assert "zzzz" not in str(caught.value)


def test_the_page_shows_the_first_vector() -> None:
    page = (ROOT / "docs" / "protocol" / "receipts.md").read_text("utf-8")
    one = RECEIPTS[0]
    assert " ".join(str(number) for number in one["numbers"]) in page
    shown = (one["code"], one["ru"], one["en"], one["sign"], one["recipient"], one["f"][0])
    assert all(value in page for value in shown)
