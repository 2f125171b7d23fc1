"""Tree: the project's own files, for what its tests say of them."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "wayhome"
_NOT_OURS = {".git", ".venv", ".tools", "node_modules", "built", "__pycache__", "demo-data", "dist"}


@cache
def files() -> tuple[Path, ...]:
    """All files of the project: what git tracks or would track; without git, what lies here."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
        found = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not _NOT_OURS.intersection(path.parts)]
    return tuple(sorted(path for path in found if path.is_file()))


def named(path: Path) -> str:
    """Give a path as it is written from the project's root."""
    return path.relative_to(ROOT).as_posix()


def under(folder: Path, *endings: str) -> list[Path]:
    """Give the project's files of a folder, whose names end so."""
    return [path for path in files() if folder in path.parents and path.suffix in endings]


def texts() -> Iterator[tuple[Path, str]]:
    """Give every file that is text."""
    for path in files():
        raw = path.read_bytes()
        if b"\0" not in raw:
            yield path, raw.decode("utf-8")


def pages() -> list[Path]:
    """Give the Markdown pages for people; a campaign's texts are not ours to check."""
    return [
        path
        for path in files()
        if path.suffix == ".md" and "texts" not in path.relative_to(ROOT).parts
    ]


@cache
def parsed(path: Path) -> ast.Module:
    """Give a Python file as its tree."""
    return ast.parse(path.read_text("utf-8"))


def modules() -> list[Path]:
    """Give the program's Python files."""
    return under(SOURCE, ".py")


def module_of(path: Path) -> str:
    """Give the dotted name of one of the program's files."""
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def words_of(name: str) -> set[str]:
    """Give the words that a name is made of, lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}
