"""The operators' page answers only its own hosts: a page that rebinds its name must not guess passwords."""

import re

import pytest

from sluice import free_port
from wire import exchange

OPERATOR = """
[admin]
listen = ["127.0.0.1:{port}"]
hosts = ["admin.example.com"]

[[admin.operator]]
name = "olga"
password = "canary olga battery"
"""


@pytest.fixture
def admin(start):
    port = free_port()
    start(more=OPERATOR.format(port=port))
    return port


def ask(port: int, host: str, *lines: str, method: str = "GET", target: str = "/admin/login", body: str = ""):
    head = "".join(f"{line}\r\n" for line in (f"Host: {host}", *lines, f"Content-Length: {len(body)}"))
    return exchange(port, f"{method} {target} HTTP/1.1\r\n{head}\r\n{body}".encode())


def test_it_answers_its_own_hosts(admin):
    for host in ("127.0.0.1", f"127.0.0.1:{admin}", "localhost:9999", "[::1]:9090", "Admin.Example.com:443"):
        assert ask(admin, host).status == 200, host


@pytest.mark.parametrize("target", ["/", "/admin", "/admin/login", "/admin/page.js", "/nothing"])
def test_it_answers_no_other(admin, target):
    for host in ("evil.example", f"evil.example:{admin}", "localhost.", "admin.example.com.evil.example", "10.0.0.1"):
        answer = ask(admin, host, target=target)
        assert answer.status == 421, (host, answer)
        assert answer.get("Set-Cookie") is None


def test_an_old_request_without_host_is_refused(admin):
    assert exchange(admin, b"GET /admin/login HTTP/1.0\r\n\r\n").status == 421


def sign_in(port: int, host: str, *lines: str) -> int:
    page = ask(port, "127.0.0.1")
    cookie = page.get("Set-Cookie").split(";")[0]
    token = re.search(r'name="form_token" value="([^"]+)"', page.body.decode())[1]
    body = f"form_token={token}&name=olga&password=canary+olga+battery"
    form = "Content-Type: application/x-www-form-urlencoded"
    return ask(
        port, host, f"Cookie: {cookie}", form, *lines, method="POST", target="/admin/login", body=body
    ).status


def test_a_form_comes_from_its_own_page(admin):
    host = f"127.0.0.1:{admin}"
    assert sign_in(admin, host) == 303
    assert sign_in(admin, host, f"Origin: http://{host}") == 303
    assert sign_in(admin, host, "Origin: https://admin.example.com") == 303
    for origin in ("http://evil.example", "null", f"http://localhost:{admin}", "http://127.0.0.1:3000"):
        assert sign_in(admin, host, f"Origin: {origin}") == 403, origin
    assert sign_in(admin, "evil.example", "Origin: http://evil.example") == 421


def test_metrics_are_told_to_no_page_that_rebinds_its_name(sluice):
    for host in ("127.0.0.1", "localhost", "collector", f"127.0.0.1:{sluice.port}"):
        assert ask(sluice.port, host, target="/metrics").status == 200, host
    assert ask(sluice.port, "evil.example", target="/metrics").status == 421
