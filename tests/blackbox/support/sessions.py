"""Sessions of MCP's older era, through a gateway."""

import json

from http_request import request_bytes
from upstream import Client, Received, answer_properly, json_answer, result_of
from wire import Answer, exchange

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "t", "version": "1"},
    },
}


def ask(port: int, token: str, session: str | None, method: str = "POST", message: dict | None = None) -> Answer:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
    if session is not None:
        headers["Mcp-Session-Id"] = session
    body = None
    if method == "POST":
        headers["Content-Type"] = "application/json"
        body = json.dumps(message or {"jsonrpc": "2.0", "id": 7, "method": "ping"}).encode()
    return exchange(port, request_bytes(method, "/mcp", headers, body))


def open_session(port: int, upstream, token: str, known_as: str) -> str:
    """What the client gets for a session that the upstream calls `known_as`."""

    def initialize(client: Client, received: Received) -> None:
        client.send(json_answer(result_of(received), f"Mcp-Session-Id: {known_as}\r\n".encode()))

    upstream.behave = initialize
    answer = ask(port, token, None, message=INITIALIZE)
    upstream.behave = answer_properly
    upstream.take()
    assert answer.status == 200, answer
    return answer.get("Mcp-Session-Id")
