"""Figures from a caseload: shown before, proposed by an organiser, official at the k-th sig."""

import re
from html import unescape
from pathlib import Path

from desk.offices import Family, Offices
from desk.speakers import Speakers
from wayhome.cases.kinds import figures
from wayhome.cases.kinds.figures import Figures


def test_what_a_desk_adds_up_is_shown_and_signed_by_two_organisers(  # noqa: PLR0915 - a story
    offices: Offices, tmp_path: Path
) -> None:
    Family(offices).report()
    offices.pass_hour()
    speakers = Speakers(offices.of_group, tmp_path / "anna")
    page = speakers.page(offices.desks["u"])
    # the report is of this quarter, which is not over
    assert "считать нечего" in page.ask("/view", view="figures").text
    offices.of_group.now += 95 * 86_400
    offices.desks["u"].touch()
    speakers.desk.touch()
    shown = page.ask("/view", view="figures").text
    assert "Раненого возвращают в часть" in shown
    assert "мало" in shown
    assert 'data-view="preview"' in shown
    (text,) = map(unescape, re.findall(r"<pre[^>]*>(.*?)</pre>", shown, re.DOTALL))
    assert page.ask("/figures").text == text
    assert not re.search(r"[1-9]", text.replace("2024", "").partition("rows")[2])

    fields = {"mode": "figures", "figures": text}
    seen = page.ask("/view", view="preview", fields=fields).text
    assert "wounded-sent-back" in seen  # of kinds and offices an organiser has no names
    assert "О чём просят семьи" in seen
    assert speakers.desk.known.of_kind(figures.NUMBER) == []
    ids = re.findall(r'name="shown" value="([0-9a-f]{64})"', seen)
    page.done("speak", "", **fields, shown=ids)
    (record,) = speakers.desk.known.of_kind(figures.NUMBER)
    assert Figures.of(record).rows[0].count == "few"
    assert not speakers.is_official(record)
    offices.of_group.take(speakers.cosign(record, "olga"))
    assert speakers.is_official(record)
    for wrong in (
        "",
        "{}",
        text.replace("few", "7"),
        text[:-9],
        '{"quarter":"2026-02-02","rows":[]}',
    ):
        told = page.ask("/view", view="preview", fields=fields | {"figures": wrong}).text
        assert 'role="alert"' in told, wrong
