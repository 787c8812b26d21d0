"""Request targets and Host: one normal form, by which routing, access and forwarding agree."""

import pytest

from http_request import get
from target import check_refused, check_serves, check_taken
from wire import exchange

HOSTS_TAKEN = [
    b"127.0.0.1",
    b"127.0.0.1:8080",
    b"example.org",
    b"EXAMPLE.org:1",
    b"[::1]",
    b"[::1]:80",
    b"a_b",
]
HOSTS_REFUSED = [
    b"",
    b"a b",
    b"user@127.0.0.1",
    b"user:secret@127.0.0.1",
    b"127.0.0.1/path",
    b"127.0.0.1?query",
    b"127.0.0.1#fragment",
    b"127.0.0.1:",
    b"127.0.0.1:x",
    b"127.0.0.1:99999",
    b"127.0.0.1:-1",
    b"127.0.0.1:+80",
    b"127.0.0.1:80:80",
    b"[::1",
    b"::1]",
    b"[::1]x",
    b"[]",
    b"a,b",
    b"127.0.0.1, evil.example",
    b"a\\b",
    b"a%00b",
    b"a\x00b",
    b"a\tb",
    b"http://127.0.0.1",
    b"<script>",
    b"\xc3\xa9.example",
]


@pytest.mark.parametrize("host", HOSTS_TAKEN)
def test_a_proper_host_is_taken(target, host):
    check_taken(target, target.request(host=b"Host: %s\r\n" % host))


@pytest.mark.parametrize("host", HOSTS_REFUSED)
def test_a_host_that_is_none_is_refused(target, host):
    check_refused(target, target.request(host=b"Host: %s\r\n" % host))


@pytest.mark.parametrize(
    "fields",
    [
        b"",
        b"Host: 127.0.0.1\r\nHost: 127.0.0.1\r\n",
        b"Host: 127.0.0.1\r\nhost: evil.example\r\n",
        b"Host: evil.example\r\nHost: 127.0.0.1\r\n",
        b"Host : 127.0.0.1\r\n",
        b" Host: 127.0.0.1\r\n",
        b"Host:\r\n 127.0.0.1\r\n",
    ],
)
def test_exactly_one_host_field_is_wanted(target, fields):
    check_refused(target, target.request(host=fields))


def test_an_absolute_target_is_taken_where_it_names_the_same_host(target):
    check_taken(target, target.request(line=b"POST http://127.0.0.1@PATH@ HTTP/1.1"))


@pytest.mark.parametrize(
    "line",
    [
        b"POST http://evil.example@PATH@ HTTP/1.1",
        b"POST http://user@127.0.0.1@PATH@ HTTP/1.1",
        b"POST http://@PATH@ HTTP/1.1",
        b"POST http:/@PATH@ HTTP/1.1",
        b"POST ftp://127.0.0.1@PATH@ HTTP/1.1",
        b"POST file://@PATH@ HTTP/1.1",
        b"POST 127.0.0.1:80 HTTP/1.1",
        b"POST * HTTP/1.1",
        b"POST introspect HTTP/1.1",
        b"POST ?a=b HTTP/1.1",
    ],
)
def test_another_form_of_target_is_refused(target, line):
    check_refused(target, target.request(line=line))


# Spellings that other readers take for another path than their first reader did.
ODD_TARGETS = [
    "/a%00b",
    "/%00",
    "@%00",
    "/../..",
    "/..",
    "/./healthz",
    "@/..",
    "@/.",
    "@/../healthz",
    "/%2e%2e/",
    "/%2e%2e%2fhealthz",
    "/.%2e/healthz",
    "@/%2e",
    "/x/..@",
    "/x/%2e%2e@",
    "//",
    "/@",
    "//evil.example/@",
    "/%2f",
    "@%2f",
    "%2f@",
    "/a%5cb",
    "\\@",
    "/a\\b",
    "@#frag",
    "#@",
    "/%",
    "/%g0",
    "/%2",
    "@%0d%0aX-Injected:1",
    "@%09",
    "@%20",
    '@"',
    "@<",
    "@{",
    "@\xe9",
    "@;a=b",
    "@%ff",
    "@%c0%ae",
    "@%252e",
]


@pytest.mark.parametrize("spelling", ODD_TARGETS)
def test_an_odd_path_reaches_nothing_that_needs_a_token(sluice, upstream, spelling):
    for path in ("/mcp", "/introspect"):
        written = spelling.replace("@", path).encode("latin-1")
        data = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % written
        answer = exchange(sluice.port, data)
        assert answer.status in (400, 401, 404, 405), f"{written!r} -> {answer}"
    assert upstream.take() == []


@pytest.mark.parametrize("spelling", ["/%6dcp", "/m%63p", "/%6D%63%70"])
def test_an_encoded_path_is_routed_guarded_and_forwarded_in_one_form(
    sluice, upstream, token, spelling
):
    assert get(sluice.port, spelling).status == 401
    answer = get(sluice.port, spelling, {"Authorization": f"Bearer {token}"})
    assert answer.status == 200, answer
    assert [each.target for each in upstream.take()] == ["/mcp"]


@pytest.mark.parametrize(
    "path", ["/MCP", "/Mcp", "/mcp.", "/mcp;x", "/mcp%20", "/mcp//", "/mcp/x", "/mcpx"]
)
def test_another_path_is_not_the_resource(sluice, upstream, token, path):
    answer = get(sluice.port, path, {"Authorization": f"Bearer {token}"})
    assert answer.status in (400, 404), answer
    assert upstream.take() == []


def test_the_server_serves_on(target):
    check_serves(target)
