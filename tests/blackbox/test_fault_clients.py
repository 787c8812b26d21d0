"""Clients that leave early, clients that stay for ever, and more of them than there are descriptors."""

import json
import os
import signal
import statistics
import threading
import time

import pytest

from http_request import request_bytes
from oauth import Browser, obtain_tokens
from sluice import SANITIZED
from streams import StreamingUpstream, open_stream
from target import CANARY, check_is_canary, check_serves, endpoint
from upstream import answer_properly
from wire import Connection

PING = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_note"}}'


def wait_for(condition, limit_s: float, what: str) -> None:
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.01)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("leave", ["reset", "close"])
def test_a_client_that_leaves_a_stream_ends_it_upstream(sluice, upstream, token, method, leave):
    streaming = StreamingUpstream(upstream)
    connection = open_stream(sluice.port, token, method)
    streaming.wait_until_open(1)
    left_at = time.monotonic()
    getattr(connection, leave)()
    wait_for(lambda: streaming.ended_at, 1, "the upstream's stream outlived its client by a second")
    assert time.monotonic() - left_at < 1


def test_a_client_that_resets_before_the_answer_ends_the_call_upstream(sluice, upstream, token):
    ended = threading.Event()

    def behave(client, received):
        if client.wait_for_end(1.8):  # below the deadline after which it would end anyway
            ended.set()

    upstream.behave = behave
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection = Connection(sluice.port)
    connection.send(request_bytes("POST", "/mcp", headers, PING))
    upstream.wait_for_request()
    connection.reset()
    assert ended.wait(1.0), "the upstream still waits"


def test_a_reset_beside_the_last_bytes_is_noticed(sluice, upstream, token):
    """Bytes that arrive together with the reset, while the call is under way."""
    ended, begun = [], []

    def behave(client, received):
        begun.append(client.number)
        if client.wait_for_end(1.9):  # below the deadline after which it would end anyway
            ended.append(client.number)

    upstream.behave = behave
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connections = [Connection(sluice.port) for _ in range(100)]
    for connection in connections:
        connection.send(request_bytes("POST", "/mcp", headers, PING))
    wait_for(lambda: len(begun) == 100, 5, "calls do not arrive")
    for connection in connections:
        connection.send(CANARY)
        connection.reset()
    wait_for(lambda: len(ended) == 100, 1.2, f"{100 - len(ended)} calls go on for nobody")


def test_a_client_that_is_gone_is_never_taken_for_somebody_at_the_unix_socket(start):
    """Its address is not known any more when its request is read."""
    own = start()
    os.kill(own.child.pid, signal.SIGSTOP)
    for _ in range(20):
        connection = Connection(own.port)
        connection.send(CANARY)
        connection.reset()
    os.kill(own.child.pid, signal.SIGCONT)
    check_serves(endpoint(own))

    def peers() -> set[str]:
        lines = [json.loads(line) for line in own.output().splitlines()]
        return {line["peer"] for line in lines if line.get("event_type") == "request"}

    wait_for(peers, 3, "nothing is logged")
    assert peers() == {"127.0.0.1"}


def test_the_limit_of_connections_is_each_cores_own(start):
    few = start(cores="2", more_server="max_connections = 20")
    held = [Connection(few.port) for _ in range(36)]
    for connection in held:
        connection.send(CANARY)
    served = sum(connection.answer().status == 200 for connection in held)
    for connection in held:
        connection.close()
    assert served > 20, "all cores together take no more than one may"


def test_leaving_clients_leave_nothing_behind(sluice, upstream, token):
    streaming = StreamingUpstream(upstream)

    def storm():
        for _ in range(10):
            connections = [open_stream(sluice.port, token) for _ in range(20)]
            for number, connection in enumerate(connections):
                connection.reset() if number % 2 else connection.close()
        wait_for(lambda: not streaming.open, 3, "streams stayed open upstream")

    storm()
    descriptors, resident = sluice.descriptors(), sluice.resident_kib()
    storm()
    wait_for(lambda: sluice.descriptors() <= descriptors, 3, "descriptors leak")
    assert sluice.resident_kib() - resident < 4 * 1024


def test_two_thousand_idle_streams_are_cheap(sluice, upstream, token):
    count = 2000
    streaming = StreamingUpstream(upstream)

    def latencies() -> list[float]:
        taken = []
        with Connection(sluice.port) as connection:
            for _ in range(300):
                began = time.perf_counter()
                connection.send(endpoint(sluice).request())
                assert connection.answer().status == 200
                taken.append(time.perf_counter() - began)
        return taken

    alone = latencies()
    resident, descriptors = sluice.resident_kib(), sluice.descriptors()
    clients = [
        open_stream(sluice.port, token, source=f"127.0.0.{2 + number % 8}")
        for number in range(count)
    ]
    streaming.wait_until_open(count)
    each_kib = (sluice.resident_kib() - resident) / count
    busy, began = sluice.cpu_s(), time.monotonic()
    time.sleep(2)
    share = (sluice.cpu_s() - busy) / (time.monotonic() - began)
    beside = latencies()
    for client in clients:
        client.close()
    wait_for(lambda: not streaming.open, 10, "streams stayed open upstream")
    wait_for(lambda: sluice.descriptors() <= descriptors + 8, 5, "descriptors leak")

    assert each_kib < 24, f"{each_kib:.1f} KiB a stream"
    assert share < 0.05, f"{share:.1%} of a core while nothing happens"
    slowest = [statistics.quantiles(side, n=100)[98] for side in (alone, beside)]
    assert (
        slowest[1] < 4 * slowest[0] + 0.005
    ), f"p99 {slowest[0] * 1e6:.0f} us, then {slowest[1] * 1e6:.0f} us"


@pytest.mark.skipif(SANITIZED, reason="the sanitizer needs descriptors for itself")
def test_without_descriptors_the_open_connections_are_served(start):
    small = start(command_prefix=["prlimit", "--nofile=64:64"], cores="1")
    token = obtain_tokens(Browser(small), resource=small.resource)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with Connection(small.port) as first:
        first.send(request_bytes("POST", "/mcp", headers, PING))
        assert first.answer().status == 200
        waiting = [Connection(small.port) for _ in range(100)]
        time.sleep(0.3)
        busy, began = small.cpu_s(), time.monotonic()
        for _ in range(10):
            first.send(CANARY + request_bytes("POST", "/mcp", headers, PING))
            check_is_canary(first.answer())
            assert first.answer().status in (
                200,
                502,
                503,
            )  # the kept connection upstream, or none left
            time.sleep(0.1)
        share = (small.cpu_s() - busy) / (time.monotonic() - began)
        assert share < 0.5, f"{share:.0%} of a core goes into refusing"
        for connection in waiting:
            connection.close()
        wait_for(lambda: small.descriptors() < 40, 5, "descriptors are not given back")
    check_serves(endpoint(small))
    waiting = [Connection(small.port) for _ in range(100)]
    wait_for(lambda: small.descriptors() >= 64, 5, "there are descriptors left")
    small.stop()  # well, although nothing can be opened


def test_more_connections_than_configured_are_turned_away(start):
    few = start(cores="1", more_server="max_connections = 20")
    held = [Connection(few.port) for _ in range(20)]
    for connection in held:
        connection.send(CANARY)
        check_is_canary(connection.answer())
    with Connection(few.port) as one_more:
        assert one_more.rest().startswith(b"HTTP/1.1 503 ")
    for connection in held:
        connection.send(CANARY)
        check_is_canary(connection.answer())
        connection.close()
    time.sleep(0.2)
    check_serves(endpoint(few))


def test_a_storm_of_short_connections_leaves_nothing_behind(sluice, upstream):
    upstream.behave = answer_properly
    check_serves(endpoint(sluice))
    time.sleep(0.3)
    descriptors = sluice.descriptors()
    for number in range(2000):
        connection = Connection(sluice.port)
        if number % 3:
            connection.send(CANARY[: number % len(CANARY)])
        connection.reset() if number % 2 else connection.close()
    check_serves(endpoint(sluice))
    wait_for(lambda: sluice.descriptors() <= descriptors + 2, 5, "descriptors leak")
