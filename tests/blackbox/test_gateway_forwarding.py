"""What the upstream gets, field by field, and what it cannot tell the client."""

import json

import pytest

from http_request import request_bytes
from sessions import open_session
from target import CANARY, check_is_canary
from upstream import json_answer, result_of
from wire import Connection, exchange

PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'


@pytest.fixture
def forward(sluice, upstream, token):
    """Sends a request with these fields: what the upstream received."""

    def send(
        fields: bytes = b"",
        method: bytes = b"POST",
        target: bytes = b"/mcp",
        body: bytes = PING,
        framing=None,
    ):
        framing = framing or (b"Content-Length: %d\r\n" % len(body) if body else b"")
        head = b"%s %s HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
        data = head % (method, target, token.encode()) + fields + framing + b"\r\n" + body
        answer = exchange(sluice.port, data)
        assert answer.status == 200, f"{data!r} -> {answer}"
        (received,) = upstream.take()
        assert upstream.faults == []
        return received

    return send


def test_a_plain_request_arrives_with_what_is_needed_and_nothing_else(forward, upstream):
    received = forward(b"Accept: application/json\r\nUser-Agent: test\r\n")
    assert (received.method, received.target, received.body) == ("POST", "/mcp", PING)
    assert received.all("Host") == [f"127.0.0.1:{upstream.port}"]
    assert received.names <= {
        "host", "accept", "user-agent", "content-type", "content-length", "connection",
        "x-sluice-subject", "x-sluice-client", "x-sluice-scopes",
    }  # fmt: skip
    assert received.all("X-Sluice-Subject") == ["alice"]
    assert received.all("X-Sluice-Client") == ["pub"]
    assert received.all("X-Sluice-Scopes") == ["mcp:read mcp:write"]


def test_no_credential_goes_further(forward, token):
    received = forward(
        b"Cookie: a=b\r\nCookie2: x\r\nProxy-Authorization: Basic eDp5\r\nDPoP: x\r\nX-Auth-Token: x\r\n"
    )
    assert token.encode() not in received.raw
    assert not received.names & {
        "authorization",
        "cookie",
        "cookie2",
        "proxy-authorization",
        "dpop",
        "x-auth-token",
    }


@pytest.mark.parametrize(
    "field",
    [
        b"X-Sluice-Subject: mallory",
        b"x-sluice-subject: mallory",
        b"X_Sluice_Subject: mallory",
        b"X-Sluice_Subject: mallory",
        b"X-SLUICE-CLIENT: mallory",
        b"X-Sluice-Scopes: mallory",
        b"X-Sluice-Anything: mallory",
        b"X-Forwarded-User: mallory",
        b"X-Forwarded-For: mallory",
        b"X-Forwarded-Host: mallory",
        b"X-Original-URL: /mallory",
        b"X-Rewrite-URL: /mallory",
        b"X-HTTP-Method-Override: mallory",
        b"X-Real-IP: mallory",
        b"X-Remote-User: mallory",
        b"Remote-User: mallory",
        b"Forwarded: for=mallory",
        b"Via: 1.1 mallory",
        b"Origin_: mallory",
        b"Connection: mallory",
        b"Keep-Alive: mallory",
        b"TE: mallory",
        b"Trailer: mallory",
        b"Proxy-Connection: mallory",
        b"Upgrade: mallory",
        b"Proxy-Anything: mallory",
        b"Referer: https://mallory.example/",
    ],
)
def test_what_a_client_may_not_say_is_dropped(forward, field):
    received = forward(field + b"\r\n")
    assert b"mallory" not in received.raw
    assert received.all("X-Sluice-Subject") == ["alice"]


@pytest.mark.parametrize(
    "connection",
    [
        b"Connection: X-Hop-Secret",
        b"Connection: keep-alive, X-Hop-Secret",
        b"Connection: x-hop-secret",
        b"Connection: close\r\nConnection: X-Hop-Secret",
        b"Connection: ,, X-Hop-Secret ,",
        b"Connection:\tX-Hop-Secret",
    ],
)
def test_a_field_that_connection_names_goes_no_further(forward, connection):
    assert forward(b"X-Hop-Secret: 1\r\n").all("X-Hop-Secret") == ["1"]
    received = forward(connection + b"\r\nX-Hop-Secret: 1\r\nX-Other: 2\r\n")
    assert not received.names & {"x-hop-secret", "te", "keep-alive"}
    assert received.all("X-Other") == ["2"]


@pytest.mark.parametrize(
    "names",
    [
        b"Authorization",
        b"Authorization, X-Forwarded-For",
        b"X-Sluice-Subject, X-Sluice-Client, X-Sluice-Scopes",
        b"Content-Type, Accept, Content-Length, Host",
        b"Mcp-Session-Id, MCP-Protocol-Version, Last-Event-ID",
    ],
)
def test_connection_takes_nothing_away_that_was_decided_on(sluice, upstream, token, forward, names):
    session = open_session(sluice.port, upstream, token, "s")
    received = forward(
        b"Connection: %s\r\nAccept: application/json\r\nMcp-Session-Id: %s\r\nLast-Event-ID: 7\r\n"
        % (names, session.encode())
    )
    assert received.all("X-Sluice-Subject") == ["alice"]
    assert received.all("X-Sluice-Client") == ["pub"]
    assert received.all("X-Sluice-Scopes") == ["mcp:read mcp:write"]
    assert received.all("Content-Type") == ["application/json"]
    assert received.all("Accept") == ["application/json"]
    assert received.all("Mcp-Session-Id") == ["s"]
    assert received.all("Last-Event-ID") == ["7"]


def test_fields_of_the_protocol_pass_unchanged(sluice, upstream, token, forward):
    session = open_session(sluice.port, upstream, token, "abc").encode()
    received = forward(
        b"Mcp-Session-Id: " + session + b"\r\nLast-Event-ID: 7\r\nMcp-Param-Unknown: x\r\nMCP-Protocol-Version: 2025-11-25\r\n"
        b"Accept: application/json;q=0.5, text/event-stream\r\nTraceparent: 00-1-2-3\r\n"
    )
    assert received.all("Mcp-Session-Id") == ["abc"]
    assert received.all("Last-Event-ID") == ["7"]
    assert received.all("Mcp-Param-Unknown") == ["x"]
    assert received.all("MCP-Protocol-Version") == ["2025-11-25"]
    assert received.all("Accept") == ["application/json;q=0.5, text/event-stream"]
    assert received.all("Traceparent") == ["00-1-2-3"]


def test_no_accept_is_invented(forward):
    assert "accept" not in forward().names


def test_a_chunked_body_is_framed_anew(forward):
    chunks = (
        b"".join(b"1;x=y\r\n%c\r\n" % byte for byte in PING)
        + b"0\r\nX-Sluice-Subject: mallory\r\n\r\n"
    )
    received = forward(
        framing=b"Transfer-Encoding: chunked\r\nTrailer: X-Sluice-Subject\r\n", body=chunks
    )
    assert received.body == PING
    assert received.all("Content-Length") == [str(len(PING))]
    assert b"mallory" not in received.raw


def test_the_query_goes_no_further(forward):
    received = forward(target=b"/mcp?access_token=x&y=%0d%0aX-Injected:1")
    assert received.target == "/mcp"


def test_an_absolute_target_becomes_the_upstreams_own(forward):
    received = forward(target=b"http://evil.example/mcp")
    assert received.target == "/mcp"


def test_an_expectation_is_met_here(sluice, upstream, token):
    head = b"POST /mcp HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
    with Connection(sluice.port) as connection:
        connection.send(
            head % token.encode()
            + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(PING)
        )
        assert connection.answer().status == 100
        assert upstream.take() == []
        connection.send(PING)
        assert connection.answer().status == 200
    (received,) = upstream.take()
    assert "expect" not in received.names


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_body_of_a_method_without_one_goes_no_further(sluice, upstream, token, method):
    headers = {"Authorization": f"Bearer {token}"}
    body = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    with Connection(sluice.port) as connection:
        connection.send(request_bytes(method, "/mcp", headers, body) + CANARY)
        assert connection.answer().status == 200
        check_is_canary(connection.answer())
    (received,) = upstream.take()
    assert received.body == b"" and upstream.faults == []


@pytest.mark.parametrize(
    "field",
    [
        b"Set-Cookie: session=stolen",
        b"WWW-Authenticate: Basic realm=x",
        b"Location: https://evil.example/",
        b"Access-Control-Allow-Origin: *",
        b"Access-Control-Allow-Credentials: true",
        b"Connection: keep-alive, X-Hop\r\nX-Hop: 1",
        b"Keep-Alive: timeout=5",
        b"Upgrade: h2c",
        b"Proxy-Authenticate: Basic",
        b"Trailer: X",
        b"Strict-Transport-Security: max-age=0",
        b'Alt-Svc: h2="evil.example"',
        b"X-Accel-Redirect: /etc/passwd",
        b"X-Sluice-Subject: mallory",
        b"Server: secret/1.0",
        b"Date: Thu, 01 Jan 1970 00:00:00 GMT",
    ],
)
def test_what_an_upstream_may_not_say_is_dropped(sluice, upstream, token, field):
    upstream.behave = lambda client, received: client.send(
        json_answer(result_of(received), field + b"\r\n")
    )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = exchange(sluice.port, request_bytes("POST", "/mcp", headers, PING))
    assert answer.status == 200, answer
    name, _, value = field.split(b"\r\n")[-1].partition(b": ")
    assert value.decode() not in answer.all(name.decode()), answer
    assert len(answer.all("Date")) == 1 and len(answer.all("Content-Length")) == 1


def test_fields_of_the_protocol_come_back_unchanged(sluice, upstream, token):
    fields = b"Mcp-Session-Id: abc\r\nX-Custom: 1\r\nCache-Control: no-cache\r\n"
    upstream.behave = lambda client, received: client.send(json_answer(result_of(received), fields))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = exchange(sluice.port, request_bytes("POST", "/mcp", headers, PING))
    assert answer.get("X-Custom") == "1"
    assert answer.get("Cache-Control") == "no-cache"


def test_a_large_answer_comes_back_whole(sluice, upstream, token):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"text": "x" * 8_000_000}}).encode()
    upstream.behave = lambda client, received: client.send(json_answer(body))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = exchange(sluice.port, request_bytes("POST", "/mcp", headers, PING))
    assert answer.complete and answer.body == body
