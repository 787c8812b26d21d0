"""The decision API of a real process: two shards, real sockets."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from at_once import at_once
from http_request import basic, get, post, request_bytes
from oauth import Browser, obtain_tokens
from sluice import API_KEY, CONF_SECRET, RS_SECRET
from wire import exchange

FRICTION = """
[resource.friction]
warmup_calls = 0
adjustment_rate = 0.5
time_decay_rate = 0.05

[resource.friction.tools.delete_note]
target_rate = 0.03
"""
PROOF = {"Authorization": basic("rs", RS_SECRET)}


@pytest.fixture(scope="module")
def guarded():
    from sluice import Sluice

    with Sluice("http://127.0.0.1:9/mcp", friction=FRICTION) as running:
        yield running


@pytest.fixture
def token(guarded):
    tokens = obtain_tokens(Browser(guarded), scope="mcp:read mcp:write", resource=guarded.resource)
    return tokens["access_token"]


def ask(sluice, question, proof=PROOF, path="/v1/decision"):
    text = question if isinstance(question, (str, bytes)) else json.dumps(question)
    return post(sluice.port, path, text, {"Content-Type": "application/json"} | proof)


def test_a_token_is_decided_on(guarded, token):
    question = {"token": token, "resource": guarded.resource, "tool": "delete_note", "unknown": [1]}
    answer = ask(guarded, question)
    assert answer.status == 200, answer
    assert answer.get("Cache-Control") == "no-store"
    decision = answer.json()
    assert decision["allowed"] is True and decision["status"] == 200
    assert (decision["client_id"], decision["subject"]) == ("pub", "alice")
    assert decision["scope"] == "mcp:read mcp:write"
    assert decision["friction"]["target_rate"] == 0.03


def test_a_client_is_stopped_told_when_and_let_off(guarded, token):
    question = {"token": token, "resource": "/mcp", "tool": "delete_note"}
    for _ in range(12):
        decision = ask(guarded, question).json()
        if not decision["allowed"]:
            break
    assert decision["status"] == 429 and decision["reason"] == "blocked", decision
    assert decision["friction"]["level"] == "BLOCKED"
    other = {"client_id": "another", "resource": "/mcp", "tool": "delete_note"}
    assert ask(guarded, other).json()["allowed"] is True
    shown = get(guarded.port, "/v1/friction/clients/pub?subject=alice", PROOF).json()
    tool = shown["resources"][0]["tools"]["delete_note"]
    assert tool["level"] == "BLOCKED" and tool["allowed"] is False
    time.sleep(decision["retry_after_seconds"])
    assert ask(guarded, question).json()["allowed"] is True


def test_a_client_is_forgiven(guarded):
    question = {"client_id": "sinner", "resource": "/mcp", "tool": "delete_note"}
    for _ in range(12):
        decision = ask(guarded, question).json()
    assert decision["allowed"] is False
    path = "/v1/friction/clients/sinner"
    forgiven = exchange(guarded.port, request_bytes("DELETE", path, PROOF))
    assert forgiven.json()["resources"] == [guarded.resource]
    assert get(guarded.port, path, PROOF).status == 404
    assert ask(guarded, question).json()["friction"]["value"] == 0
    end = time.monotonic() + 5
    while '"event_type":"forgiven"' not in guarded.output():
        assert time.monotonic() < end, "it is not in the log"
        time.sleep(0.05)


def test_the_gateway_and_the_api_count_together(start, upstream):
    running = start(friction=FRICTION)
    tokens = obtain_tokens(Browser(running), scope="mcp:read mcp:write", resource=running.resource)
    headers = {"Authorization": f"Bearer {tokens['access_token']}", "Content-Type": "application/json"}
    call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_note"}}'
    for _ in range(12):
        post(running.port, "/mcp", call, headers)
    question = {"token": tokens["access_token"], "resource": "/mcp", "tool": "delete_note"}
    decision = ask(running, question).json()
    assert decision["reason"] == "blocked", decision
    upstream.take()


def test_every_call_is_counted_once_whatever_shard_is_asked(guarded):
    question = {"client_id": "busy", "resource": "/mcp", "tool": "delete_note"}
    answers = at_once(16, lambda: ask(guarded, question).json())
    allowed = sum(answer["allowed"] for answer in answers)
    alone = {"client_id": "alone", "resource": "/mcp", "tool": "delete_note"}
    in_turn = sum(ask(guarded, alone).json()["allowed"] for _ in range(16))
    assert abs(allowed - in_turn) <= 1, (allowed, in_turn)


def test_a_batch_of_a_hundred_is_one_request(guarded):
    questions = [{"client_id": f"c{i}", "resource": "/mcp", "tool": "read_note"} for i in range(100)]
    answer = ask(guarded, questions)
    assert [each["client_id"] for each in answer.json()] == [f"c{i}" for i in range(100)]
    assert len(ask(guarded, {"decisions": questions}).json()["decisions"]) == 100
    assert ask(guarded, questions + questions[:1]).status == 400


@pytest.mark.parametrize(
    "proof, status",
    [
        ({}, 401),
        ({"Authorization": basic("rs", "wrong")}, 401),
        ({"Authorization": "Bearer wrong-key"}, 401),
        ({"Authorization": basic("conf", CONF_SECRET)}, 403),
        ({"Authorization": f"Bearer {API_KEY}"}, 200),
        (PROOF, 200),
    ],
)
def test_who_may_ask(guarded, proof, status):
    question = {"client_id": "c", "resource": "/mcp", "tool": "read_note"}
    for path in ("/v1/decision", "/v1/friction/record"):
        assert ask(guarded, question, proof, path).status == status
    if status != 200:
        assert get(guarded.port, "/v1/friction/clients/c", proof).status == status


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[",
        b"\xff",
        b'{"tool":"\xff"}',
        b'"x"',
        b"null",
        b'{"tool":["x"]}',
        b'{"tool":"x","tool":"y"}',
        b'{"tool":"x\\u0000"}',
        b"[" * 5000,
        b'{"decisions":7}',
    ],
)
def test_what_is_no_question_is_refused(guarded, text):
    answer = ask(guarded, text)
    assert answer.status == 400, answer
    assert answer.error == "invalid_request"


def test_bodies_are_bounded(guarded):
    question = b'{"client_id":"c","tool":"x","pad":"' + b"a" * (1 << 20) + b'"}'
    assert ask(guarded, question).status == 413


def test_other_methods_and_paths(guarded):
    for method, path, status in (
        ("GET", "/v1/decision", 405),
        ("PUT", "/v1/friction/clients/c", 405),
        ("GET", "/v1/friction", 404),
        ("GET", "/v1/friction/clients", 400),
    ):
        answer = exchange(guarded.port, request_bytes(method, path, PROOF))
        assert answer.status == status, (method, path, answer)


def test_identities_are_escaped_in_answers_and_log(guarded):
    name = 'a"b\\c\n<d>é'
    answer = ask(guarded, {"client_id": name, "subject": name, "tool": "delete_note", "resource": "/mcp"})
    assert answer.json()["client_id"] == name
    for line in guarded.output().splitlines():
        json.loads(line)


def test_many_connections_ask_at_once(guarded):
    question = {"client_id": "c", "resource": "/mcp", "tool": "read_note"}
    with ThreadPoolExecutor(32) as pool:
        statuses = set(pool.map(lambda _: ask(guarded, question).status, range(400)))
    assert statuses == {200}
