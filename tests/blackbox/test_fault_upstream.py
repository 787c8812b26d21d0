"""An upstream that is down, slow, or talks garbage: an answer with a deadline, and nobody else's."""

import json
import time
from threading import Event

import pytest

from http_request import request_bytes
from oauth import obtain_tokens
from streams import HEAD, event
from target import CANARY, check_is_canary
from upstream import answer_properly, json_answer, result_of
from wire import Connection

PING = b'{"jsonrpc":"2.0","id":"the-id","method":"ping"}'
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DEADLINE_S = 2.0  # of the configuration


@pytest.fixture
def ping(token):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return request_bytes("POST", "/mcp", headers, PING)


@pytest.fixture
def ping_down(token, browser):
    resource = browser.sluice.origin + "/down"
    token = obtain_tokens(browser, resource=resource)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return request_bytes("POST", "/down", headers, PING)


def check_failed(answer, statuses: set[int]) -> None:
    assert answer.status in statuses, answer
    document = answer.json()
    assert document["id"] == "the-id", answer
    assert document["jsonrpc"] == "2.0" and document["error"]["code"] < 0
    assert "127.0.0.1" not in answer.text, "an internal address is told"


def check_survives(sluice, upstream, request: bytes, behave, statuses={502}) -> None:
    """The client gets a JSON-RPC error, its connection goes on, and the upstream's is not used again."""
    upstream.behave = behave
    with Connection(sluice.port) as connection:
        began = time.monotonic()
        connection.send(request)
        check_failed(connection.answer(), statuses)
        assert time.monotonic() - began < DEADLINE_S + 1
        connection.send(CANARY)
        check_is_canary(connection.answer())
        bad = upstream.take()[-1].connection
        upstream.behave = answer_properly
        connection.send(request)
        answer = connection.answer()
        assert answer.status == 200 and answer.json()["id"] == "the-id", answer
        assert upstream.take()[-1].connection != bad
        assert connection.buffered == b""


def test_a_connection_that_served_well_is_used_again(sluice, upstream, ping):
    with Connection(sluice.port) as connection:
        for _ in range(5):
            connection.send(ping)
            assert connection.answer().status == 200
    assert len({received.connection for received in upstream.take()}) == 1


def test_an_upstream_that_is_not_there_is_answered_502(sluice, ping_down):
    with Connection(sluice.port) as connection:
        connection.send(ping_down + CANARY)
        check_failed(connection.answer(), {502})
        check_is_canary(connection.answer())


def say(*pieces: bytes):
    def behave(client, received):
        for piece in pieces:
            client.send(piece)
        client.socket.close()

    return behave


GARBAGE = {
    "nothing": b"",
    "garbage": b"garbage\r\n\r\n",
    "zeros": bytes(1000),
    "HTTP/0.9": b'{"jsonrpc":"2.0"}',
    "HTTP/2.0": b"HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/2 frames": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18),
    "no version": b"200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "status of two digits": b"HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\n{}",
    "status of four digits": b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}",
    "status 099": b"HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\n{}",
    "status in words": b"HTTP/1.1 two OK\r\nContent-Length: 2\r\n\r\n{}",
    "bare LF": OK.replace(b"\r\n", b"\n") + b"Content-Length: 2\n\n{}",
    "CR in a value": OK + b"X: a\rSet-Cookie: b\r\nContent-Length: 2\r\n\r\n{}",
    "NUL in a value": OK + b"X: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
    "folding": OK + b"X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
    "blank before the colon": OK + b"Content-Length : 2\r\n\r\n{}",
    "no colon": OK + b"garbage\r\nContent-Length: 2\r\n\r\n{}",
    "length and coding": OK
    + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length in words": OK + b"Content-Length: two\r\n\r\n{}",
    "negative length": OK + b"Content-Length: -1\r\n\r\n{}",
    "length of 2^64": OK + b"Content-Length: 18446744073709551616\r\n\r\n{}",
    "another coding": OK + b"Transfer-Encoding: gzip\r\n\r\n{}",
    "two codings": OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "body too short": OK + b"Content-Length: 20\r\n\r\n{}",
    "chunk too short": OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{}\r\n0\r\n\r\n",
    "chunk without its size": OK + b"Transfer-Encoding: chunked\r\n\r\n{}\r\n0\r\n\r\n",
    "chunk with a bare LF": OK + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
    "chunk of 2^64": OK + b"Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n",
    "chunks without an end": OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "a head without an end": OK + b"X: y\r\n",
    "a long status line": b"HTTP/1.1 200 " + b"a" * 20_000 + b"\r\n\r\n",
    "a long field": OK + b"X: " + b"a" * 200_000 + b"\r\n\r\n",
    "many fields": OK + b"X: y\r\n" * 5_000 + b"\r\n",
    "switching protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    "a redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "a challenge": b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_answered_502(sluice, upstream, ping, kind):
    check_survives(sluice, upstream, ping, say(GARBAGE[kind]))


@pytest.mark.parametrize(
    "ahead", [b"", b"HTTP/1.1 200 OK\r\n", OK + b"Content-Length: 20\r\n\r\n{}"]
)
def test_a_reset_is_answered_502(sluice, upstream, ping, ahead):
    def behave(client, received):
        client.send(ahead)
        time.sleep(0.05)
        client.reset()

    check_survives(sluice, upstream, ping, behave)


def test_silence_is_answered_504_by_its_deadline(sluice, upstream, ping):
    ended = []
    began = time.monotonic()
    check_survives(
        sluice, upstream, ping, lambda client, received: ended.append(client.wait_for_end(5)), {504}
    )
    assert DEADLINE_S - 0.2 < time.monotonic() - began < DEADLINE_S + 1.5
    assert ended == [True], "the upstream's connection was left open"


def drip(data: bytes, pause_s: float):
    def behave(client, received):
        for byte in data:
            client.send(bytes([byte]))
            time.sleep(pause_s)

    return behave


def test_a_dripping_head_is_answered_504_by_its_deadline(sluice, upstream, ping):
    check_survives(sluice, upstream, ping, drip(OK + b"X: " + b"a" * 1000, 0.05), {502, 504})


def test_a_body_that_stops_is_answered_504_by_its_deadline(sluice, upstream, ping):
    def behave(client, received):
        client.send(OK + b"Content-Length: 20\r\n\r\n{")
        client.wait_for_end(5)

    check_survives(sluice, upstream, ping, behave, {502, 504})


def test_a_dripping_body_is_answered_504_by_its_deadline(sluice, upstream, ping):
    body = b"Content-Length: 1000\r\n\r\n" + b" " * 1000
    check_survives(sluice, upstream, ping, drip(OK + body, 0.05), {504})


def test_a_long_body_that_drips_is_cut_off(sluice, upstream, ping):
    """Beyond 64 KiB the answer is passed on as it comes; then too, a drip earns little time."""

    def behave(client, received):
        client.send(OK + b"Content-Length: 1000000\r\n\r\n" + b" " * 100_000)
        drip(b" " * 1000, 0.2)(client, received)

    upstream.behave = behave
    with Connection(sluice.port) as connection:
        began = time.monotonic()
        connection.send(ping)
        assert connection.read_head().status == 200
        connection.rest(limit_s=DEADLINE_S + 3)
        assert DEADLINE_S - 0.5 < time.monotonic() - began < DEADLINE_S + 3


@pytest.mark.parametrize("status", [b"100 Continue", b"103 Early Hints"])
def test_a_few_interim_answers_are_skipped(sluice, upstream, ping, status):
    interim = b"HTTP/1.1 %s\r\nX: y\r\n\r\n" % status
    upstream.behave = lambda client, received: client.send(
        interim * 3 + json_answer(result_of(received))
    )
    with Connection(sluice.port) as connection:
        connection.send(ping + CANARY)
        assert connection.answer().status == 200
        check_is_canary(connection.answer())


def test_a_flood_of_interim_answers_is_cut_off(sluice, upstream, ping):
    def behave(client, received):
        until = time.monotonic() + 6
        while time.monotonic() < until:
            client.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

    before = sluice.resident_kib()
    check_survives(sluice, upstream, ping, behave, {502, 504})
    assert sluice.resident_kib() - before < 32 * 1024


def test_bytes_behind_an_answer_are_nobodys_answer(sluice, upstream, ping):
    stolen = json_answer(b'{"jsonrpc":"2.0","id":"the-id","result":"stolen"}')
    for pause_s in (0.0, 0.05):

        def behave(client, received):
            client.send(json_answer(result_of(received)) + (stolen if not pause_s else b""))
            time.sleep(pause_s)
            client.send(stolen if pause_s else b"")

        upstream.behave = behave
        with Connection(sluice.port) as connection:
            for _ in range(3):
                connection.send(ping)
                answer = connection.answer()
                assert answer.json().get("result") == {"ok": True}, answer
                time.sleep(0.1)


def test_a_connection_that_was_closed_while_idle_costs_no_request(sluice, upstream, token):
    """What may be sent twice is; what may not is only sent where the connection is known to live."""

    def behave(client, received):
        answer_properly(client, received)
        time.sleep(0.02)
        client.socket.close()

    upstream.behave = behave
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with Connection(sluice.port) as connection:
        for method in (b"ping", b"tools/call"):
            body = b'{"jsonrpc":"2.0","id":1,"method":"%s","params":{"name":"read_note"}}' % method
            for _ in range(5):
                connection.send(request_bytes("POST", "/mcp", headers, body))
                answer = connection.answer()
                assert answer.status == 200, answer
                time.sleep(0.1)


def test_a_call_is_never_made_twice(sluice, upstream, token):
    calls = []

    def behave(client, received):
        if json.loads(received.body)["method"] == "ping":
            return answer_properly(client, received)
        calls.append(received.connection)
        client.reset()

    upstream.behave = behave
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    call = b'{"jsonrpc":"2.0","id":"the-id","method":"tools/call","params":{"name":"create_note"}}'
    with Connection(sluice.port) as connection:
        for _ in range(5):
            connection.send(request_bytes("POST", "/mcp", headers, PING))
            assert connection.answer().status == 200
            connection.send(request_bytes("POST", "/mcp", headers, call))
            check_failed(connection.answer(), {502})
    assert len(calls) == 5


def test_a_stream_that_breaks_off_does_not_look_complete(sluice, upstream, token):
    def behave(client, received):
        client.send(HEAD + event(b"first"))
        time.sleep(0.2)
        client.reset()

    upstream.behave = behave
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    with Connection(sluice.port) as connection:
        connection.send(request_bytes("GET", "/mcp", headers))
        head = connection.read_head()
        assert head.status == 200
        rest = connection.rest()
        assert b"first" in rest and not rest.endswith(b"0\r\n\r\n"), rest


def test_events_pass_as_they_come(sluice, upstream, token):
    seen = Event()

    def behave(client, received):
        client.send(HEAD + event(b"first"))
        assert seen.wait(5), "the first event did not pass"
        client.send(event(b"second") + b"0\r\n\r\n")

    upstream.behave = behave
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    with Connection(sluice.port) as connection:
        connection.send(request_bytes("GET", "/mcp", headers))
        assert connection.read_head().get("Content-Type") == "text/event-stream"
        assert b"first" in connection.read_chunk()
        seen.set()
        assert b"second" in connection.read_chunk()
        assert connection.read_chunk() == b""
        connection.send(CANARY)
        check_is_canary(connection.answer())
