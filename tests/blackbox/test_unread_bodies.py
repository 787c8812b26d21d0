"""Bodies of nobody: whoever has no good token is answered by the head, and nothing is kept for its body."""

import time

import pytest

from http_request import request_bytes
from sluice import API_KEY
from target import CANARY, check_is_canary
from wire import Connection, exchange

LARGE = 3_000_000
PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
JSON = {"Content-Type": "application/json"}
PROOF = {"Sluice-Authorization": f"Bearer {API_KEY}"}

# Where, by whom, and the answer.
NOBODY = {
    "no token": ("/mcp", {}, 401),
    "a bad token": ("/mcp", {"Authorization": "Bearer x"}, 401),
    "a bad decision key": ("/v1/decision", {"Authorization": "Bearer x"}, 401),
    "no decision key": ("/v1/friction/record", {}, 401),
    "a proxy's bad token": ("/v1/ext_authz/mcp", PROOF | {"Authorization": "Bearer x"}, 401),
    "a bad proxy": ("/v1/ext_authz/mcp", {"Sluice-Authorization": "Bearer x"}, 500),
}


def head(path: str, headers: dict[str, str], size: int = LARGE) -> bytes:
    return request_bytes("POST", path, JSON | headers | {"Content-Length": str(size)})


@pytest.mark.parametrize("kind", NOBODY)
def test_nobody_is_answered_by_the_head(sluice, kind):
    path, headers, status = NOBODY[kind]
    with Connection(sluice.port) as connection:
        began = time.monotonic()
        connection.send(head(path, headers) + b"{" * 1000)
        answer = connection.answer()
        assert answer.status == status, answer
        assert time.monotonic() - began < 1
        assert answer.get("Connection") == "close"


@pytest.mark.parametrize("kind", NOBODY)
def test_nobody_is_not_asked_for_the_body(sluice, kind):
    path, headers, status = NOBODY[kind]
    with Connection(sluice.port) as connection:
        connection.send(head(path, headers | {"Expect": "100-continue"}))
        assert connection.read_head().status == status


def test_nobody_who_sends_all_the_same_can_read_the_answer(sluice):
    with Connection(sluice.port) as connection:
        connection.send(head("/mcp", {}))
        for _ in range(30):
            connection.send(b" " * (LARGE // 30))
            time.sleep(0.02)
        assert connection.answer().status == 401


def test_half_bodies_of_nobody_leave_room_for_others(start):
    """More than the shards together may hold."""
    own = start()
    resident = own.resident_kib()
    held = []
    for _ in range(220):
        connection = Connection(own.port)
        connection.send_all_there_is_room_for(head("/mcp", {"Authorization": "Bearer x"}) + b"{" * (LARGE - 1))
        held.append(connection)
    grown = own.resident_kib() - resident
    assert grown < 100 * 1024, f"{grown} KiB are kept for nobody"
    proof = {"Authorization": f"Bearer {API_KEY}"}
    body = b'{"resource":"/mcp","tool":"read_note","client_id":"pub","x":"%s"}' % (b"y" * 500_000)
    answer = exchange(own.port, request_bytes("POST", "/v1/decision", JSON | proof, body))
    assert answer.status == 200, answer
    for connection in held:
        connection.close()


def test_a_good_token_brings_its_body_in_pieces(sluice, upstream, token):
    body = b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"%s"}}' % (b"y" * LARGE)
    bearer = {"Authorization": f"Bearer {token}"}
    with Connection(sluice.port) as connection:
        connection.send(head("/mcp", bearer, len(body)))
        time.sleep(0.1)
        connection.send(body[:1000])
        time.sleep(0.1)
        connection.send(body[1000:] + CANARY)
        answer = connection.answer()
        assert answer.status == 200 and answer.json()["result"] == {"ok": True}, answer
        check_is_canary(connection.answer())
    assert upstream.take()[-1].body == body


def test_a_good_token_with_a_bad_body_is_told_so_in_json_rpc(sluice, token):
    headers = JSON | {"Authorization": f"Bearer {token}", "Transfer-Encoding": "chunked"}
    for chunk, status in ((b"FFFFFFFF\r\n", 413), (b"3\r\nabcd\r\n", 400)):
        with Connection(sluice.port) as connection:
            connection.send(request_bytes("POST", "/mcp", headers))
            time.sleep(0.1)
            connection.send(chunk)
            answer = connection.answer()
            assert answer.status == status, answer
            assert answer.json()["error"]["code"] == -32600 and answer.json()["jsonrpc"] == "2.0"
            assert answer.get("Connection") == "close"


def test_a_proxys_question_brings_its_body_in_pieces(sluice, token):
    headers = JSON | PROOF | {"Authorization": f"Bearer {token}", "Content-Length": str(len(PING))}
    with Connection(sluice.port) as connection:
        connection.send(request_bytes("POST", "/v1/ext_authz/mcp", headers))
        time.sleep(0.1)
        connection.send(PING + CANARY)
        assert connection.answer().status == 200
        check_is_canary(connection.answer())
