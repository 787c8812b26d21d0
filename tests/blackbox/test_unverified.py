"""Callers that nobody has verified: counted as one, slowed by address, in nobody's way."""

import http.client
import json
import re

import pytest
from http_request import get
from oauth import Browser, obtain_tokens
from sluice import API_KEY, Sluice

PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
BURST = 300  # of one address, on one core
FRICTION = """
[resource.friction]
enabled = true
[resource.friction.tools.delete_note]
target_rate = 0.05
"""


class Caller:
    """One connection, since a hundred requests need no hundred handshakes."""

    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def ping(self, token: str | None):
        fields = JSON | ({"Authorization": f"Bearer {token}"} if token else {})
        self.connection.request("POST", "/mcp", PING, fields)
        answer = self.connection.getresponse()
        answer.text = answer.read()
        return answer


@pytest.fixture
def guarded(shared_upstream):
    with Sluice(shared_upstream.url, cores="1", friction=FRICTION) as running:
        yield running


def counted(sluice) -> dict[str, int]:
    text = get(sluice.port, "/metrics").body.decode()
    found = re.findall(
        r'sluice_unverified_requests_total\{resource="/mcp",outcome="(\w+)"\} (\d+)', text
    )
    return {outcome: int(count) for outcome, count in found}


def friction_clients(sluice) -> int:
    text = get(sluice.port, "/metrics").body.decode()
    return int(re.search(r'sluice_friction_clients\{resource="/mcp"\} (\d+)', text)[1])


def test_a_flood_of_bad_tokens_is_slowed_and_harms_nobody(guarded):
    tokens = obtain_tokens(Browser(guarded), scope="mcp:read", resource=guarded.resource)
    caller = Caller(guarded.port)
    answers = [caller.ping(f"garbage-{i}") for i in range(2 * BURST)]
    assert all(answer.status == 401 for answer in answers[:BURST])
    slowed = [answer for answer in answers if answer.status == 429]
    assert len(slowed) > BURST / 2, "the flood goes on"
    for answer in slowed:
        assert int(answer.headers["Retry-After"]) >= 1
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
        assert json.loads(answer.text)["error"]["data"]["error"] == "too_many_tokens"

    assert caller.ping(tokens["access_token"]).status == 200, "a good token of the same address"
    assert caller.ping(None).status == 401, "how every client begins"
    again = obtain_tokens(Browser(guarded), scope="mcp:read", resource=guarded.resource)
    assert caller.ping(again["access_token"]).status == 200, "somebody signs in meanwhile"

    counts = counted(guarded)
    assert counts["slowed"] == len(slowed)
    assert counts["refused_token"] == 2 * BURST - len(slowed)
    assert counts["no_token"] == 1
    assert friction_clients(guarded) == 0, "garbage has made a friction client"
    events = [json.loads(line) for line in guarded.output().splitlines()]
    floods = [event for event in events if event["event_type"] == "invalid_tokens_throttled"]
    assert [event["peer"] for event in floods] == ["127.0.0.1"]


def test_questions_about_bad_tokens_are_counted_and_never_slowed(guarded):
    fields = {"Content-Type": "application/json", "Authorization": f"Bearer {API_KEY}"}
    connection = http.client.HTTPConnection("127.0.0.1", guarded.port, timeout=10)
    for i in range(2 * BURST):
        question = json.dumps({"token": f"garbage-{i}", "resource": "/mcp", "tool": "read_note"})
        connection.request("POST", "/v1/decision", question, fields)
        answer = json.loads(connection.getresponse().read())
        assert (answer["allowed"], answer["status"]) == (False, 401)
    assert counted(guarded)["refused_token"] == 2 * BURST
    assert counted(guarded)["slowed"] == 0


def test_two_of_one_address_are_told_apart_by_their_tokens_alone(guarded):
    good = obtain_tokens(Browser(guarded), scope="mcp:read", resource=guarded.resource)
    bad, honest = Caller(guarded.port), Caller(guarded.port)
    for i in range(2 * BURST):
        bad.ping(f"garbage-{i}")
        if i % 20 == 0:
            assert honest.ping(good["access_token"]).status == 200
