"""Export: a node's public records as plain files, from which anyone can recount or start a node."""

from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import msgspec

from wayhome.records.filter import Filter
from wayhome.sources import LISTS, RECORDS, SourceFault, lines_of, list_sums
from wayhome.store.store import Reader

Progress = Callable[[int], None]  # told the number of records written


def export(
    reader: Reader, list_files: Mapping[str, bytes], folder: Path, progress: Progress
) -> int:
    """Write `records.jsonl`, ascending by kind and id, and `lists/`; give the number of records.

    The same set of records gives the same bytes.

    Raises:
        FileExistsError: the folder has a file of records already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with (folder / RECORDS).open("xb") as file:
        for line in reader.lines(Filter()):
            file.write(line + b"\n")
            count += 1
            progress(1)
    (folder / LISTS).mkdir(exist_ok=True)
    for name, content in list_files.items():
        (folder / LISTS / name).write_bytes(content)
    return count


def export_from(address: str, folder: Path, progress: Progress) -> int:
    """Write what a node offers, as `export` does; nothing of it is checked here.

    Raises:
        FileExistsError: the folder has a file of records already.
        SourceFault: the node does not answer as a node does.
    """
    node = address.rstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with httpx.Client(timeout=60.0, trust_env=False) as http:
            kinds = msgspec.json.decode(_given(http, f"{node}/records"), type=list[int])
            count = _write_records(http, node, sorted(kinds), folder / RECORDS, progress)
            (folder / LISTS).mkdir(exist_ok=True)
            for petition, name in list_sums(lines_of(folder / RECORDS)):
                answer = http.get(f"{node}/petition/{petition}/lists/{name}")
                if answer.status_code == httpx.codes.OK:
                    (folder / LISTS / name).write_bytes(answer.content)
    except (httpx.HTTPError, msgspec.DecodeError) as error:
        raise SourceFault(f"{node} does not answer as a node ({type(error).__name__})") from error
    return count


def _write_records(
    http: httpx.Client, node: str, kinds: list[int], path: Path, progress: Progress
) -> int:
    count = 0
    with path.open("xb") as file:
        for kind in kinds:
            with http.stream("GET", f"{node}/records/{kind}.jsonl") as answer:
                for chunk in answer.iter_bytes():
                    file.write(chunk)
                    progress(chunk.count(b"\n"))
                    count += chunk.count(b"\n")
    return count


def _given(http: httpx.Client, url: str) -> bytes:
    answer = http.get(url)
    if answer.status_code != httpx.codes.OK:
        raise SourceFault(f"{url} answers {answer.status_code}")
    return answer.content
