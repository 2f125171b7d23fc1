import re
from dataclasses import replace
from pathlib import Path

import pytest

from wayhome.web.answers import Ready
from wayhome.web.headers import POLICY, origin, policy
from web.small import FACE, Opened, Small

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def everywhere(site: Opened, small: Small) -> list[str]:
    petition = small.world.petition.id
    style = re.findall(r'href="\.\./(static/style[^"]*)"', site.get("/ru/").text)[0]
    return [
        "/",
        "/index.html",
        "/ru",
        "/ru/index.html",
        "/ru/groups/",
        "/ru/nothing",
        f"/{style}",
        "/static/nothing",
        "/favicon.ico",
        f"/s/{petition[:16]}",
        "/ru/atom.xml",
        "/records",
        f"/petition/{petition}.json",
        f"/petition/{petition}/sheet.jsonl",
        "/petition/nothing.json",
    ]


def test_every_answer_carries_the_headers_whatever_it_is(site: Opened, small: Small) -> None:
    for path in everywhere(site, small):
        for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE"):
            headers = site.ask(method, path).headers
            for name, value in ALWAYS.items():
                assert headers[name] == value, (method, path)
            assert "default-src 'none'" in headers["content-security-policy"], (method, path)
            assert headers["cross-origin-resource-policy"] in ("same-origin", "cross-origin")
            assert "server" not in headers
            assert "set-cookie" not in headers


def test_what_is_unchanged_is_not_sent_again_but_its_headers_are(
    site: Opened, small: Small
) -> None:
    petition = f"/ru/petition/{small.world.petition.id}.html"
    for path in ("/ru/index.html", petition, "/ru/atom.xml", "/favicon.ico"):
        whole = site.get(path)
        again = site.get(path, if_none_match=whole.headers["etag"])

        assert (again.status_code, again.content) == (304, b"")
        for name in ("content-security-policy", "etag", "cache-control", *ALWAYS):
            assert again.headers[name] == whole.headers[name], (path, name)
        assert site.get(path, if_none_match='"other"').status_code == 200


def test_a_page_is_compressed_for_who_understands_it(site: Opened) -> None:
    plain = site.get("/ru/about.html")
    pressed = site.get("/ru/about.html", accept_encoding="br, gzip;q=0.5")

    assert "content-encoding" not in plain.headers
    assert pressed.headers["content-encoding"] == "gzip"
    assert pressed.content == plain.content
    assert int(pressed.headers["content-length"]) < len(plain.content) / 2
    assert pressed.headers["etag"] != plain.headers["etag"]
    assert plain.headers["vary"] == pressed.headers["vary"] == "accept-encoding"
    assert "content-encoding" not in site.get("/ru/", accept_encoding="gzip;q=0").headers
    assert site.get("/ru/about", if_none_match=pressed.headers["etag"]).status_code == 304


def test_compressing_leaves_no_trace_of_when_it_was_done() -> None:
    pressed = Ready.of(b"x" * 500, "text/plain", {}).pressed

    assert pressed is not None
    assert pressed[4:8] == bytes(4)


def test_how_long_an_answer_is_kept(site: Opened, small: Small) -> None:
    style = everywhere(site, small)[6]

    assert site.get("/ru/index.html").headers["cache-control"] == "public, max-age=60"
    assert site.get(style).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert site.get("/ru/nothing").headers["cache-control"] == "no-store"
    assert site.ask("POST", "/ru/forget.html").headers["cache-control"] == "no-store"


def test_only_where_one_signs_or_counts_may_a_page_speak_to_others(
    site: Opened, small: Small
) -> None:
    for path in ("/ru/index.html", "/ru/groups", "/ru/check"):
        assert "connect-src 'self';" in site.get(path).headers["content-security-policy"]
    petition, poll = f"petition/{small.world.petition.id}", f"poll/{small.poll.petition.id}"
    for path in (petition, poll, f"{petition}/count", f"{poll}/count"):
        page = site.get(f"/ru/{path}")
        said = re.findall("connect-src ([^;]*)", page.headers["content-security-policy"])[0]

        assert said.split()[0] == "'self'"
        assert set(said.split()[1:]) == {
            f"https://{word}.example" for word in ("volga", "ural", "siberia", "lone")
        }


def test_the_page_itself_carries_the_policy_for_copies_without_headers(
    site: Opened, small: Small
) -> None:
    for path in ("index", f"petition/{small.world.petition.id}", "limits"):
        page = site.get(f"/ru/{path}.html")
        header = page.headers["content-security-policy"]
        meta = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page.text)[0]

        assert meta.replace("&#39;", "'") == header.replace("frame-ancestors 'none'; ", "")


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example; script-src *",
        "https://a.example\r\nset-cookie: x=y",
        "https://a.example https://b.example",
        "https://user@a.example",
        "https://*.example",
        "https://*",
        "https:",
        "*",
        "'unsafe-inline'",
        "data:text/html,x",
        "javascript:alert(1)",
        "ws://a.example",
        "https://A.example",
        "https://a.example:0x",
        "https://a.example:123456",
        "https://a.example/?q",
        "https://пример.рф",
        "https://a.example,b",
        "https://" + "a" * 200 + ".example",
        "",
    ],
)
def test_no_address_writes_anything_else_into_the_policy(url: str) -> None:
    assert origin(url) is None
    assert policy([url]) == policy()


def test_of_an_address_only_the_origin_is_named() -> None:
    said = policy(
        ["https://a.example:8443/desk/x", "http://127.0.0.1:8101", "https://a.example:8443"]
    )

    assert "connect-src 'self' https://a.example:8443 http://127.0.0.1:8101;" in said


def test_scripts_and_styles_come_from_here_alone() -> None:
    assert POLICY["script-src"] == POLICY["style-src"] == "'self'"
    assert "unsafe" not in policy(["https://a.example"])
    assert "upgrade-insecure-requests" not in policy()


def test_what_plain_http_ignores_with_a_complaint_is_sent_under_encryption_only(
    site: Opened,
) -> None:
    name = "cross-origin-opener-policy"

    assert name not in site.get("/ru/").headers
    assert site.get("/ru/", host="here.example").headers[name] == "same-origin"
    assert name not in site.get("/ru/", host="there.example").headers


def test_tor_browser_is_led_to_the_same_page_from_encryption_alone(tmp_path: Path) -> None:
    name, onion = "onion-location", f"http://{'a' * 56}.onion"
    opened = Opened(tmp_path, (), replace(FACE, onion=onion))
    by_name = {"host": "here.example"}

    for path in ("/ru/about.html", "/ru/nothing", "/ru/deadline.html?kind=%C3%A9"):
        assert opened.get(path, **by_name).headers[name] == onion + path
        assert name not in opened.get(path).headers
        assert name not in opened.get(path, host=onion.removeprefix("http://")).headers
    assert name not in opened.get("/ru/atom.xml", **by_name).headers
    opened.node.close()


def test_records_may_be_read_by_other_sites_and_pages_not(site: Opened, small: Small) -> None:
    records = site.get(f"/petition/{small.world.petition.id}/sheet.jsonl").headers
    page = site.get("/ru/").headers

    assert records["cross-origin-resource-policy"] == "cross-origin"
    assert records["access-control-allow-origin"] == "*"
    assert page["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in page
