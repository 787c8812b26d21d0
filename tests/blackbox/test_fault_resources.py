"""Memory that clients can claim, a log that nobody reads, and peers that take nothing."""

import os
import time

import pytest

from http_request import request_bytes
from sluice import Sluice
from target import CANARY, check_is_canary, check_serves, endpoint
from wire import Connection

MIB = 1024  # in KiB


def growth_kib(sluice: Sluice, before: int) -> int:
    return sluice.resident_kib() - before


@pytest.fixture
def fresh(start):
    """Memory is counted on a process that nobody has used before, but for a first request."""
    running = start()
    check_serves(endpoint(running))
    return running


def hold(sluice: Sluice, count: int, data: bytes) -> list[Connection]:
    held = [Connection(sluice.port) for _ in range(count)]
    for connection in held:
        connection.send(data)
    time.sleep(0.3)
    return held


def test_a_promised_body_costs_nothing_before_it_comes(fresh):
    before = fresh.resident_kib()
    request = endpoint(fresh).request(b"Content-Length: 4194304\r\n", b"")
    held = hold(fresh, 500, request)
    assert growth_kib(fresh, before) < 500 * 24
    check_serves(endpoint(fresh))
    for connection in held:
        connection.close()


@pytest.mark.parametrize(
    "data",
    [
        b"POST /introspect HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 30_000,
        b"POST /introspect HTTP/1.1\r\nHost: a\r\n" + b"a:\r\n" * 99,
        b"POST /introspect HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"1;x=y\r\na\r\n" * 200,
    ],
    ids=["long field", "many fields", "tiny chunks"],
)
def test_what_is_held_is_in_proportion_to_what_was_sent(fresh, data):
    before = fresh.resident_kib()
    held = hold(fresh, 500, data)
    sent_kib = 500 * len(data) // 1024
    assert growth_kib(fresh, before) < 4 * sent_kib + 500 * 24
    check_serves(endpoint(fresh))
    for connection in held:
        connection.close()


def test_refused_requests_leave_no_memory_behind(fresh):
    long = b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000

    def round_trip():
        for _ in range(300):
            with Connection(fresh.port) as connection:
                connection.send_all_there_is_room_for(long)
                assert connection.answer().status == 431

    round_trip()
    before = fresh.resident_kib()
    round_trip()
    assert growth_kib(fresh, before) < 2 * MIB


def test_an_answer_that_nobody_reads_is_not_piled_up(sluice, upstream, token):
    """The upstream sends for as long as it can: client, gateway and upstream all come to a halt."""
    sent = [0]

    def behave(client, received):
        client.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
        client.send(b"Content-Length: 1000000000\r\n\r\n")
        client.socket.settimeout(1)
        try:
            while True:
                client.send(b" " * 65536)
                sent[0] += 65536
        except TimeoutError:
            client.socket.close()

    upstream.behave = behave
    before = sluice.resident_kib()
    body = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_note"}}'
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with Connection(sluice.port, receive_buffer=4096) as connection:
        connection.send(request_bytes("POST", "/mcp", headers, body))
        time.sleep(1.5)
        assert 0 < sent[0] < 64 * 1024 * 1024
        assert growth_kib(sluice, before) < 32 * MIB
        check_serves(endpoint(sluice))


def test_an_upstream_that_reads_nothing_is_answered_504(sluice, upstream, token):
    upstream.reads_bodies = False
    text = b"a" * 4_000_000  # more than the sockets between take
    body = b'{"jsonrpc":"2.0","id":"the-id","method":"x","params":{"x":"%s"}}' % text
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with Connection(sluice.port) as connection:
        began = time.monotonic()
        connection.send(request_bytes("POST", "/mcp", headers, body) + CANARY)
        answer = connection.answer()
        assert answer.status == 504 and answer.json()["id"] == "the-id", answer
        assert time.monotonic() - began < 4
        check_is_canary(connection.answer())


def test_a_log_that_nobody_reads_holds_nothing_up(start):
    """The pipe is full after some hundred requests; answers go on, and so does the end."""
    reading, writing = os.pipe()
    unread = start(output=writing)
    os.close(writing)
    with Connection(unread.port) as connection:
        for _ in range(50):
            connection.send(CANARY * 100)
            for _ in range(100):
                check_is_canary(connection.answer())
    began = time.monotonic()
    unread.stop()
    assert time.monotonic() - began < 4
    os.close(reading)


def test_a_log_whose_reader_has_gone_holds_nothing_up(start):
    reading, writing = os.pipe()
    alone = start(output=writing)
    os.close(writing)
    os.close(reading)
    for _ in range(20):
        check_serves(endpoint(alone))
        time.sleep(0.02)
    alone.stop()
