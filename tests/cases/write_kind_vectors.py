"""Write the vectors of the casework's kinds anew; keys are random, so every byte changes."""

import sys
from collections.abc import Callable, Iterator

from cases.figure_cases import figures
from cases.kind_cases import Bench, EnvelopeCase, envelopes
from groups.kind_cases import Bench as Groups
from groups.kind_cases import GroundCase
from petition.kind_cases import Case
from petition.write_vectors import VECTORS, kind_vector, show, write

ALL: dict[str, Callable[[], Iterator[Case]]] = {
    "figures": lambda: figures(Groups()),
    "sealed": lambda: envelopes(Bench()),
}


def vector(case: Case) -> dict[str, object]:
    found = kind_vector(case)
    if isinstance(case, EnvelopeCase):
        found |= {"home": list(case.home), "heads": list(case.heads), "drawn": dict(case.drawn)}
    if isinstance(case, GroundCase):
        found["groups"] = dict(case.groups)
    return found


def main() -> None:
    for name, make in ((name, ALL[name]) for name in sys.argv[1:] or ALL):
        write(
            VECTORS / "kinds" / f"{name}.json",
            {"kind": name, "cases": [vector(case) for case in make()]},
        )
        show(name)


if __name__ == "__main__":
    main()
