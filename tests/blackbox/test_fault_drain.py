"""Signals. SIGTERM: what is in flight is finished, nothing new is begun, and the exit status is 0."""

import signal
import threading
import time

import pytest

from http_request import request_bytes
from oauth import Browser, obtain_tokens
from sluice import Sluice
from streams import HEAD, StreamingUpstream, event, open_stream
from target import CANARY, check_is_canary
from upstream import Upstream, answer_properly
from wire import Connection, PeerClosed

CALL = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_note"}}'


@pytest.fixture
def own():
    """(sluice, its upstream, a token): it is stopped by the test."""
    upstream = Upstream()
    running = Sluice(upstream.url, drain_timeout="3s", upstream_timeout="10s")
    token = obtain_tokens(Browser(running), resource=running.resource)["access_token"]
    upstream.take()
    yield running, upstream, token
    running.kill()
    upstream.stop()


def call_bytes(token: str) -> bytes:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return request_bytes("POST", "/mcp", headers, CALL)


def ends_well(sluice: Sluice, within_s: float) -> float:
    began = time.monotonic()
    sluice.stop()
    taken = time.monotonic() - began
    assert taken < within_s, f"ended after {taken:.1f} s"
    return taken


def test_an_idle_server_ends_at_once(own):
    sluice, _, _ = own
    with Connection(sluice.port) as idle:
        idle.send(CANARY)
        check_is_canary(idle.answer())
        ends_well(sluice, 1.5)
        assert idle.rest() == b""


def test_what_is_in_flight_is_answered_and_what_is_new_refused(own):
    sluice, upstream, token = own
    go_on = threading.Event()

    def behave(client, received):
        go_on.wait(5)
        answer_properly(client, received)

    upstream.behave = behave
    connections = [Connection(sluice.port) for _ in range(20)]
    for connection in connections:
        connection.send(call_bytes(token))
    half = Connection(sluice.port)
    half.send(CANARY[:20])
    while len(upstream.take()) != 0 or upstream.connections < 20:
        time.sleep(0.01)
    sluice.terminate()
    time.sleep(0.3)
    with pytest.raises(OSError):
        Connection(sluice.port).close()
    half.send(CANARY[20:])
    last = half.answer()
    check_is_canary(last) if last.status == 200 else None
    go_on.set()
    for connection in connections:
        answer = connection.answer()
        assert (answer.status, answer.get("Connection")) == (200, "close"), answer
        assert connection.rest() == b""
    assert sluice.wait(4) == 0


def test_no_request_is_lost_under_load(own):
    """Whatever was begun is answered whole; a kept connection may only end between two answers."""
    sluice, _, token = own
    cut_off, answered = [], [0]
    stop = threading.Event()

    def load():
        while not stop.is_set():
            try:
                connection = Connection(sluice.port)
            except OSError:
                return
            try:
                for number in range(50):
                    connection.send(call_bytes(token) if number % 2 else CANARY)
                    answer = connection.answer()
                    if answer.status != 200:
                        cut_off.append(answer)
                    answered[0] += 1
                    if answer.get("Connection") == "close":
                        break
            except PeerClosed as closed:
                if connection.buffered:
                    cut_off.append(closed)
            except OSError:
                pass
            finally:
                connection.close()

    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    ends_well(sluice, 3.5)
    stop.set()
    for thread in threads:
        thread.join()
    assert cut_off == []
    assert answered[0] > 100


def test_an_endless_stream_ends_with_its_end_marker(own):
    sluice, upstream, token = own
    streaming = StreamingUpstream(upstream)
    clients = [open_stream(sluice.port, token) for _ in range(20)]
    streaming.wait_until_open(20)
    ends_well(sluice, 2.0)
    for client in clients:
        rest = client.rest()
        assert rest.endswith(b"0\r\n\r\n"), rest


def test_a_subscription_ends_with_its_end_marker(own):
    sluice, upstream, token = own
    streaming = StreamingUpstream(upstream)
    body = b'{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{}}'
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "subscriptions/listen",
    }
    clients = [Connection(sluice.port) for _ in range(5)]
    for client in clients:
        client.send(request_bytes("POST", "/mcp", headers, body))
        assert client.read_head().status == 200
        assert b"first" in client.read_chunk()
    streaming.wait_until_open(5)
    ends_well(sluice, 2.0)
    for client in clients:
        rest = client.rest()
        assert rest.endswith(b"0\r\n\r\n"), rest


def test_a_call_whose_answer_streams_may_finish(own):
    sluice, upstream, token = own
    go_on = threading.Event()

    def behave(client, received):
        client.send(HEAD + event(b"first"))
        go_on.wait(5)
        client.send(event(b"last") + b"0\r\n\r\n")

    upstream.behave = behave
    client = open_stream(sluice.port, token, "POST")
    sluice.terminate()
    time.sleep(0.5)
    assert sluice.alive()
    go_on.set()
    rest = client.rest()
    assert b"last" in rest and rest.endswith(b"0\r\n\r\n"), rest
    assert sluice.wait(3) == 0


def test_what_never_ends_is_cut_off_at_the_limit(own):
    sluice, upstream, token = own
    streaming = StreamingUpstream(upstream)
    client = open_stream(sluice.port, token, "POST")
    streaming.wait_until_open(1)
    taken = ends_well(sluice, 4.5)
    assert taken > 2.5, "cut off before its limit"
    assert not client.rest().endswith(b"0\r\n\r\n"), "a stream that was cut off looks complete"


def test_slow_and_silent_clients_do_not_hold_the_end_up(own):
    sluice, _, _ = own
    silent = [Connection(sluice.port) for _ in range(50)]
    for number, connection in enumerate(silent):
        connection.send(CANARY[:number] if number < 20 else b"")
    ends_well(sluice, 4.5)


def test_a_second_signal_changes_nothing(own):
    sluice, upstream, token = own
    upstream.behave = lambda client, received: (time.sleep(0.8), answer_properly(client, received))
    with Connection(sluice.port) as connection:
        connection.send(call_bytes(token))
        upstream.wait_for_request()
        sluice.terminate()
        time.sleep(0.1)
        sluice.terminate()
        assert connection.answer().status == 200
    assert sluice.wait(3) == 0


def test_a_hangup_changes_nothing(own):
    sluice, _, _ = own
    with Connection(sluice.port) as connection:
        for _ in range(3):
            sluice.child.send_signal(signal.SIGHUP)
            connection.send(CANARY)
            check_is_canary(connection.answer())
    ends_well(sluice, 1.5)


def test_a_hangup_tells_which_keys_wait_for_a_restart(own):
    sluice, _, _ = own

    def said(event):
        return [line for line in sluice.output().splitlines() if f'"event_type":"{event}"' in line]

    def hang_up(event):
        before = len(said(event))
        sluice.child.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 5
        while len(said(event)) == before:
            assert time.monotonic() < deadline, sluice.output()[-2000:]
            time.sleep(0.01)
        return said(event)[before:]

    original = sluice.file.read_text()
    assert hang_up("configuration_unchanged")
    sluice.file.write_text(original.replace('drain_timeout = "3s"', 'drain_timeout = "4s"'))
    assert '"key":"server.drain_timeout"' in hang_up("configuration_changed")[0]
    sluice.file.write_text(original + "\n[no_such_table]\n")
    assert "no_such_table" in hang_up("configuration_refused")[0]
    sluice.file.write_text(original)
    assert hang_up("configuration_unchanged")
    ends_well(sluice, 1.5)


def test_with_a_second_instance_on_the_port_no_request_fails(own, start):
    sluice, upstream, _ = own
    start(upstream.url, port=sluice.port)
    failed, answered = [], [0]
    stop = threading.Event()

    def load():
        while not stop.is_set():
            try:
                with Connection(sluice.port) as connection:
                    connection.send(CANARY)
                    check_is_canary(connection.answer())
                    answered[0] += 1
            except (OSError, PeerClosed) as error:
                failed.append(error)

    threads = [threading.Thread(target=load) for _ in range(6)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    ends_well(sluice, 3.5)
    time.sleep(0.3)
    stop.set()
    for thread in threads:
        thread.join()
    assert answered[0] > 100
    # Linux resets who connects between the last accept and the close, a microsecond apart, unless
    # net.ipv4.tcp_migrate_req is set: that may meet one of some ten thousand.
    assert len(failed) <= 1, f"{len(failed)} of {answered[0] + len(failed)} failed: {failed}"
