"""Write the vectors of charter, cosign, link and post anew; sigs are random, so bytes change."""

from channel.kind_cases import posts
from groups.kind_cases import MAKERS, Bench, GroundCase
from petition.kind_cases import Case
from petition.write_vectors import VECTORS, kind_vector, show, write

ALL = {**MAKERS, "post": posts}


def vector(case: Case) -> dict[str, object]:
    found = kind_vector(case)
    if isinstance(case, GroundCase):
        found["groups"] = dict(case.groups)
    return found


def main() -> None:
    for name, make in ALL.items():
        cases = [vector(case) for case in make(Bench())]
        write(VECTORS / "kinds" / f"{name}.json", {"kind": name, "cases": cases})
        show(name)


if __name__ == "__main__":
    main()
