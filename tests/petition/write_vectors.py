"""Write vectors/kinds and vectors/recounts anew; keys are random, so every byte changes."""

import json
from base64 import b64encode
from pathlib import Path

from petition.cases import CASES
from petition.kind_cases import MAKERS, Bench, Case

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "vectors"
PAGES = ROOT / "docs/protocol/kinds"


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
    if case.full:
        found["full"] = list(case.full)
    return found


def example(kind: str) -> str:
    """Give the first case of a kind as its page shows it: one tag a line, long values cut."""
    vector = json.loads((VECTORS / "kinds" / f"{kind}.json").read_text())
    record = json.loads(vector["cases"][0]["record"])
    tags = ",\n  ".join(
        json.dumps([cut(one) for one in tag], ensure_ascii=False) for tag in record["tags"]
    )
    fields = [
        f'"{name}":{json.dumps(cut(record[name]), ensure_ascii=False)}'
        for name in ("id", "pubkey", "created_at", "kind")
    ]
    content = json.dumps(cut(record["content"]), ensure_ascii=False)
    end = f'"content":{content},"sig":"{cut(record["sig"])}"'
    return f'{{{",".join(fields)},\n "tags":[\n  {tags}],\n {end}}}'


def cut(value: object) -> object:
    is_long = isinstance(value, str) and len(value) >= 64 and " " not in value
    return f"{str(value)[:8]}…" if is_long else value


def show(kind: str) -> None:
    """Write the example into the kind's page."""
    page = PAGES / f"{kind}.md"
    before, _, rest = page.read_text().partition("```json\n")
    after = rest.partition("```\n")[2]
    page.write_text(f"{before}```json\n{example(kind)}\n```\n{after}")


def write(path: Path, found: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def main() -> None:
    bench = Bench()
    for name, make in MAKERS.items():
        cases = [kind_vector(case) for case in make(bench)]
        write(VECTORS / "kinds" / f"{name}.json", {"kind": name, "cases": cases})
        show(name)
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
