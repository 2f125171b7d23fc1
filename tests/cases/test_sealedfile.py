"""A sealed file carries envelopes and what belongs to them, and nothing that is not whole."""

import json

import pytest

from cases import write_handed_in

FILES = json.loads((write_handed_in.VECTORS / "handed-in.json").read_text("utf-8"))["cases"]
KEPT = {
    "two envelopes and an attachment",
    "an envelope alone",
    "without the attachment that it names",
}


@pytest.mark.parametrize("case", FILES, ids=[one["name"] for one in FILES])
def test_a_sealed_file_is_read_as_its_vector_says_and_written_again_alike(
    case: dict[str, str],
) -> None:
    assert write_handed_in.case(case["name"], case["file"].encode()) == case


def test_the_vectors_have_files_of_every_sort() -> None:
    made = [write_handed_in.case(*one) for one in write_handed_in.files()]
    assert [(one["name"], one["answer"]) for one in made] == [
        (one["name"], one["answer"]) for one in FILES
    ]
    assert {one["name"] for one in FILES if one["answer"] == "kept"} == KEPT
    assert len({one["answer"] for one in FILES}) > 3
