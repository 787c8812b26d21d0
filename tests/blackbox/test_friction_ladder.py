"""Calls that friction delays: they hold no thread and little memory, and go with their clients."""

import json
import resource
import socket
import struct
import time
from pathlib import Path

import pytest

from http_request import post, request_bytes
from oauth import Browser, obtain_tokens
from upstream import answer_properly

DELAYED = 1000
FRICTION = """
[resource.friction]
mode = "delay"
max_delay = "6s"
warmup_calls = 0
adjustment_rate = 1.0

[resource.friction.tools.delete_note]
target_rate = 0.03
"""
CALL = json.dumps(
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "delete_note", "arguments": {"text": "x" * 1000}},
    }
)


def threads_of(sluice) -> int:
    return len(list(Path(f"/proc/{sluice.child.pid}/task").iterdir()))


@pytest.fixture
def slowed(start, upstream):
    """A sluice with a client that has all the friction there is, and its fields."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2 * DELAYED + 200:
        pytest.skip("too few descriptors: see tests/blackbox/run")
    running = start(friction=FRICTION)
    tokens = obtain_tokens(Browser(running), scope="mcp:read mcp:write", resource=running.resource)
    headers = {
        "Authorization": f"Bearer {tokens['access_token']}",
        "Content-Type": "application/json",
    }
    waiting = open_calls(running, headers, 12)  # each raises friction when it arrives
    finish(waiting)
    upstream.take()
    return running, headers


def open_calls(sluice, headers, count: int) -> list[socket.socket]:
    calls = []
    for _ in range(count):
        one = socket.create_connection(("127.0.0.1", sluice.port))
        one.sendall(request_bytes("POST", "/mcp", headers, CALL.encode()))
        calls.append(one)
    return calls


def finish(calls: list[socket.socket]) -> list[bytes]:
    heads = []
    for one in calls:
        one.settimeout(30)
        heads.append(one.recv(12))
        one.close()
    return heads


def test_a_thousand_delayed_calls_hold_no_thread_and_little_memory(slowed, upstream):
    sluice, headers = slowed
    threads, memory_kib, cpu_s = threads_of(sluice), sluice.resident_kib(), sluice.cpu_s()
    started = time.monotonic()
    calls = open_calls(sluice, headers, DELAYED)
    time.sleep(1)
    assert upstream.take() == [], "a delayed call was passed on at once"
    assert threads_of(sluice) == threads
    grown_kib = sluice.resident_kib() - memory_kib
    assert grown_kib < DELAYED * 64, f"{grown_kib} KiB for {DELAYED} calls"
    upstream.behave = answer_properly
    assert set(finish(calls)) == {b"HTTP/1.1 200"}
    assert time.monotonic() - started > 5, "they were not delayed"
    assert sluice.cpu_s() - cpu_s < 5


def test_clients_that_leave_free_their_delayed_calls(slowed, upstream):
    """By a reset: who only ends its direction may wait for the answer, and is passed on after the delay."""
    sluice, headers = slowed
    before = sluice.descriptors()
    calls = open_calls(sluice, headers, DELAYED)
    time.sleep(0.5)
    assert sluice.descriptors() >= DELAYED
    for one in calls:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # RST
        one.close()
    end = time.monotonic() + 4
    while sluice.descriptors() > before and time.monotonic() < end:
        time.sleep(0.05)
    assert sluice.descriptors() <= before
    time.sleep(6)
    assert upstream.take() == [], "a call was passed on whose client had left"


def test_another_client_is_not_delayed(slowed, upstream):
    sluice, headers = slowed
    tokens = obtain_tokens(
        Browser(sluice, username="bob"), scope="mcp:read mcp:write", resource=sluice.resource
    )
    calls = open_calls(sluice, headers, 50)
    started = time.monotonic()
    answer = post(
        sluice.port, "/mcp", CALL, headers | {"Authorization": f"Bearer {tokens['access_token']}"}
    )
    assert answer.status == 200, answer
    assert time.monotonic() - started < 2
    for one in calls:
        one.close()
    upstream.take()
