"""Write vectors/sealed-bodies.json anew; sigs are fresh, so every one changes."""

import base64
import json
from pathlib import Path

from cases.body_cases import Case, cases, text_of

VECTORS = Path(__file__).parents[2] / "vectors"


def vector(case: Case) -> dict[str, object]:
    """Give a case without the zeros that fill it up."""
    found: dict[str, object] = {
        "name": case.name,
        "word": case.word,
        "g": case.place.g,
        "charter": case.place.charter,
        "s": case.place.s,
        "size": len(case.plain),
        "plain": base64.b64encode(case.plain.rstrip(b"\0")).decode("ascii"),
    }
    if not case.word:
        found["json"] = text_of(case.plain)
    if case.at_desk_only:
        found["desk"] = True
    return found


if __name__ == "__main__":
    made = {"cases": [vector(case) for case in cases()]}
    text = json.dumps(made, indent=1, ensure_ascii=False)
    (VECTORS / "sealed-bodies.json").write_text(text + "\n", "utf-8")
