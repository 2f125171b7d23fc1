"""People sign in a real browser: in both languages, by typing and by QR, with every mishap."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from browser.access import written
from browser.conftest import Visitor
from network import Network

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DONE_RU = "Ваша подпись принята двумя узлами"
LONGEST_WAIT = 32_000  # milliseconds before the last of its tries
DONE_EN = "Two nodes have your signature"


def petition(network: Network, lang: str = "ru") -> str:
    return f"/{lang}/petition/{network.petition}.html"


def sign(page: Page, codes: list[str], *, button: str = "Подписать") -> None:
    for i, code in enumerate(codes):
        page.locator("#sign .code").nth(i).fill(code)
    page.locator("#sign").get_by_role("button", name=button, exact=True).click()


def form_of(page: Page) -> Page:
    expect(page.locator("#sign .code")).to_have_count(2)
    return page


def counted(network: Network) -> int:
    node = network.groups[0].node
    assert node is not None
    return node.site.count(network.petition).counted


def test_a_person_signs_in_russian_and_finds_the_signature_in_the_count(
    visitor: Visitor, network: Network
) -> None:
    network.pass_window()  # what other stories have sent is in the count first
    before = counted(network)
    page = form_of(visitor.open(petition(network)))
    sign(page, network.voucher(0, 1))
    expect(page.locator("#sign")).to_contain_text(DONE_RU)
    expect(page.locator("#sign h3")).to_be_focused()
    assert counted(network) == before
    network.pass_window()
    assert counted(network) == before + 1
    again = visitor.open(petition(network))
    expect(again.locator("#sign")).to_contain_text("В памяти этой страницы о ней больше ничего нет")
    assert visitor.stored(again) == []


def test_a_person_signs_in_english_with_codes_that_came_by_qr(
    visitor: Visitor, network: Network
) -> None:
    first, second = (code.replace("-", "") for code in network.voucher(1, 2))
    page = visitor.open(f"/s/{network.petition[:16]}#{first}")
    expect(page).to_have_url(re.compile(r"/petition/[0-9a-f]{64}\.html$"))  # no digits any more
    form_of(page)
    page.goto(page.url.replace("/ru/", "/en/") + f"#{second}")
    form_of(page)
    assert "#" not in page.url
    expect(page.locator("#sign")).to_contain_text("this browser's history")
    expect(page.locator("#sign .code").nth(1)).not_to_have_value("")
    page.locator("#sign").get_by_role("button", name="Sign", exact=True).click()
    expect(page.locator("#sign")).to_contain_text(DONE_EN)


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_a_slip_in_a_code_is_shown_beside_it_at_its_block(
    visitor: Visitor, network: Network, lang: str
) -> None:
    page = form_of(visitor.open(petition(network, lang)))
    code = network.voucher(0)[0]
    place = 8  # in the second block
    wrong = code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]
    field = page.locator("#sign .code").first
    field.fill(wrong)
    expect(field).to_have_attribute("aria-invalid", "true")
    described = field.get_attribute("aria-describedby") or ""
    error = page.locator(f"#{described.split()[-1]}")
    expect(error).to_contain_text("2")
    page.locator("#sign").get_by_role("button").last.click()
    expect(field).to_be_focused()
    expect(field).to_have_value(wrong)  # what was typed stays
    assert visitor.stored(page) == []


def test_two_codes_of_one_group_are_not_sent(visitor: Visitor, network: Network) -> None:
    page = form_of(visitor.open(petition(network, "en")))
    sign(page, network.voucher(0, 0), button="Sign")
    expect(page.locator("#sign")).to_contain_text("Both codes are of one group")
    assert visitor.stored(page) == []


def test_a_code_nobody_gave_out_is_refused_and_another_takes_its_place(
    visitor: Visitor, network: Network
) -> None:
    visitor.allowed = ("status of 403",)
    good, other = network.voucher(0, 1)
    stranger = _unknown_code(network)
    page = form_of(visitor.open(petition(network)))
    sign(page, [stranger, other])
    expect(page.locator("#sign [role=alert]")).to_contain_text("Этот код не подходит")
    page.locator("#sign .code").fill(good)
    page.locator("#sign").get_by_role("button", name="Продолжить с этим кодом").click()
    expect(page.locator("#sign")).to_contain_text(DONE_RU)


def test_a_used_code_says_so(visitor: Visitor, network: Network) -> None:
    visitor.allowed = ("status of 409",)
    codes = network.voucher(0, 1)
    first = form_of(visitor.open(petition(network)))
    sign(first, codes)
    expect(first.locator("#sign")).to_contain_text(DONE_RU)
    _forget(first, "Забыть сейчас")
    again = form_of(visitor.open(petition(network)))
    sign(again, codes)
    expect(again.locator("#sign [role=alert]")).to_contain_text("Этот код уже использован")


@pytest.mark.parametrize("fault", ["down", "rubbish", "another key"])
def test_where_a_desk_fails_the_codes_are_kept_and_a_third_group_can_stamp(
    visitor: Visitor, network: Network, fault: str
) -> None:
    visitor.allowed = ("Failed to load resource",)
    codes = network.voucher(0, 1, 2)
    desk = network.demo.panel[0].desk_address

    def fail(route: Route) -> None:
        if fault == "down":
            route.abort()
        elif route.request.method == "OPTIONS" or fault == "rubbish":
            route.fulfill(status=200, body="<html>", headers={"access-control-allow-origin": "*"})
        else:
            answer = json.dumps({"blind_sig": "A" * 342 + "=="})
            route.fulfill(
                status=200,
                body=answer,
                headers={"access-control-allow-origin": "*", "content-type": "application/json"},
            )

    visitor.context.route(f"{desk}/**", fail)
    page = form_of(visitor.open(petition(network, "en"), group=1, ticks=True))
    sign(page, codes[:2], button="Sign")
    alert = page.locator("#sign [role=alert]")
    while fault == "down" and not alert.is_visible():
        page.clock.fast_forward(LONGEST_WAIT)
    said = "does not answer" if fault == "down" else "gave a wrong stamp"
    expect(alert).to_contain_text(said)
    assert "asked" in visitor.stored(page)[1]
    page.locator("#sign .code").fill(codes[2])
    page.locator("#sign").get_by_role("button", name="Continue with this code").click()
    expect(page.locator("#sign")).to_contain_text(DONE_EN)


def test_a_reader_who_comes_back_in_the_middle_can_go_on(
    visitor: Visitor, network: Network
) -> None:
    visitor.allowed = ("Failed to load resource",)
    desk = network.demo.panel[1].desk_address
    visitor.context.route(f"{desk}/**", lambda _: None)  # never answered
    page = form_of(visitor.open(petition(network)))
    sign(page, network.voucher(0, 1))
    expect(page.locator("#sign [role=status]")).to_contain_text("проверяет код")
    page.close()
    visitor.context.unroute_all()
    again = visitor.open(petition(network))
    again.get_by_role("button", name="Продолжить", exact=True).click()
    expect(again.locator("#sign")).to_contain_text(DONE_RU)


def test_by_plain_http_it_is_said_and_signing_works(visitor: Visitor, network: Network) -> None:
    page = form_of(visitor.open(petition(network), plain=True))
    assert page.evaluate("[isSecureContext, typeof crypto.subtle]") == [False, "undefined"]
    expect(page.locator("#sign")).to_contain_text("Этот адрес без шифрования")
    sign(page, network.voucher(0, 2))
    expect(page.locator("#sign")).to_contain_text(DONE_RU)


def test_a_kept_key_takes_the_signature_back(visitor: Visitor, network: Network) -> None:
    page = form_of(visitor.open(petition(network, "en")))
    page.get_by_label("Keep the ability to withdraw").check()
    assert written(page) == []
    sign(page, network.voucher(0, 1), button="Sign")
    expect(page.locator("#sign")).to_contain_text(DONE_EN)
    network.pass_window()
    before = counted(network)
    again = visitor.open(petition(network, "en"))
    again.get_by_role("button", name="Withdraw the signature").click()
    again.get_by_role("button", name="Press again").click()
    expect(again.locator("#sign")).to_contain_text("taken back")
    assert visitor.stored(again) == []
    network.pass_window()
    assert counted(network) == before - 1


def test_forgetting_needs_two_presses_and_leaves_nothing(
    visitor: Visitor, network: Network
) -> None:
    page = form_of(visitor.open(petition(network)))
    sign(page, network.voucher(1, 2))
    expect(page.locator("#sign")).to_contain_text(DONE_RU)
    page.get_by_role("button", name="Забыть сейчас").click()
    assert visitor.stored(page) != []
    page.locator("#sign").get_by_role("button").last.click()
    expect(page.locator("#sign")).to_contain_text("ничего не осталось")
    assert visitor.stored(page) == []


def test_without_a_script_the_page_says_what_to_do(visitor: Visitor, network: Network) -> None:
    visitor.context.route("**/*.js", lambda route: route.abort())
    visitor.allowed = ("Failed to load resource",)
    page = visitor.open(petition(network))
    expect(page.locator("#sign")).to_contain_text("Подписание не запустилось в этом браузере")


def test_a_phone_whose_clock_is_a_day_off_does_not_sign(visitor: Visitor, network: Network) -> None:
    page = form_of(visitor.open(petition(network, "en")))
    page.clock.set_fixed_time(network.demo.clock() + 86_400)
    sign(page, network.voucher(0, 1), button="Sign")
    expect(page.locator("#sign [role=alert]")).to_contain_text("clocks")


def _forget(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    page.locator("#sign").get_by_role("button").last.click()
    page.close()


def _unknown_code(network: Network) -> str:
    from wayhome.crypto import codes  # noqa: PLC0415 - one use

    desk = network.demo.panel[0].desk
    assert desk is not None
    return codes.write(desk.key.kid, codes.new_secret())
