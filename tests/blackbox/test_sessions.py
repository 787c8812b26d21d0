"""A session belongs to who opened it: the client, the person, and the resource."""

import json
import time

import pytest

from http_request import get, post
from oauth import Browser, obtain_tokens
from sessions import INITIALIZE, ask, open_session
from upstream import json_answer, result_of
from wire import PeerClosed, exchange

METHODS = ("POST", "GET", "DELETE")


@pytest.fixture
def session(sluice, upstream, token):
    return open_session(sluice.port, upstream, token, "upstream-1")


def refused(answer) -> bool:
    return answer.status == 404 and answer.json()["error"]["data"]["error"] == "session_not_found"


@pytest.mark.parametrize("method", METHODS)
def test_who_opened_it_is_in_it(sluice, upstream, token, session, method):
    assert "upstream" not in session
    assert ask(sluice.port, token, session, method).status == 200
    (received,) = upstream.take()
    assert received.all("Mcp-Session-Id") == ["upstream-1"]


@pytest.mark.parametrize("method", METHODS)
def test_another_client_is_not(sluice, upstream, browser, session, method):
    other = obtain_tokens(browser, "conf", scope="mcp:read mcp:write", resource=sluice.resource)
    assert refused(ask(sluice.port, other["access_token"], session, method))
    assert upstream.take() == []


@pytest.mark.parametrize("method", METHODS)
def test_what_the_gateway_has_not_sealed_is_no_session(sluice, upstream, token, session, method):
    changed = session[:-1] + ("A" if session[-1] != "A" else "B")
    for guess in ("upstream-1", "", "x", session[:-4], session + "AAAA", changed, "A" * 5000, "a b", "\xff"):
        assert refused(ask(sluice.port, token, guess, method)), guess
    assert upstream.take() == []


def test_the_error_has_the_id_of_the_request(sluice, upstream, token):
    answer = ask(sluice.port, token, "guess")
    assert answer.json()["id"] == 7


def test_two_session_fields_are_none(sluice, upstream, token, session):
    for method in METHODS:
        body = json.dumps(INITIALIZE) if method == "POST" else ""
        head = (
            f"{method} /mcp HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
            f"Mcp-Session-Id: {session}\r\nMcp-Session-Id: {session}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        assert exchange(sluice.port, head.encode()).status in (400, 404), method
    assert upstream.take() == []


def test_the_stateless_era_has_no_sessions(sluice, upstream, token):
    version = "2026-07-28"
    meta = {"io.modelcontextprotocol/protocolVersion": version}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "MCP-Protocol-Version": version,
        "Mcp-Method": "tools/list",
        "Mcp-Session-Id": "upstream-1",
    }
    answer = post(sluice.port, "/mcp", json.dumps(message), headers)
    assert answer.status == 200, answer
    (received,) = upstream.take()
    assert received.all("Mcp-Session-Id") == []


def test_the_session_is_said_again_as_the_client_knows_it(sluice, upstream, token, session):
    upstream.behave = lambda client, received: client.send(
        json_answer(result_of(received), b"Mcp-Session-Id: upstream-1\r\n")
    )
    assert ask(sluice.port, token, session).get("Mcp-Session-Id") == session


@pytest.mark.parametrize("bad", [b"a b", b"caf\xe9", b"x" * 600])
def test_an_upstream_that_names_no_session_is_not_believed(sluice, upstream, token, bad):
    upstream.behave = lambda client, received: client.send(
        json_answer(result_of(received), b"Mcp-Session-Id: %s\r\n" % bad)
    )
    assert ask(sluice.port, token, None, message=INITIALIZE).status == 502


def ready(sluice):
    """Once its keys have come out of the store."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if get(sluice.port, "/readyz").status == 200:
                return sluice
        except (PeerClosed, OSError):
            pass
        time.sleep(0.05)
    raise AssertionError(sluice.output())


@pytest.mark.parametrize("cores", ["1", "2"])
def test_sessions_outlive_a_restart(start, upstream, tmp_path, cores):
    storage = f'engine = "sqlite"\npath = "{tmp_path}/state.db"'
    first = ready(start(storage=storage, cores=cores))
    tokens = obtain_tokens(Browser(first), scope="mcp:read mcp:write", resource=first.resource)
    token = tokens["access_token"]
    session = open_session(first.port, upstream, token, "kept")
    first.kill()
    second = ready(start(port=first.port, storage=storage, cores=cores))
    for _ in range(8):  # each over a connection of its own: on any core
        assert ask(second.port, token, session).status == 200
    assert {received.all("Mcp-Session-Id")[0] for received in upstream.take()} == {"kept"}
