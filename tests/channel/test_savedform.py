"""A form in a file is a group's when the group signed these very bytes, and says so by itself."""

import json
from random import Random

import pytest

from channel import write_forms
from wayhome.channel.savedform import is_form, read_form
from wayhome.codec import limits
from wayhome.records.refused import Refused

FORMS = json.loads((write_forms.VECTORS / "saved-forms.json").read_text("utf-8"))["cases"]
WORDS = {
    "signed in its very bytes": "genuine",
    "nothing behind it": "unsigned",
    "something behind the proof": "unsigned",
}


@pytest.mark.parametrize("case", FORMS, ids=[one["name"] for one in FORMS])
def test_a_form_is_judged_as_its_vector_says(case: dict[str, object]) -> None:
    raw = str(case["file"]).encode()
    assert write_forms.case(str(case["name"]), raw) == case
    assert is_form(raw)


def test_the_vectors_have_forms_of_every_sort() -> None:
    made = [write_forms.case(*one) for one in write_forms.files()]
    assert [one["name"] for one in made] == [one["name"] for one in FORMS]
    for one in FORMS:
        assert one["form"]["word"] == WORDS.get(one["name"], "altered"), one["name"]


def test_one_changed_byte_anywhere_and_it_is_not_genuine() -> None:
    raw = FORMS[0]["file"].encode()
    chance = Random(5)  # noqa: S311 - places, not secrets
    for _ in range(300):
        at = chance.randrange(len(raw))
        flipped = raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]
        assert read_form(flipped).word != "genuine", at


def test_what_is_larger_than_a_form_is_not_looked_at() -> None:
    with pytest.raises(Refused, match="at most") as refused:
        read_form(b"<!doctype html>" + bytes(limits.FORM_BYTES))
    assert refused.value.reason == "too-large"
