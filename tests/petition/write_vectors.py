"""Write vectors/kinds and vectors/recounts anew; keys are random, so every byte changes."""

import json
from base64 import b64encode
from pathlib import Path

from petition.cases import CASES
from petition.kind_cases import MAKERS, Bench, Case

VECTORS = Path(__file__).parents[2] / "vectors"


def kind_vector(case: Case) -> dict[str, object]:
    found: dict[str, object] = {
        "name": case.name,
        "answer": case.answer,
        "record": case.record.line.decode(),
    }
    if case.held is not None:
        found |= {
            "held": [one.line.decode() for one in case.held],
            "official": list(case.official),
            "organisers": {charter: list(keys) for charter, keys in case.organisers.items()},
            "now": case.now,
            "origin": case.origin,
        }
    return found


def write(path: Path, found: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def main() -> None:
    bench = Bench()
    for name, make in MAKERS.items():
        cases = [kind_vector(case) for case in make(bench)]
        write(VECTORS / "kinds" / f"{name}.json", {"kind": name, "cases": cases})
    for name, build in CASES.items():
        world = build()
        found = {
            "petition": world.petition.id,
            "lines": [line.decode() for line in sorted(world.lines)],
            "lists": {sum_: b64encode(body).decode() for sum_, body in world.files.items()},
            "json": world.recount().json.decode(),
        }
        write(VECTORS / "recounts" / f"{name}.json", found)


if __name__ == "__main__":
    main()
