"""In steady state no request allocates: counted in the real binary, by a library that is preloaded into it."""

import base64
import http.client
import json
import subprocess
from pathlib import Path

import pytest
from oauth import Browser, obtain_tokens
from sessions import open_session
from sluice import CONF_SECRET, RS_SECRET, SANITIZED, Sluice

pytestmark = pytest.mark.skipif(SANITIZED, reason="a sanitizer has an allocator of its own")

SUPPORT = Path(__file__).resolve().parent / "support"
REQUESTS = 1000
# What the clock brings while they are sent: a timer's list that grows, a sweep, a chunk of the log.
BY_THE_CLOCK = REQUESTS // 20
WARM_UP = 300

TOOL_CALL = {
    "jsonrpc": "2.0",
    "id": 7,
    "method": "tools/call",
    "params": {"name": "read_note", "arguments": {"id": "n-4711", "format": "markdown"}},
}


class Counted:
    """A sluice whose allocations are counted, one connection to it, and a token of a person."""

    def __init__(self, upstream: str, folder: Path, library: Path, cores: str):
        self.count_file = folder / "allocations"
        prefix = ["env", f"LD_PRELOAD={library}", f"ALLOCATIONS={self.count_file}"]
        self.sluice = Sluice(upstream, command_prefix=prefix, cores=cores, rate_limit="1000000")
        tokens = obtain_tokens(
            Browser(self.sluice), scope="mcp:read mcp:write", resource=self.sluice.resource
        )
        self.token = tokens["access_token"]
        self.connection = http.client.HTTPConnection("127.0.0.1", self.sluice.port, timeout=10)

    def allocations(self) -> int:
        return int.from_bytes(self.count_file.read_bytes(), "little")

    def post(self, path: str, body: str, fields: dict) -> dict:
        self.connection.request("POST", path, body, fields)
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return json.loads(text)

    def allocated_by(self, send) -> int:
        """What REQUESTS calls of `send` allocate, once everything that is reused is there."""
        for _ in range(WARM_UP):
            send()
        before = self.allocations()
        assert before > 1000, "nothing is counted"
        for _ in range(REQUESTS):
            send()
        return self.allocations() - before


def basic(client: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()


def form_fields(client: str, secret: str) -> dict:
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": basic(client, secret),
    }


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = tmp_path_factory.mktemp("library") / "count_allocations.so"
    source = SUPPORT / "count_allocations.c"
    subprocess.run(["clang-19", "-O1", "-shared", "-fPIC", "-o", path, source], check=True)
    return path


@pytest.fixture(scope="module", params=["1", "2"], ids=["one core", "two cores"])
def counted(request, tmp_path_factory, shared_upstream, library):
    running = Counted(shared_upstream.url, tmp_path_factory.mktemp("counted"), library, request.param)
    yield running
    running.sluice.stop()


def test_introspecting_a_token_allocates_nothing(counted):
    def send():
        answer = counted.post("/introspect", f"token={counted.token}", form_fields("rs", RS_SECRET))
        assert answer["active"] is True

    assert counted.allocated_by(send) < BY_THE_CLOCK


def test_issuing_a_token_allocates_nothing_but_its_place(counted):
    body = "grant_type=client_credentials&scope=mcp%3Aread+mcp%3Awrite"

    def send():
        answer = counted.post("/token", body, form_fields("conf", CONF_SECRET))
        assert answer["scope"] == "mcp:read mcp:write"

    # Tokens live on: their tables grow by large pieces.
    assert counted.allocated_by(send) < 2 * BY_THE_CLOCK


def test_forwarding_a_tool_call_allocates_nothing(counted, upstream):
    fields = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "Authorization": f"Bearer {counted.token}",
    }

    def send():
        assert "result" in counted.post("/mcp", json.dumps(TOOL_CALL), fields)

    assert counted.allocated_by(send) < BY_THE_CLOCK


def test_a_session_allocates_nothing(counted, upstream):
    session = open_session(counted.sluice.port, upstream, counted.token, "s-0123456789abcdef")
    fields = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "Authorization": f"Bearer {counted.token}",
        "Mcp-Session-Id": session,
    }

    def send():
        assert "result" in counted.post("/mcp", json.dumps(TOOL_CALL), fields)

    assert counted.allocated_by(send) < BY_THE_CLOCK


def test_a_decision_allocates_nothing(counted):
    question = {"token": counted.token, "resource": counted.sluice.resource, "tool": "read_note"}
    fields = {"Content-Type": "application/json", "Authorization": basic("rs", RS_SECRET)}

    def send():
        answer = counted.post("/v1/decision", json.dumps(question), fields)
        assert answer["allowed"] is True, answer

    assert counted.allocated_by(send) < BY_THE_CLOCK


def test_a_decision_refused_for_scopes_allocates_nothing(counted):
    tokens = obtain_tokens(
        Browser(counted.sluice), scope="mcp:read", resource=counted.sluice.resource
    )
    question = {
        "token": tokens["access_token"],
        "resource": counted.sluice.resource,
        "tool": "delete_note",
    }
    fields = {"Content-Type": "application/json", "Authorization": basic("rs", RS_SECRET)}

    def send():
        answer = counted.post("/v1/decision", json.dumps(question), fields)
        assert answer["reason"] == "insufficient_scope", answer

    assert counted.allocated_by(send) < BY_THE_CLOCK
