"""Is this really ours? Asked of a node by its form, and of a proof on the phone itself."""

import json
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from browser.access import broken
from browser.conftest import PHONE, Visitor
from network import Network
from wayhome.channel.kinds.post import NUMBER, Post
from wayhome.records.filter import Filter
from wayhome.records.record import Record

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FORMS = Path(__file__).parents[2] / "vectors" / "channel" / "saved-forms.json"
INVENTED = "Завтра всем быть на вокзале с вещами и документами, так решили все группы области."
SAID = {
    "ru": ("Подлинно", "Изменено", "Никто из тех, кого мы знаем, этого не подписывал"),
    "en": ("Genuine", "Altered", "Nobody we know has signed this"),
}


@pytest.fixture
def text(network: Network) -> Record:
    """The longest official Russian post of the demo."""
    node = network.groups[0].node
    assert node is not None
    return max(
        (
            one
            for one in node.store.find(Filter(kinds=(NUMBER,)))
            if node.site.standing.is_official(one.id) and Post.of(one).lang == "ru"
        ),
        key=lambda one: len(one.content),
    )


def altered(text: str) -> str:
    words = text.split(" ")
    words[len(words) // 2] = "никогда"
    return " ".join(words)


def ask(page: Page, text: str) -> None:
    page.locator("#asked").fill(text)
    page.locator("form button").click()


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_three_answers_on_a_phone(visitor: Visitor, text: Record, lang: str) -> None:
    genuine, changed, nobody = SAID[lang]
    for asked, answer in (
        (text.content, genuine),
        (altered(text.content), changed),
        (INVENTED, nobody),
    ):
        page = visitor.open(f"/{lang}/check.html")
        ask(page, asked)
        expect(page.locator("#answer-title")).to_contain_text(answer)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert broken(page) == []
        assert "никогда" not in asked or page.locator("ins").count() == 1
        page.close()


def test_it_works_without_a_script(browser: Browser, network: Network, text: Record) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{network.groups[0].address}/ru/check.html")
    ask(page, text.content)
    expect(page.locator("#answer-title")).to_have_text("Подлинно")
    page.locator("#asked-file").set_input_files(
        files=[
            {"name": "t.txt", "mimeType": "text/plain", "buffer": altered(text.content).encode()}
        ]
    )
    page.locator("#asked").fill("")
    page.locator("form button").click()
    expect(page.locator("#answer-title")).to_contain_text("Изменено")
    context.close()


def proof_of(network: Network, record: Record) -> bytes:
    address = network.groups[0].address
    return httpx.get(f"{address}/ru/post/{record.id}.json", trust_env=False, timeout=120).content


def judge(page: Page, proof: bytes, text: str = "") -> None:
    file = {"name": "proof.json", "mimeType": "application/json", "buffer": proof}
    page.locator("#proof-file").set_input_files(files=[file])  # type: ignore[list-item]
    page.locator("#proof-text").fill(text)
    page.locator("#phone button").click()


def test_a_proof_is_judged_on_the_phone_with_the_network_off(
    visitor: Visitor, network: Network, text: Record
) -> None:
    proof = proof_of(network, text)
    page = visitor.open("/ru/check.html")
    expect(page.locator("#proof-file")).to_be_visible()
    visitor.context.set_offline(offline=True)
    judge(page, proof, text.content.replace("ё", "е"))
    status = page.locator("#phone [role=status]")
    expect(status).to_contain_text("Доказательство сходится")
    expect(status).to_contain_text("Ваш текст — этот самый")
    expect(status).to_contain_text(Post.of(text).title)
    assert broken(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    judge(page, proof, altered(text.content))
    expect(status).to_contain_text("Ваш текст изменён")
    expect(status.locator("ins")).to_contain_text("никогда")
    forms = json.loads(FORMS.read_text("utf-8"))["cases"]
    judge(page, forms[0]["file"].encode(), "")
    expect(status).to_contain_text("Форма подлинная, байт в байт")
    judge(page, forms[2]["file"].encode(), "")
    expect(status).to_contain_text("Форма изменена")
    visitor.context.set_offline(offline=False)
    assert visitor.stored(page) == []


def test_a_proof_that_was_changed_or_cut_does_not_hold(
    visitor: Visitor, network: Network, text: Record
) -> None:
    proof = proof_of(network, text)
    page = visitor.open("/en/check.html")
    status = page.locator("#phone [role=status]")
    judge(page, proof.replace(text.content.encode()[:20], b"Come to the station now"[:20], 1))
    expect(status).to_contain_text("The proof does not hold")
    told = json.loads(proof)
    told["records"] = [one for one in told["records"] if one["kind"] != 3961]
    judge(page, json.dumps(told).encode())
    expect(status).to_contain_text("The file proves too little")
    judge(page, b"not a proof")
    expect(status).to_contain_text("This file is not a proof.")


def test_a_copy_from_a_stick_checks_too(
    browser: Browser, network: Network, text: Record, tmp_path: Path
) -> None:
    """Opened from a folder, by file: no server, no policy in headers, no network."""
    address = network.groups[0].address
    page = httpx.get(f"{address}/ru/check.html", trust_env=False, timeout=120).text
    (tmp_path / "ru").mkdir()
    (tmp_path / "static").mkdir()
    (tmp_path / "ru" / "check.html").write_text(page, "utf-8")
    script = page.partition('src="../static/')[2].partition('"')[0]
    body = httpx.get(f"{address}/static/{script}", trust_env=False, timeout=120).content
    (tmp_path / "static" / script).write_bytes(body)
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    copy = context.new_page()
    copy.goto((tmp_path / "ru" / "check.html").as_uri())
    judge(copy, proof_of(network, text))
    expect(copy.locator("#phone [role=status]")).to_contain_text("Доказательство сходится")
    context.close()


def test_its_script_is_twenty_kilobytes_at_most(network: Network) -> None:
    address = network.groups[0].address
    page = httpx.get(f"{address}/ru/check.html", trust_env=False, timeout=120).text
    script = page.partition('src="../static/')[2].partition('"')[0]
    with httpx.stream("GET", f"{address}/static/{script}", trust_env=False, timeout=120) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert sum(len(one) for one in answer.iter_raw()) <= 20_000
