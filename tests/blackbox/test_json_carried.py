"""JSON is carried, not judged: whatever RFC 8259 allows passes byte for byte, and nothing is lost in silence."""

import http.server
import json
import socket
import threading
import time

import pytest

from http_request import basic, get, post, request_bytes
from oauth import obtain_tokens
from sluice import API_KEY, RS_SECRET
from streams import HEAD
from upstream import json_answer
from wire import Connection

ODD = {
    "big integer": b'{"n":12345678901234567890123,"m":-18446744073709551616}',
    "big float": b'{"f":1e400,"g":1.7976931348623157081e308,"h":-0.0,"i":1.50}',
    "lone surrogate": rb'{"text":"cut \ud83d","\ude00":1}',
    "deep": b"[" * 500 + b"]" * 500,
    "duplicate keys": b'{"a":1,"a":{"name":1,"name":2}}',
    "null": b"null",
    "blanks": b'{ "a" :\t[ 1 , 2 ]\r\n}',
}
ERAS = {
    "2025-11-25": {"MCP-Protocol-Version": "2025-11-25"},
    "2026-07-28": {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "read_note"},
}
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}

odd = pytest.mark.parametrize("value", ODD.values(), ids=ODD.keys())
eras = pytest.mark.parametrize("era", ERAS)
kinds = pytest.mark.parametrize("kind", ["json", "sse"])


def call(arguments: bytes, era: str = "2025-11-25", id: bytes = b"1", name: bytes = b"read_note") -> bytes:
    meta = b'{"io.modelcontextprotocol/protocolVersion":"%s"}' % era.encode()
    return (
        b'{"jsonrpc":"2.0", "id": %s ,"method":"tools/call","params":{"name":"%s","arguments":%s,"_meta":%s}}'
        % (id, name, arguments, meta)
    )


def stream(*messages: bytes, end: bytes = b"\n") -> bytes:
    data = b"".join(b"data: " + message.replace(b"\r\n", b"") + end + end for message in messages)
    return HEAD + b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)


def answers(upstream, message: bytes, kind: str = "json") -> None:
    text = json_answer(message) if kind == "json" else stream(message)
    upstream.behave = lambda client, received: client.send(text)


@pytest.fixture
def ask(sluice, token):
    def ask_with(body: bytes, headers=None):
        return post(sluice.port, "/mcp", body, JSON | {"Authorization": f"Bearer {token}"} | (headers or {}))

    return ask_with


@odd
@eras
@kinds
def test_arguments_and_results_pass_as_they_are(upstream, ask, value, era, kind):
    result = b'{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[],"structuredContent":%s}}' % value
    result = result.replace(b"\r\n", b"")
    answers(upstream, result, kind)
    body = call(value, era)
    answer = ask(body, ERAS[era])
    assert answer.status == 200, answer
    assert upstream.take()[-1].body == body
    assert answer.body == result if kind == "json" else b"data: " + result + b"\n" in answer.body, answer


@odd
@eras
@kinds
def test_one_odd_schema_does_not_cost_the_list(upstream, ask, value, era, kind):
    value = value.replace(b"\r\n", b"")
    tool = b'{"name":"read_note","inputSchema":%s}' % value
    listed = b'{"jsonrpc":"2.0","id":1,"result":{"tools":[%s],"resultType":"complete"}}' % tool
    answers(upstream, listed, kind)
    meta = b'{"io.modelcontextprotocol/protocolVersion":"%s"}' % era.encode()
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":%s}}' % meta
    headers = {name: text for name, text in ERAS[era].items() if name != "Mcp-Name"}
    headers |= {"Mcp-Method": "tools/list"} if "Mcp-Method" in headers else {}
    answer = ask(body, headers)
    assert answer.status == 200, answer
    assert listed in answer.body, answer


@odd
def test_requests_of_the_server_pass_on_a_get_stream(sluice, upstream, token, value):
    value = value.replace(b"\r\n", b"")
    message = b'{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"schema":%s}}' % value
    upstream.behave = lambda client, received: client.send(stream(message))
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    assert b"data: " + message + b"\n" in get(sluice.port, "/mcp", headers).body


@pytest.mark.parametrize("id", [b"1.0", b"1e2", b"12345678901234567890123", rb'"\u0061\/ \ud83d"', b'""'])
def test_ids_return_as_they_came(sluice, upstream, browser, ask, id):
    narrow = obtain_tokens(browser, scope="mcp:read", resource=sluice.resource)["access_token"]
    refused = ask(call(b"{}", id=id, name=b"delete_note"), {"Authorization": f"Bearer {narrow}"})
    assert refused.status == 403, refused
    assert b'"id":' + id + b"," in refused.body
    upstream.behave = lambda client, received: client.send(json_answer(b"garbage"))
    failed = ask(call(b"{}", id=id))
    assert failed.status == 502, failed
    assert b'"id":' + id + b"," in failed.body


def test_params_may_be_null(upstream, ask):
    body = b'{"jsonrpc":"2.0","id":1,"method":"ping","params":null}'
    assert ask(body).status == 200
    assert upstream.take()[-1].body == body


@pytest.mark.parametrize(
    "body",
    [
        call(b"{}").replace(b'"name":', b'"name":"list_notes","name":'),
        call(b"{}").replace(b'"method":', b'"method":"ping","method":'),
        call(b"{}").replace(b'"params":', b'"params":{},"params":'),
        call(b"{}").replace(b'"_meta":', rb'"_met\u0061":{},"_meta":'),
        b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
    ],
)
def test_what_is_decided_on_stands_once(upstream, ask, body):
    upstream.take()
    assert ask(body).status == 400
    assert upstream.take() == []


@pytest.mark.parametrize("body", [b"[" * 513 + b"]" * 513, call(b"01"), call(b'"\xff"'), call(rb'"\x"'), call(b"{}") + b"x"])
def test_what_is_no_json_is_refused(upstream, ask, body):
    upstream.take()
    answer = ask(body)
    assert answer.status == 400 and answer.json()["error"]["code"] == -32700, answer
    assert upstream.take() == []


@odd
def test_a_proxy_may_ask_about_any_arguments(sluice, token, value):
    headers = JSON | {"Authorization": f"Bearer {token}", "Sluice-Authorization": f"Bearer {API_KEY}"}
    assert post(sluice.port, "/v1/ext_authz/mcp", call(value), headers).status == 200


@pytest.mark.parametrize("path", ["/mcp", "/v1/ext_authz/mcp"])
@pytest.mark.parametrize("body", [call(b"1e400"), b"[" * 1000, b"garbage"])
def test_a_token_is_looked_at_before_the_body(sluice, path, body):
    headers = JSON | {"Authorization": "Bearer no-good-one", "Sluice-Authorization": f"Bearer {API_KEY}"}
    assert post(sluice.port, path, body, headers).status == 401


@odd
def test_a_question_may_say_more_than_is_known(sluice, token, value):
    question = b'{"token":"%s","resource":"/mcp","tool":"read_note","more":%s,"more":%s}' % (token.encode(), value, value)
    headers = {"Content-Type": "application/json", "Authorization": basic("rs", RS_SECRET)}
    answer = post(sluice.port, "/v1/decision", question, headers)
    assert answer.status == 200 and answer.json()["allowed"], answer
    twice = question.replace(b'"tool":', b'"tool":"list_notes","tool":')
    assert post(sluice.port, "/v1/decision", twice, headers).status == 400


def test_bodies_of_floats_stall_nobody(sluice, upstream, token):
    floats = b"[" + b",".join([b"1.7976931348623157081e308"] * 150_000) + b"]"
    headers = JSON | {"Authorization": f"Bearer {token}"}
    request = request_bytes("POST", "/mcp", headers, call(floats))
    answers(upstream, b'{"jsonrpc":"2.0","id":1,"result":{}}')
    get(sluice.port, "/healthz")
    connections = [Connection(sluice.port) for _ in range(6)]

    def send(connection) -> None:
        connection.send(request)

    threads = [threading.Thread(target=send, args=(connection,)) for connection in connections]
    for thread in threads:
        thread.start()
    slowest = 0.0
    for _ in range(50):
        began = time.monotonic()
        assert get(sluice.port, "/healthz").status == 200
        slowest = max(slowest, time.monotonic() - began)
    for thread in threads:
        thread.join()
    for connection in connections:
        assert connection.answer().status == 200
        connection.close()
    assert slowest < 3.0, f"/healthz took {slowest:.2f} s"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_of_a_stream_may_end_in_any_way(upstream, ask, end):
    message = b'{"jsonrpc":"2.0","id":1,"result":{"content":[]}}'
    upstream.behave = lambda client, received: client.send(stream(message, end=end))
    assert b"data: " + message + b"\n\n" in ask(call(b"{}")).body


def lost(answer, id: int) -> bool:
    events = [json.loads(line[6:]) for line in answer.body.split(b"\n") if line.startswith(b"data: ")]
    return events[-1]["id"] == id and events[-1]["error"]["data"]["error"] == "upstream_failed"


@pytest.mark.parametrize("method", ["tools/call", "tools/list"])
@pytest.mark.parametrize(
    "said",
    [
        HEAD + b"0\r\n\r\n",
        stream(b'{"jsonrpc":"2.0","method":"notifications/message","params":{}}'),
        stream(b'{"jsonrpc":"2.0","method":"notifications/message","params":{}}')[:-5],
    ],
    ids=["empty", "no answer", "cut off"],
)
def test_a_stream_without_the_answer_ends_with_an_error(upstream, ask, said, method):
    def behave(client, received):
        client.send(said)
        client.socket.shutdown(socket.SHUT_WR)
        client.wait_for_end(2)

    upstream.behave = behave
    body = call(b"{}", id=b"7")
    if method == "tools/list":
        body = b'{"jsonrpc":"2.0","id":7,"method":"tools/list"}'
    answer = ask(body)
    assert answer.status == 200 and lost(answer, 7), answer


def test_an_answer_that_cannot_be_read_is_an_error_and_in_the_log(sluice, upstream, ask):
    answers(upstream, b'{"jsonrpc":"2.0","id":7,"result":{"tools":[}}', "sse")
    answer = ask(b'{"jsonrpc":"2.0","id":7,"method":"tools/list"}')
    assert lost(answer, 7), answer
    until = time.monotonic() + 5
    while "no valid JSON" not in sluice.output():
        assert time.monotonic() < until, "the log does not say why"
        time.sleep(0.05)


class Authority(http.server.BaseHTTPRequestHandler):
    """An introspection endpoint that says what it is told."""

    said = b""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(Authority.said)))
        self.end_headers()
        self.wfile.write(Authority.said)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def authority():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


@pytest.fixture(scope="module")
def remote(shared_upstream, authority):
    from sluice import Sluice

    more = (
        f'[[resource]]\npath = "/remote"\nupstream = "{shared_upstream.url}"\nverify = "introspection"\n'
        f'required_scopes = ["mcp:read"]\n'
        f'introspection = {{ endpoint = "http://127.0.0.1:{authority}/introspect", client_id = "rs", '
        f'client_secret = "{RS_SECRET}", cache_ttl = "0s" }}\n'
    )
    with Sluice(shared_upstream.url, more=more) as running:
        yield running


GOOD = {"active": True, "scope": "mcp:read", "client_id": "c", "sub": "u", "exp": 4102444800}


@pytest.mark.parametrize(
    "changes, status",
    [
        ({}, 200),
        ({"scope": ["mcp:read", "mcp:write"]}, 200),
        ({"scope": ["mcp:read mcp:write"]}, 200),
        ({"exp": "4102444800", "iat": "1700000000", "nbf": "1700000000"}, 200),
        ({"sub": 1234}, 200),
        ({"iat": "yesterday", "jti": 7, "username": {"a": 1}, "other": [1]}, 200),
        ({"exp": "1700000000"}, 401),
        ({"exp": "soon"}, 401),
        ({"nbf": {}}, 401),
        ({"sub": ["u"]}, 401),
        ({"aud": 5}, 401),
        ({"active": "true"}, 401),
        ({"scope": 5}, 403),
        ({"scope": []}, 403),
    ],
    ids=str,
)
def test_introspection_answers_are_read_or_refused_for_good(remote, upstream, changes, status):
    said = {"aud": f"{remote.origin}/remote"} | GOOD | changes
    Authority.said = json.dumps(said).encode()
    headers = JSON | {"Authorization": "Bearer of-another-server"}
    answer = post(remote.port, "/remote", call(b"{}"), headers)
    assert answer.status == status, answer
