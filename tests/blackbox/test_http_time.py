"""Slow peers: a deadline for the whole of each part, so that no byte now and then resets it."""

import threading
import time

import pytest

from http_request import request_bytes
from sluice import Sluice
from target import CANARY, check_is_canary, check_serves, endpoint
from wire import Connection


@pytest.fixture(scope="module")
def impatient(shared_upstream):
    with Sluice(
        shared_upstream.url,
        more_server='header_timeout = "1s"\nbody_timeout = "1s"\nbody_min_rate = "1KiB"\nidle_timeout = "1s"',
    ) as running:
        yield running


def drip(connection: Connection, data: bytes, pause_s: float) -> None:
    """Sends byte by byte until there is an answer."""

    def send():
        for byte in data:
            try:
                connection.send(bytes([byte]))
            except OSError:
                return
            time.sleep(pause_s)

    threading.Thread(target=send, daemon=True).start()


def check_timed_out(
    connection: Connection, began: float, earliest_s: float, latest_s: float
) -> None:
    answer = connection.answer()
    assert answer.status == 408, answer
    assert connection.rest() == b""
    assert earliest_s < time.monotonic() - began < latest_s


def test_a_slow_header_is_answered_408(impatient):
    with Connection(impatient.port) as connection:
        began = time.monotonic()
        drip(connection, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 1000, 0.05)
        check_timed_out(connection, began, 0.9, 2.5)


def test_a_header_that_stops_is_answered_408(impatient):
    with Connection(impatient.port) as connection:
        began = time.monotonic()
        connection.send(b"GET / HT")
        check_timed_out(connection, began, 0.9, 2.5)


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 100000\r\n", b"Transfer-Encoding: chunked\r\n"]
)
def test_a_dripping_body_is_answered_408(impatient, framing):
    target = endpoint(impatient)
    with Connection(impatient.port) as connection:
        began = time.monotonic()
        connection.send(target.request(framing, b"186a0\r\n" if b"chunked" in framing else b""))
        drip(connection, b"a" * 1000, 0.05)
        check_timed_out(connection, began, 0.9, 2.5)


def test_a_body_at_the_least_rate_is_taken(impatient):
    target = endpoint(impatient)
    body = target.body + b"&pad=" + b"a" * 8000
    with Connection(impatient.port) as connection:
        connection.send(target.request(b"Content-Length: %d\r\n" % len(body), b""))
        for at in range(0, len(body), 800):
            connection.send(body[at : at + 800])
            time.sleep(0.2)
        assert connection.answer().status == 200


@pytest.mark.parametrize("first", [b"", CANARY])
def test_a_silent_connection_is_closed_without_a_word(impatient, first):
    with Connection(impatient.port) as connection:
        connection.send(first)
        if first:
            check_is_canary(connection.answer())
        began = time.monotonic()
        assert connection.rest() == b""
        assert 0.9 < time.monotonic() - began < 2.5


def test_slow_clients_do_not_keep_others_waiting(impatient):
    slow = [Connection(impatient.port) for _ in range(200)]
    for connection in slow:
        connection.send(b"GET / HTTP/1.1\r\nHost:")
    began = time.monotonic()
    for _ in range(20):
        check_serves(endpoint(impatient))
    assert time.monotonic() - began < 1
    for connection in slow:
        assert connection.answer().status == 408
        connection.close()


def test_a_client_that_does_not_read_is_held_back(sluice):
    request = request_bytes("GET", "/.well-known/oauth-authorization-server")
    before = sluice.resident_kib()
    with Connection(sluice.port, receive_buffer=4096) as connection:
        sent = 0
        connection.socket.setblocking(False)
        stalled_since = time.monotonic()
        pending = request * 100
        while time.monotonic() - stalled_since < 0.5 and sent < 64 * 1024 * 1024:
            try:
                size = connection.socket.send(pending)
                sent += size
                pending = pending[size:] or request * 100
                stalled_since = time.monotonic()
            except BlockingIOError:
                time.sleep(0.005)
        assert sent < 32 * 1024 * 1024, "everything was taken in although nothing was read"
        assert sluice.resident_kib() - before < 64 * 1024
        check_serves(endpoint(sluice))
        connection.socket.settimeout(10)
        for _ in range(sent // len(request)):
            assert connection.answer().status == 200


def test_a_reset_while_it_answers_harms_nobody(sluice):
    for _ in range(50):
        connection = Connection(sluice.port)
        connection.send(request_bytes("GET", "/metrics") * 20)
        connection.reset()
    check_serves(endpoint(sluice))
