"""The vectors of `check`: the browser runs the same."""

import json

import pytest

from channel import write_proofs
from channel.write_vectors import CASES, VECTORS, vectors

WORDS = {
    "genuine": ("to the letter", "its title alone", "in one line", "as a page shows its link"),
    "altered": ("a digit more", "with another host", "more behind it", "an altered piece"),
    "unknown": ("nobody's", "a lone star"),
    "too-short": ("too short", "nothing"),
    "too-long": ("too long",),
}


def test_the_committed_vectors_are_what_the_program_says() -> None:
    made = json.loads(json.dumps(vectors(), ensure_ascii=False))
    assert json.loads((VECTORS / "genuine.json").read_text("utf-8")) == made


@pytest.mark.parametrize(("word", "names"), WORDS.items())
def test_the_vectors_say_what_their_names_promise(word: str, names: tuple[str, ...]) -> None:
    cases = {one["name"]: one for one in vectors()["cases"]}  # type: ignore[attr-defined]
    assert len(cases) == len(CASES)
    for name in names:
        assert cases[name]["answer"]["word"] == word, name


PROOFS = json.loads((VECTORS / "proofs.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", PROOFS, ids=[one["name"] for one in PROOFS])
def test_a_proof_is_judged_as_its_vector_says(case: dict[str, object]) -> None:
    assert write_proofs.case(str(case["name"]), str(case["file"]).encode()) == case


def test_the_vectors_have_proofs_of_every_sort() -> None:
    made = [write_proofs.case(name, raw) for name, raw in write_proofs.files()]
    assert [(one["name"], one["answer"]) for one in made] == [
        (one["name"], one["answer"]) for one in PROOFS
    ]
    said = {
        (one["proof"]["is_official"], one["proof"]["is_split"]) for one in PROOFS if "proof" in one
    }
    assert said >= {(True, False), (False, False), (True, True)}
