"""Pages are true as far as a machine can tell: what they name is there, and the other way round."""

import re
import tomllib

import tree
from wayhome.cli import COMMANDS
from wayhome.config import Config
from wayhome.web.stamping import STATUS

PROJECT = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
RUN = re.compile(r"\./run ([a-z-]+)(?: ([a-z]+))?")
WAYHOME = re.compile(r"(?:\./run wayhome|`wayhome) ([a-z]+)")
FOR_PEOPLE = ("README.md", "docs/operate.md", "docs/organise.md")
DECISION_LINES = 40
# a machine's own paths and addresses of registries have no place in what others read
FOREIGN = re.compile(
    r"/(?:home|Users|root|workspace|work)/[A-Za-z.]|\bpypi\.org|pythonhosted|registry\.npmjs"
    r"|index-url *=|extra-index"
)
MAY_SAY = {"web/package-lock.json", "tests/house/test_pages.py"}


def read(name: str) -> str:
    """Give a page's text; empty where there is none."""
    path = tree.ROOT / name
    return path.read_text("utf-8") if path.exists() else ""


def flat(text: str) -> str:
    """Give a text as one line, without marks."""
    return re.sub(r"[\s*_`]+", " ", text)


def test_every_setting_has_a_line_with_its_reason() -> None:
    lines = read("docs/operate.md").splitlines()
    for name in Config.__struct_fields__:
        rows = [line for line in lines if line.startswith(f"| `{name}` |")]
        assert len(rows) == 1, name
        assert len(rows[0].split("|")[-2].strip()) > 20, f"{name} has no reason"


def test_every_setting_on_the_page_is_one() -> None:
    section = read("docs/operate.md").split("\n## Settings\n")[1].split("\n## ")[0]
    named = set(re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE))
    assert named == set(Config.__struct_fields__)


def test_every_command_has_a_place_on_a_page() -> None:
    pages = "".join(read(name) for name in FOR_PEOPLE)
    assert not [name for name in COMMANDS if f"wayhome {name}" not in pages]


def test_every_command_on_a_page_is_one() -> None:
    for page in tree.pages():
        named = set(WAYHOME.findall(page.read_text("utf-8")))
        assert named <= set(COMMANDS), tree.named(page)


def test_every_run_on_a_page_is_in_run() -> None:
    cases = set(re.findall(r"^  ([a-z-]+)\) ", read("run"), re.MULTILINE))
    assert {"demo", "wayhome", "check", "test"} <= cases
    for page in tree.pages():
        named = {found[0] for found in RUN.findall(page.read_text("utf-8"))}
        assert named <= cases, tree.named(page)


def test_every_dependency_has_its_reason() -> None:
    page = read("ARCHITECTURE.md")
    for pin in PROJECT["project"]["dependencies"]:
        name = pin.split("==")[0]
        assert re.search(rf"^\| {re.escape(name)} \| \S.{{20,}}\|$", page, re.MULTILINE), name


def test_every_contract_is_an_invariant_word_for_word() -> None:
    page = flat(read("ARCHITECTURE.md"))
    contracts = [one["name"] for one in PROJECT["tool"]["importlinter"]["contracts"]]
    assert not [name for name in contracts if flat(name) not in page]


def test_every_folder_and_top_file_has_a_floor() -> None:
    page = read("ARCHITECTURE.md")
    found = {
        path.relative_to(tree.SOURCE).parts[0].removesuffix(".py")
        for path in tree.modules()
        if path != tree.SOURCE / "__init__.py"
    }
    assert not [name for name in found if f"`{name}`" not in page]


def test_a_decision_is_one_page_with_question_choice_and_price() -> None:
    for path in tree.under(tree.ROOT / "docs" / "decisions", ".md"):
        if path.name == "README.md":
            continue
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= DECISION_LINES, path.name
        for part in ("**Asked.**", "**Chosen.**", "**Price.**"):
            assert part in text, f"{path.name} has no {part}"


def test_the_list_of_decisions_is_whole() -> None:
    listed = re.findall(r"\]\((\d{4}[^)]+\.md)\)", read("docs/decisions/README.md"))
    there = [path.name for path in (tree.ROOT / "docs" / "decisions").glob("[0-9]*.md")]
    assert sorted(listed) == sorted(there)


def test_the_list_of_the_protocols_pages_is_whole() -> None:
    index = tree.ROOT / "docs" / "protocol" / "README.md"
    linked = {(index.parent / link).resolve() for link in LINK.findall(index.read_text("utf-8"))}
    there = set(tree.under(index.parent, ".md")) - {index}
    assert not [tree.named(path) for path in there - linked]


def test_every_page_that_the_program_names_is_there() -> None:
    named = {
        found
        for path in [*tree.modules(), *tree.under(tree.ROOT / "web" / "src", ".ts")]
        for found in re.findall(r"docs/[\w/-]+\.md", path.read_text("utf-8"))
    }
    assert named
    assert not [name for name in named if not (tree.ROOT / name).exists()]


def test_a_desks_answers_are_those_on_its_page() -> None:
    rows = re.findall(
        r"^\| (\d{3}) \| `([a-z-]+)` \|", read("docs/protocol/stamping.md"), re.MULTILINE
    )
    assert {reason: int(status) for status, reason in rows} == STATUS


def test_every_door_of_a_node_is_on_its_page() -> None:
    page = re.sub(r"<[^>]+>", "{}", read("docs/protocol/doors.md"))
    files = ("attachments", "doors", "envelopes", "record_files")
    source = "".join(read(f"src/wayhome/web/{name}.py") for name in files)
    doors = {re.sub(r"\{[^}]+\}", "{}", door) for door in re.findall(r'Route\("([^"]+)"', source)}
    assert len(doors) > 8
    assert not [door for door in doors if door not in page]


def test_every_word_of_the_glossary_has_its_russian() -> None:
    rows = re.findall(r"^\| \*\*(.+?)\*\* \| (.*?) \|", read("docs/glossary.md"), re.MULTILINE)
    assert len(rows) > 40
    assert not [word for word, russian in rows if not re.search(r"[а-яё]", russian)]


def test_the_changelog_knows_this_version() -> None:
    assert f"\n## {PROJECT['project']['version']}" in read("CHANGELOG.md")


def test_nothing_names_a_machine_or_a_registry() -> None:
    found = [
        f"{tree.named(path)}: {match[0]}"
        for path, text in tree.texts()
        if tree.named(path) not in MAY_SAY and (match := FOREIGN.search(text))
    ]
    assert not found
