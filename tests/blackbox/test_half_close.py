"""Clients that end their own direction behind their request: they wait for the answer, and get it."""

import json
import time

import pytest

from http_request import request_bytes
from streams import HEAD, event
from target import CANARY
from upstream import json_answer, result_of
from wire import Connection

CALL = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_note"}}'


@pytest.fixture
def call(token):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return request_bytes("POST", "/mcp", headers, CALL)


def half_closed(sluice, data: bytes) -> Connection:
    connection = Connection(sluice.port)
    connection.send(data)
    connection.end_sending()
    return connection


def test_a_slow_answer_arrives(sluice, upstream, call):
    def behave(client, received):
        time.sleep(1.7)
        client.send(json_answer(result_of(received)))

    upstream.behave = behave
    with half_closed(sluice, call) as connection:
        assert connection.answer().status == 200
        assert connection.rest() == b""


def test_a_big_answer_arrives(sluice, upstream, call):
    text = "x" * 8_000_000
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"text": text}}).encode()

    def behave(client, received):
        data = json_answer(body)
        for at in range(0, len(data), 1_000_000):
            client.send(data[at : at + 1_000_000])
            time.sleep(0.2)

    upstream.behave = behave
    with half_closed(sluice, call) as connection:
        answer = connection.answer()
        assert answer.status == 200 and answer.body == body


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stream_goes_on(sluice, upstream, token, method):
    def behave(client, received):
        client.send(HEAD)
        for number in range(4):
            time.sleep(0.5)
            client.send(event(b"%d" % number))
        client.send(b"0\r\n\r\n")

    upstream.behave = behave
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
    body = None
    if method == "POST":
        headers["Content-Type"] = "application/json"
        body = CALL
    with half_closed(sluice, request_bytes(method, "/mcp", headers, body)) as connection:
        rest = connection.rest()
    for number in range(4):
        assert b'"data":"%d"' % number in rest, rest
    assert rest.endswith(b"0\r\n\r\n")


def test_every_pipelined_request_is_answered(sluice, upstream, call):
    def behave(client, received):
        time.sleep(0.6)
        client.send(json_answer(result_of(received)))

    upstream.behave = behave
    with half_closed(sluice, call + CANARY + call + CANARY) as connection:
        for _ in range(4):
            assert connection.answer().status == 200
        assert connection.rest() == b""
