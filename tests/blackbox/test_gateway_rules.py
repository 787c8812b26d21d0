"""What gets past the door: tools by scope, however the call is spelled, and pages by origin."""

import gzip
import json
import time

import pytest

from http_request import post, request_bytes
from oauth import Browser, obtain_tokens
from wire import Connection

PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def ping(sluice, headers, path="/mcp", body=PING):
    return post(sluice.port, path, body, JSON | headers)


@pytest.fixture(autouse=True)
def well_framed(upstream):
    """Whatever reached the upstream was framed in the plainest way."""
    yield
    assert upstream.faults == []


def call(tool: str) -> str:
    return json.dumps(
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": tool, "arguments": {}},
        }
    )


def test_a_tool_beyond_the_scope_is_refused(sluice, upstream, browser):
    narrow = obtain_tokens(browser, scope="mcp:read", resource=sluice.resource)["access_token"]
    headers = {"Authorization": f"Bearer {narrow}"}
    assert ping(sluice, headers, body=call("read_note")).status == 200
    upstream.take()
    answer = ping(sluice, headers, body=call("delete_note"))
    assert answer.status == 403, answer
    assert 'error="insufficient_scope"' in answer.get("WWW-Authenticate")
    assert 'scope="mcp:read mcp:write"' in answer.get("WWW-Authenticate")
    assert upstream.take() == []


@pytest.mark.parametrize(
    "body",
    [
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_note","name":"delete_note"}}',
        '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"delete_note"}}',
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete\\u005fnote"}}',
        '{"jsonrpc":"2.0","id":1,"method":"tools\\/call","params":{"name":"delete_note"}}',
        '[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"delete_note"}}]',
        '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"delete_note"}}',
        '{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"delete_note"}}',
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"\\u006eame":"delete_note"}}',
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["delete_note"]}}',
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["delete_note"]}',
        '{"jsonrpc":"2.0","id":1,"method":"tools/call"}',
        '{"jsonrpc":"2.0","id":1,"method":["tools/call"],"params":{"name":"delete_note"}}',
        '{"jsonrpc":"2.0","id":1,"method":"tools/call\\u0000","params":{"name":"delete_note"}}',
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_note"},"x":NaN}',
    ],
)
def test_no_spelling_of_a_call_gets_around_the_rules(sluice, upstream, browser, body):
    narrow = obtain_tokens(browser, scope="mcp:read", resource=sluice.resource)["access_token"]
    answer = ping(sluice, {"Authorization": f"Bearer {narrow}"}, body=body)
    for received in upstream.take():
        assert b"delete" not in received.body, (answer, received.body)


@pytest.mark.parametrize(
    "name", ["a" * 1_000_000, "delete_" + "a" * 1_000_000, "(a+)+$" * 1000, "é" * 100_000]
)
def test_a_long_name_is_decided_on_quickly(sluice, upstream, token, name):
    began = time.monotonic()
    answer = ping(sluice, {"Authorization": f"Bearer {token}"}, body=call(name))
    assert answer.status in (200, 400), answer
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Mcp-Method": "ping"},
        {"Mcp-Method": "tools/list"},
        {"Mcp-Method": "tools/call", "Mcp-Name": "read_note"},
        {"Mcp-Method": "tools/call", "Mcp-Name": "=?base64?cmVhZF9ub3Rl?="},
        {"Mcp-Method": "TOOLS/CALL", "Mcp-Name": "delete_note"},
    ],
)
def test_headers_that_name_another_tool_than_the_body_are_refused(sluice, upstream, token, headers):
    good = {"Authorization": f"Bearer {token}", "MCP-Protocol-Version": "2026-07-28"}
    proper = good | {"Mcp-Method": "tools/call", "Mcp-Name": "delete_note"}
    assert ping(sluice, proper, body=call("delete_note")).status == 200
    upstream.take()
    for changed in (good | headers, {"Authorization": good["Authorization"]} | headers):
        answer = ping(sluice, changed, body=call("delete_note"))
        assert answer.status == 400, answer
        assert answer.json()["error"]["code"] == -32020
    assert upstream.take() == []


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example", "x"],
)
def test_a_page_of_another_origin_is_refused(sluice, upstream, token, origin):
    headers = {"Authorization": f"Bearer {token}"}
    assert ping(sluice, headers | {"Origin": sluice.origin}).status == 200
    upstream.take()
    answer = ping(sluice, headers | {"Origin": origin})
    assert answer.status == 403, answer
    assert answer.get("Access-Control-Allow-Origin") is None
    assert upstream.take() == []


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json-patch+json", ""],
)
def test_a_body_that_is_not_json_is_refused(sluice, upstream, token, content_type):
    answer = post(
        sluice.port,
        "/mcp",
        PING,
        {"Authorization": f"Bearer {token}", "Content-Type": content_type},
    )
    assert answer.status == 415, answer
    assert upstream.take() == []


def test_a_coded_body_is_refused(sluice, upstream, token):
    headers = {"Authorization": f"Bearer {token}"} | JSON
    for coding in ("gzip", "deflate", "br", "x-gzip", "identity, gzip"):
        answer = post(
            sluice.port,
            "/mcp",
            gzip.compress(PING.encode()),
            headers | {"Content-Encoding": coding},
        )
        assert answer.status == 415, answer
    assert upstream.take() == []


def test_a_token_counts_for_its_own_request_alone(sluice, upstream, token):
    with Connection(sluice.port) as connection:
        good = request_bytes(
            "POST", "/mcp", JSON | {"Authorization": f"Bearer {token}"}, PING.encode()
        )
        connection.send(good + request_bytes("POST", "/mcp", JSON, PING.encode()))
        assert connection.answer().status == 200
        assert connection.answer().status == 401
    assert len(upstream.take()) == 1


def test_two_people_are_told_apart_on_one_upstream_connection(sluice, upstream, browser):
    other = Browser(sluice, username="bob")
    tokens = [
        obtain_tokens(each, resource=sluice.resource)["access_token"] for each in (browser, other)
    ]
    with Connection(sluice.port) as connection:
        for number in range(10):
            headers = JSON | {"Authorization": f"Bearer {tokens[number % 2]}"}
            connection.send(request_bytes("POST", "/mcp", headers, PING.encode()))
            assert connection.answer().status == 200
    assert [each.all("X-Sluice-Subject") for each in upstream.take()] == [["alice"], ["bob"]] * 5
