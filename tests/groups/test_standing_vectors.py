"""Standing by its vectors: histories of every sort, which the browser reads too."""

import json

from groups.write_standing import SEEDS, VECTORS, told


def test_the_committed_histories_are_what_the_view_says() -> None:
    committed = json.loads((VECTORS / "standing.json").read_text("utf-8"))["histories"]
    assert committed == [json.loads(json.dumps(told(seed))) for seed in SEEDS]


def test_they_hold_what_they_are_for() -> None:
    found = [told(seed) for seed in SEEDS]
    heads = [one for each in found for one in each["heads"].values()]  # type: ignore[attr-defined]
    assert any(len(one) > 1 for one in heads), "a split"
    assert any(not one for one in heads), "a charter that is not in force"
    assert any(one for each in found for one in each["knows"].values())  # type: ignore[attr-defined]
    assert sum(len(each["official"]) for each in found) > 40  # type: ignore[arg-type]
