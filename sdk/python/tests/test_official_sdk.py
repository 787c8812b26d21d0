"""An MCP server of the official SDK, 1.x and 2.x, over HTTP, with the verifier and friction in front of its tools."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support import API_KEY, OTHER_RESOURCE, Server, wait_until_listening

HERE = Path(__file__).parent


@pytest.fixture(scope="module", params=["official", "fastmcp"])
def tools(server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an MCP server that lets Sluice verify its tokens."""
    if request.param == "fastmcp":
        pytest.importorskip("fastmcp")
    port = server.others.pop()
    environment = os.environ | {"SLUICE_URL": server.url, "SLUICE_API_KEY": API_KEY}
    program = HERE / "servers" / f"{request.param}_server.py"
    child = subprocess.Popen([sys.executable, str(program), str(port)], env=environment)
    try:
        wait_until_listening(port, child)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        child.terminate()
        child.wait(15)


def call(url: str, token: str | None, tool: str, **arguments: Any) -> httpx.Response:
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    return httpx.post(url, json=message, headers=headers, timeout=20)


def result(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    text = response.text
    if response.headers["content-type"].startswith("text/event-stream"):
        text = next(line[5:] for line in text.splitlines() if line.startswith("data:") and "result" in line)
    answer: dict[str, Any] = json.loads(text)["result"]
    return answer


def test_a_good_token_runs_tools(server: Server, tools: str) -> None:
    answer = result(call(tools, server.token(resource=tools), "whoami"))
    assert not answer.get("isError") and "agent" in answer["content"][0]["text"]


@pytest.mark.parametrize("token", [None, "made-up"])
def test_others_are_challenged_with_the_metadata(server: Server, tools: str, token: str | None) -> None:
    response = call(tools, token, "whoami")
    assert response.status_code == 401
    field = response.headers["www-authenticate"]
    url = field.split('resource_metadata="')[1].split('"')[0]
    document = httpx.get(url).json()
    assert document["authorization_servers"][0].rstrip("/") == server.url and document["resource"] == tools


def test_a_token_for_another_server_is_refused(server: Server, tools: str) -> None:
    assert call(tools, server.token(resource=OTHER_RESOURCE), "whoami").status_code == 401


def test_a_loop_reads_that_it_is_held_back(server: Server, tools: str) -> None:
    token = server.token(resource=tools)
    for _ in range(60):
        answer = result(call(tools, token, "delete_note", note=1))
        if answer.get("isError"):
            break
    assert answer.get("isError") and "held back" in answer["content"][0]["text"]
    assert not result(call(tools, token, "whoami")).get("isError")
