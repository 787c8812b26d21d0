"""Several requests on one connection: pipelining, Expect, HEAD, half-closing, closing, upgrading."""

import time

import pytest

from target import CANARY, SMUGGLED, check_is_canary, check_serves, check_taken
from http_request import request_bytes
from wire import Connection, PeerClosed


def test_pipelined_requests_are_answered_in_order(target):
    count = 200
    with Connection(target.port) as connection:
        for number in range(count):
            path = "/healthz" if number % 2 else f"/nothing-{number}"
            connection.send(request_bytes("GET", path))
        statuses = [connection.answer().status for _ in range(count)]
    assert statuses == [404, 200] * (count // 2)


def test_pipelined_posts_are_answered_in_order(target):
    with Connection(target.port) as connection:
        connection.send((target.request() + CANARY) * 50)
        for _ in range(50):
            assert connection.answer().status == 200
            check_is_canary(connection.answer())
        assert connection.buffered == b""


def test_a_refusal_comes_behind_the_answers_before_it(target):
    with Connection(target.port) as connection:
        connection.send(CANARY * 3 + b"BAD\r\n\r\n" + CANARY)
        for _ in range(3):
            check_is_canary(connection.answer())
        assert connection.answer().status == 400
        assert connection.rest() == b""


def test_a_request_byte_by_byte(target):
    with Connection(target.port) as connection:
        for byte in target.request() + CANARY:
            connection.send(bytes([byte]))
        assert connection.answer().status == 200
        check_is_canary(connection.answer())


def test_a_request_split_at_any_place(target):
    data = target.request(b"Transfer-Encoding: chunked\r\n", b"@X@\r\n@BODY@\r\n0\r\nX: 1\r\n\r\n")
    with Connection(target.port) as connection:
        for at in range(1, len(data), 5):
            connection.send(data[:at])
            time.sleep(0.001)
            connection.send(data[at:])
            assert connection.answer().status == 200, data[:at]


@pytest.mark.parametrize("cut", [b"\r", b"\r\n", b"\r\n\r"])
def test_a_line_end_split_over_two_packets(target, cut):
    head, _, rest = CANARY.partition(b"\r\n\r\n")
    with Connection(target.port) as connection:
        connection.send(head + cut)
        time.sleep(0.05)
        connection.send((b"\r\n\r\n" + rest)[len(cut) :])
        check_is_canary(connection.answer())


def test_expect_gets_its_100_and_then_the_answer(target):
    data = target.request(b"Content-Length: @N@\r\nExpect: 100-continue\r\n", b"")
    with Connection(target.port) as connection:
        connection.send(data)
        assert connection.answer().status == 100
        with pytest.raises(TimeoutError):
            connection.receive(0.2)
        connection.send(target.body)
        assert connection.answer().status == 200
        connection.send(CANARY)
        check_is_canary(connection.answer())


def test_a_body_that_does_not_wait_for_the_100_is_read_as_the_body(target):
    framing = b"Content-Length: %d\r\nExpect: 100-continue\r\n" % len(SMUGGLED)
    with Connection(target.port) as connection:
        connection.send(target.request(framing, SMUGGLED))
        answer = connection.answer()
        if answer.status == 100:
            answer = connection.answer()
        assert answer.status in (200, 400), answer  # no form and no JSON-RPC
        connection.send(CANARY)
        check_is_canary(connection.answer())
        assert connection.buffered == b""


@pytest.mark.parametrize("value", [b"200-ok", b"100-continue, 100-continue", b"100-continues"])
def test_another_expectation_is_refused(target, value):
    with Connection(target.port) as connection:
        connection.send(target.request(b"Content-Length: @N@\r\nExpect: %s\r\n" % value))
        assert connection.answer().status == 417
        assert connection.rest() == b""


def test_head_is_answered_without_a_body(target):
    with Connection(target.port) as connection:
        connection.send(request_bytes("HEAD", "/healthz") + CANARY)
        answer = connection.answer(to_head=True)
        assert (answer.status, answer.get("Content-Length")) == (200, "15")
        check_is_canary(connection.answer())


def test_a_client_that_ends_its_direction_is_answered(target):
    with Connection(target.port) as connection:
        connection.send(target.request())
        connection.end_sending()
        assert connection.answer().status == 200
        assert connection.rest() == b""


@pytest.mark.parametrize(
    "part", [b"POST", b"POST / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX"]
)
def test_an_end_within_the_head_is_no_request(target, part):
    with Connection(target.port) as connection:
        connection.send(part)
        connection.end_sending()
        try:
            assert connection.answer().status == 400
        except PeerClosed:
            pass
        assert connection.rest() == b""
    check_serves(target)


def test_an_end_within_the_body_is_no_request(target):
    for data in (
        target.request(body=target.body[:-1]),
        target.request(b"Transfer-Encoding: chunked\r\n", b"@X@\r\n@BODY@\r\n0\r\n"),
        target.request(b"Transfer-Encoding: chunked\r\n", b"@X@\r\n@BODY@"),
    ):
        with Connection(target.port) as connection:
            connection.send(data)
            connection.end_sending()
            assert connection.answer().status == 400
            assert connection.rest() == b""
    if target.upstream:
        assert target.upstream.take() == []


@pytest.mark.parametrize("option", [b"close", b"Close", b"keep-alive, close", b"close, X"])
def test_what_follows_connection_close_is_not_processed(target, option):
    data = target.request(
        b"Content-Length: @N@\r\nConnection: %s\r\n" % option, b"@BODY@" + target.request()
    )
    with Connection(target.port) as connection:
        connection.send(data)
        answer = connection.answer()
        assert (answer.status, answer.get("Connection")) == (200, "close")
        assert connection.rest() == b""
    if target.upstream:
        assert len(target.upstream.take()) == 1


def test_a_connection_stays_open_without_being_asked(target):
    with Connection(target.port) as connection:
        for _ in range(20):
            connection.send(target.request())
            assert connection.answer().status == 200


@pytest.mark.parametrize(
    "fields",
    [
        b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n",
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 99\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
    ],
    ids=["h2c", "websocket, bad version", "websocket"],
)
def test_an_upgrade_opens_no_tunnel(target, fields):
    answer = check_taken(target, target.request(fields + b"Content-Length: @N@\r\n"))
    assert answer.get("Upgrade") is None


def test_garbage_is_refused_wherever_it_is_cut(target):
    data = bytes(range(256)) * 4
    for at in range(0, len(data), 101):
        with Connection(target.port) as connection:
            connection.send_all_there_is_room_for(data[at:] + b"\r\n\r\n")
            assert connection.answer().status in (400, 501)
            assert connection.rest() == b""
    check_serves(target)
