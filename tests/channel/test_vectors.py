"""The vectors of `check`: the browser runs the same."""

import json

import pytest

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
