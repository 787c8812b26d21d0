"""Redirect URIs: one byte that differs, and the code goes nowhere."""

import pytest

from http_request import encode, get
from oauth import authorization, obtain_code, parameters_of, redeem
from pages import forms_of

SPELLINGS = {
    "conf": [  # registered: https://app.example/cb
        "https://app.example/cb/",
        "https://app.example/CB",
        "https://APP.example/cb",
        "HTTPS://app.example/cb",
        "https://app.example:443/cb",
        "https://app.example:/cb",
        "https://app.example/cb?x=1",
        "https://app.example/cb?",
        "https://app.example/cb#",
        "https://app.example/cb#fragment",
        "https://user@app.example/cb",
        "https://app.example@evil.example/cb",
        "https://app.example:443@evil.example/cb",
        "https://evil.example\\@app.example/cb",
        "https://app.example\\@evil.example/cb",
        "https://evil.example#@app.example/cb",
        "https://evil.example?@app.example/cb",
        "https://app.example.evil.example/cb",
        "https://evil.example/https://app.example/cb",
        "https://evilapp.example/cb",
        "https://app.example%00.evil.example/cb",
        "https://app.example/cb%00",
        "https://app.example/cb\x00",
        "https://app.example/cb\r\nX-Injected: 1",
        "https://app.example/cb%0d%0aX-Injected: 1",
        "https://app.example/cb\t",
        "\thttps://app.example/cb",
        " https://app.example/cb",
        "https://app.example/cb ",
        "//app.example/cb",
        "https:app.example/cb",
        "https:/app.example/cb",
        "https:///app.example/cb",
        "https://app.example//cb",
        "https://app.example/x/../cb",
        "https://app.example/./cb",
        "https://app.example/%63b",
        "https://app.example/cb;x",
        "https://app。example/cb",
        "https://app．example/cb",
        "https://app.example./cb",
        "https://аpp.example/cb",
        "http://app.example/cb",
        "ftp://app.example/cb",
        "javascript://app.example/cb",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "/cb",
        "cb",
        "app.example/cb",
        "https://app.example/cb https://evil.example/cb",
        "https://app.example/cb,https://evil.example/cb",
        "https://app.example",
        "https://post.example/cb",
    ],
    "pub": [  # registered: http://127.0.0.1:7777/cb
        "http://127.0.0.1:7777/cb/",
        "http://127.0.0.1:7777/",
        "http://127.0.0.1:7777",
        "http://127.0.0.1:7777/cb?x=1",
        "http://127.0.0.1:7777/cb#x",
        "https://127.0.0.1:7777/cb",
        "http://localhost:7777/cb",
        "http://[::1]:7777/cb",
        "http://[::ffff:127.0.0.1]:7777/cb",
        "http://127.1:7777/cb",
        "http://2130706433:7777/cb",
        "http://0x7f000001:7777/cb",
        "http://0177.0.0.1:7777/cb",
        "http://127.0.0.01:7777/cb",
        "http://127.0.0.2:7777/cb",
        "http://0.0.0.0:7777/cb",
        "http://127.0.0.1.evil.example:7777/cb",
        "http://127.0.0.1:7777@evil.example/cb",
        "http://127.0.0.1@evil.example:7777/cb",
        "http://user@127.0.0.1:7777/cb",
        "http://127.0.0.1:7777\\@evil.example/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:-1/cb",
        "http://127.0.0.1:+80/cb",
        "http://127.0.0.1:80x/cb",
        "http://127.0.0.1:７７７７/cb",
        "http://127.0.0.1:7777:80/cb",
        "http://127.0.0.1:7778/cb/../cb",
        "HTTP://127.0.0.1:7777/cb",
        "http://127。0.0.1:7777/cb",
        "",  # more than one is registered
    ],
}


@pytest.mark.parametrize("client_id", SPELLINGS)
def test_the_registered_spelling_works(browser, client_id):
    given = parameters_of(browser.authorize(authorization(client_id)).get("Location"))
    assert given["code"]


@pytest.mark.parametrize(
    ("client_id", "spelling"),
    [(client, each) for client in SPELLINGS for each in SPELLINGS[client]],
)
def test_another_spelling_gets_a_page_and_no_redirect(browser, client_id, spelling):
    answer = browser.get("/authorize?" + encode(authorization(client_id, redirect_uri=spelling)))
    assert answer.status == 400, answer
    assert answer.get("Location") is None
    assert answer.get("Content-Type").startswith("text/html")
    assert not any(form.is_login or form.buttons for form in forms_of(answer.text))
    assert answer.get("X-Injected") is None


def test_a_redirect_uri_of_invalid_bytes_gets_a_page(sluice):
    pairs = encode(
        {name: value for name, value in authorization().items() if name != "redirect_uri"}
    )
    for text in (
        "%ff%fe",
        "http%3A%2F%2F127.0.0.1%3A7777%2Fcb%ff",
        "%",
        "%zz",
        "http://127.0.0.1:7777/cb%c0%80",
    ):
        answer = get(sluice.port, f"/authorize?{pairs}&redirect_uri={text}")
        assert answer.status == 400, answer
        assert answer.get("Location") is None


@pytest.mark.parametrize("port", [1, 80, 7777, 7778, 49999, 65535])
def test_a_loopback_redirect_may_have_any_port(browser, port):
    redirect_uri = f"http://127.0.0.1:{port}/cb"
    code = obtain_code(browser, "pub", redirect_uri=redirect_uri)
    assert redeem(browser.sluice, code).status == 200


def test_the_port_that_was_asked_for_is_the_one_to_redeem_with(browser):
    code = obtain_code(browser, "pub", redirect_uri="http://127.0.0.1:50001/cb")
    answer = redeem(browser.sluice, code, redirect_uri="http://127.0.0.1:50002/cb")
    assert (answer.status, answer.error) == (400, "invalid_grant")
