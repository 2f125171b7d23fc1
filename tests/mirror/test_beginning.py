"""A node begins with a mirror, also with one of a node that holds nothing yet."""

import asyncio
import shutil
from pathlib import Path

import pytest

from mirror.copies import Copies
from wayhome.cli.serve_ import begin_with
from wayhome.mirror.folder import MirrorFault
from web.small import Opened


def test_a_mirror_without_records_is_begun_with_and_one_that_lost_them_is_not(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    young = Opened(tmp_path / "young", ("ab" * 32,))
    try:
        Copies(young).write(tmp_path / "its copy")
        asyncio.run(begin_with(young.node, tmp_path / "its copy"))
        assert "holds no records yet: the node begins with none" in capsys.readouterr().out
        shutil.rmtree(copy / "records")
        with pytest.raises(MirrorFault, match="lacks all records that its list names"):
            asyncio.run(begin_with(young.node, copy))
    finally:
        young.node.close()
