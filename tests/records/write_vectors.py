"""Write vectors/records/lines.json anew: `python tests/records/write_vectors.py`, then look at it.

Sigs are random, so the file changes with each writing; nothing else in it should.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from monsters import LINE, MONSTERS, ODD

FILE = Path(__file__).parents[2] / "vectors" / "records" / "lines.json"
LARGEST = 2_000  # bytes of a case; what is wrong by its size alone is made by each test itself


def case(name: str, answer: str, raw: bytes) -> dict[str, str]:
    try:
        return {"name": name, "answer": answer, "line": raw.decode()}
    except UnicodeDecodeError:
        return {"name": name, "answer": answer, "hex": raw.hex()}


def main() -> None:
    cases = [case("a good line", "kept", LINE)]
    cases += [case(f"spelt with {name}", "refused: bad-form", raw) for name, raw in ODD.items()]
    cases += [
        case(monster.name, f"refused: {monster.reason}", monster.raw)
        for monster in MONSTERS
        if len(monster.raw) <= LARGEST
    ]
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps({"cases": cases}, indent=1) + "\n", "ascii")


if __name__ == "__main__":
    main()
