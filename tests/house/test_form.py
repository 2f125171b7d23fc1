"""The form of the program, whoever wrote it: sizes, words, and where a thing may stand."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import tree

CEILING = 400  # lines of a file; what needs more is two nouns
PROGRAM = [*tree.modules(), *tree.under(tree.ROOT / "web" / "src", ".ts")]
NEVER = {
    *["manager", "helper", "helpers", "util", "utils", "common", "base", "handler", "handlers"],
    *["processor", "data", "info", "obj", "misc", "stuff"],
}
NEVER_FIRST = ("do_", "process_")
# names that somebody else gave
GIVEN = {
    ("pages/guard.py", "data_received"): "asyncio's protocol",
    ("pages/guard.py", "data"): "asyncio's protocol",
    ("pages/guard.py", "curr_msg_data_type"): "uvicorn's protocol",
    ("pages/straight.py", "data_received"): "asyncio's protocol",
    ("pages/straight.py", "data"): "asyncio's protocol",
    ("pace.py", "get_extra_info"): "httpcore's stream",
    ("config.py", "data"): "the operator's word in node.toml",
    ("cli/demo_.py", "data"): "the same, as an option",
    ("cli/export_.py", "data"): "the same",
    ("desk/charters.py", "base"): "the organiser's word: `wayhome group amend --base`",
}
SQL_COLUMN = re.compile(r"^    (?!primary key|unique|check|foreign)\w+ .*$")


def place(path: Path) -> str:
    """Give a path as it is written from the program's folder."""
    return path.relative_to(tree.SOURCE).as_posix()


def names_in(path: Path) -> Iterator[str]:
    """Give what a file gives a name to."""
    for node in ast.walk(tree.parsed(path)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def calls_of(name: str) -> set[str]:
    """Give the program's files in which something of that name is called."""
    return {
        place(path)
        for path in tree.modules()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == name)
            or (isinstance(node.func, ast.Attribute) and node.func.attr == name)
        )
    }


def importers_of(module: str, name: str) -> set[str]:
    """Give the program's files that take one name from a module."""
    return {
        place(path)
        for path in tree.modules()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.ImportFrom)
        and node.module == module
        and any(alias.name == name for alias in node.names)
    }


def test_a_file_is_no_longer_than_one_can_keep_in_mind() -> None:
    long = {tree.named(path): len(path.read_text("utf-8").splitlines()) for path in PROGRAM}
    assert not {name: lines for name, lines in long.items() if lines > CEILING}


def test_a_module_says_in_one_sentence_what_it_is() -> None:
    silent = [
        tree.named(path)
        for path in tree.modules()
        if not (ast.get_docstring(tree.parsed(path)) or "").split("\n\n", 1)[0].endswith((".", "?"))
    ]
    assert not silent


def test_a_browser_module_says_what_it_is() -> None:
    silent = [
        tree.named(path)
        for path in tree.under(tree.ROOT / "web" / "src", ".ts")
        if not path.read_text("utf-8").startswith("/**")
    ]
    assert not silent


def test_names_say_what_a_thing_is() -> None:
    bad = [
        f"{place(path)}: {name}"
        for path in tree.modules()
        for name in {*names_in(path), path.stem}
        if (place(path), name) not in GIVEN
        and (tree.words_of(name) & NEVER or name.lstrip("_").startswith(NEVER_FIRST))
    ]
    assert not bad


def test_every_given_name_is_still_there() -> None:
    gone = [key for key in GIVEN if key[1] not in set(names_in(tree.SOURCE / key[0]))]
    assert not gone


def test_a_folder_is_made_durable_in_one_place() -> None:
    found = {place(path) for path in tree.modules() if "os.O_RDONLY" in path.read_text("utf-8")}
    assert found == {"durable.py"}


def test_every_column_says_what_it_holds() -> None:
    silent = [
        f"{tree.named(path)}: {line.strip()}"
        for path in tree.under(tree.SOURCE, ".sql")
        for line in path.read_text("utf-8").splitlines()
        if SQL_COLUMN.match(line) and "--" not in line
    ]
    assert not silent


def test_no_column_holds_a_time_of_arrival_or_an_address() -> None:
    traces = re.compile(r"_at|arriv|receive|created|seen|address|agent|\bip")
    bad = [
        f"{tree.named(path)}: {line.strip()}"
        for path in tree.under(tree.SOURCE, ".sql")
        for line in path.read_text("utf-8").splitlines()
        if SQL_COLUMN.match(line) and traces.search(line.split("--")[0].split()[0])
    ]
    assert not bad


def test_a_record_is_made_where_it_is_checked_and_nowhere_else() -> None:
    assert calls_of("Record") == {"records/record.py"}


def test_only_the_journal_is_handed_the_half_of_a_store_that_writes() -> None:
    assert importers_of("wayhome.store.store", "Store") == {
        "journal/held.py",
        "journal/intake.py",
    }


def test_nobody_logs() -> None:
    # what is never written cannot be carried away; faults rise and are told once, on the terminal:
    # by the one file that sees to it that libraries' words about them quote nobody either
    logging = [
        place(path)
        for path in tree.modules()
        for node in ast.walk(tree.parsed(path))
        if (isinstance(node, ast.ImportFrom) and node.module == "logging")
        or (isinstance(node, ast.Import) and any(one.name == "logging" for one in node.names))
    ]
    assert logging == ["cli/private.py"]
    said = (tree.SOURCE / "cli" / "private.py").read_text("utf-8")
    assert not re.search(r"getLogger|\.(debug|info|warning|error|exception|critical|log)\(", said)


def test_what_decides_is_told_the_day_and_never_asks_for_it() -> None:
    # days by law are dates, so one room may know the module that could also be asked for today
    asked = {
        place(path)
        for path in tree.modules()
        if path.is_relative_to(tree.SOURCE / "cases")
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "today", "utcnow")
        # the moment that `admit` is handed is an argument
        and not (isinstance(node.value, ast.Name) and node.value.id == "moment")
    }
    assert not asked


def test_the_program_knows_no_campaign() -> None:
    names = {name.lower() for name in names_of_the_sample()}
    assert len(names) > 90, "the sample campaign has its regions"
    # whole names only: a short one may be part of another word
    known = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    bad = [
        f"{tree.named(path)}: {found[0]}"
        for path in tree.under(tree.SOURCE, ".py", ".html", ".sql", ".po")
        if (found := known.search(path.read_text("utf-8").lower()))
    ]
    assert not bad


def names_of_the_sample() -> Iterator[str]:
    """Give the names of the sample campaign: its own, its groups', its texts', its regions'."""
    for pack in tree.ROOT.glob("campaigns/*/campaign.toml"):
        said = tomllib.loads(pack.read_text("utf-8"))
        yield from said["name"].values()
        yield said["petition"]["title"]
        yield from (group["name"] for group in said["group"])
        for region in json.loads((pack.parent / "regions.json").read_text("utf-8"))["regions"]:
            yield region["code"]
            yield region["ru"]
            yield region["en"]


def test_stories_in_a_browser_lie_in_their_folder() -> None:
    marked = "mark." + "browser"  # in two, for this is a file too
    files = tree.under(tree.ROOT / "tests", ".py")
    found = {tree.named(path.parent) for path in files if marked in path.read_text("utf-8")}
    assert found == {"tests/browser"}  # `./run test` reads no other folder for them
