"""Write the vectors of standing anew: histories made by chance, and what the view says of them."""

import json
from pathlib import Path

import msgspec

from groups.histories import History
from wayhome.groups.facts import CharterFact, CosignFact, LinkFact, SaidFact
from wayhome.groups.standing import Standing

VECTORS = Path(__file__).parents[2] / "vectors" / "groups"
SEEDS = range(1_000, 1_040)


def told(seed: int) -> dict[str, object]:
    """Give the facts of a history and what the view of standing says."""
    history = History(seed)
    standing = Standing.of(one.fact().row for one in history.rows)
    records = [one.record for one in history.said] + [one.id for one in history.charters]
    groups = sorted({one.group for one in history.charters})
    return {
        **{
            name: [_fields(one) for one in history.rows if isinstance(one, sort)]
            for name, sort in (
                ("charters", CharterFact),
                ("cosigns", CosignFact),
                ("said", SaidFact),
                ("links", LinkFact),
            )
        },
        "heads": {one: list(standing.heads(one)) for one in groups},
        "knows": {one: sorted(standing.links(one)) for one in groups},
        "in_force": sorted(one.id for one in history.charters if standing.is_in_force(one.id)),
        "in_office": {one.id: sorted(standing.in_office(one.id)) for one in history.charters},
        "signers": {one: sorted(standing.signers(one)) for one in records},
        "official": sorted(one for one in records if standing.is_official(one)),
    }


def _fields(row: msgspec.Struct) -> dict[str, object]:
    found = {name: getattr(row, name) for name in row.__struct_fields__ if name != "node_keys"}
    return {name: list(one) if isinstance(one, tuple) else one for name, one in found.items()}


def main() -> None:
    VECTORS.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(told(seed), separators=(",", ":")) for seed in SEEDS)
    (VECTORS / "standing.json").write_text(f'{{"histories":[\n{lines}\n]}}\n', "utf-8")


if __name__ == "__main__":
    main()
