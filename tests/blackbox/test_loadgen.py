"""The load generator's scenarios, each for a moment, against the real server."""

import json
import os
import re
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from sluice import BINARY, CONF_SECRET, PASSWORD, RS_SECRET, SANITIZER_REPORT, free_port
from streams import StreamingUpstream
from tls import make_certificate
from upstream import Received, result_of

LOADGEN = os.environ.get("LOADGEN_BINARY", str(Path(BINARY).parent / "sluice-loadgen"))
CLIENTS = ["--client", f"conf:{CONF_SECRET}", "--caller", f"rs:{RS_SECRET}", "--scope", "mcp:read"]
USER = ["--user", f"alice:{PASSWORD}"]
QUIET = ["-c", "4", "--tokens", "20", "-q"]
BRIEF = [*QUIET, "-n", "200"]
TIMED = [*QUIET, "-d", "200ms", "-w", "50ms"]

pytestmark = pytest.mark.skipif(not Path(LOADGEN).exists(), reason="sluice-loadgen is not built")


def load(*words: str, status: int = 0, limit_s: float = 20) -> dict:
    """The run's JSON; `status` is how the program has to end."""
    command = [LOADGEN, *words, "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s)
    assert not SANITIZER_REPORT.search(done.stderr), done.stderr[-4000:]
    assert done.returncode == status, (done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return json.loads(done.stdout) if done.stdout else {"message": done.stderr}


def check_good(run: dict, at_least: int = 3) -> None:
    totals, latency = run["totals"], run["latency_us"]
    assert totals["failed"] == 0 and run["errors"] == {}, run["error_samples"]
    assert totals["done"] >= at_least and latency["count"] == totals["done"]
    assert totals["requests"] >= totals["done"]
    assert 0 < latency["min"] <= latency["p50"] <= latency["p99"] <= latency["p99_99"] <= latency["max"]
    assert sum(second["done"] for second in run["timeline"]) == totals["done"]
    assert run["curve_us"][-1] == [1, latency["max"]]
    assert 0 < run["generator"]["cpu_us_per_request"]


@pytest.mark.parametrize("scenario", ["introspect", "token"])
@pytest.mark.parametrize("how", [[], ["--rate", "500"], ["--new-connections"], ["-t", "2", "-p", "4"]])
def test_single_requests(sluice, scenario, how):
    pid = str(sluice.child.pid)
    run = load(scenario, sluice.origin, *CLIENTS, *TIMED, *how, "--server-pid", pid)
    check_good(run)
    assert run["server"]["cpu_s"] >= 0 and run["server"]["resident_bytes"] > 0
    if "--rate" in how:
        assert run["settings"]["loop"] == "open"
        assert abs(run["totals"]["done"] - 100) <= 1, "an open loop sends what is due, no more"
        assert run["generator"]["late_us"]["count"] > 0
    if "--new-connections" in how:
        assert run["totals"]["connects"] >= run["totals"]["done"] - 4


def test_a_number_of_requests_is_that_number(sluice):
    run = load("get", f"{sluice.origin}/healthz", "-n", "500", "-t", "2", "-c", "8", "-q", "--expect", '"ok"')
    check_good(run)
    assert run["totals"]["done"] == 500
    paced = load("get", f"{sluice.origin}/healthz", "-n", "50", "--rate", "200", "-c", "8", "-q")
    assert paced["totals"]["done"] == 50
    assert 0.2 < paced["totals"]["seconds"] < 2


@pytest.mark.parametrize("more", [[], ["--new-connections"], ["--stay-signed-in"]])
def test_authorize_to_token(sluice, more):
    words = ["-c", "1", "-n", "3", "-q", *more]
    run = load("authorize-to-token", sluice.origin, *USER, "--redirect-uri", "http://127.0.0.1:7777/cb", *words)
    check_good(run)
    done = {one["name"]: one["done"] for one in run["operations"]}
    sign_ins = 1 if "--stay-signed-in" in more else 3
    assert done["authorize: token"] == done["authorize: consent"] == 3
    assert done["authorize: sign-in"] == sign_ins
    assert done["authorize: page"] == 3 + sign_ins, "signing in leads back to the page"


def test_refresh(sluice):
    run = load("refresh", sluice.origin, *USER, *BRIEF, "-c", "2")
    check_good(run)


def test_mix(sluice):
    run = load("mix", sluice.origin, "--mix", "introspect=8,token=2", *CLIENTS, *BRIEF)
    check_good(run)
    done = {one["name"]: one["done"] for one in run["operations"]}
    assert done["introspect"] > done["token"] > 0


def as_events(client, received: Received) -> None:
    event = b"event: message\ndata: " + result_of(received) + b"\n\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    client.send(head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(event), event))


def test_decision(sluice):
    words = ["--resource", sluice.resource, "--tool", "read_note"]
    check_good(load("decision", sluice.origin, *CLIENTS, *BRIEF, *words))
    refused = load("decision", sluice.origin, *CLIENTS, *BRIEF, *words, "--tool", "delete_note", status=1)
    assert refused["totals"]["done"] == 0 and set(refused["errors"]) == {"content"}


@pytest.mark.parametrize("answers", ["json", "events"])
def test_tools_call(sluice, upstream, answers):
    if answers == "events":
        upstream.behave = as_events
    words = ["--resource", sluice.resource, "--tool", "read_note", "--arguments", '{"id":1}']
    run = load("tools-call", sluice.origin, *CLIENTS, *BRIEF, *words)
    check_good(run)
    body = json.loads(upstream.take()[-1].body)
    assert body["params"] == {"name": "read_note", "arguments": {"id": 1}}


def test_idle_streams(sluice, upstream):
    streaming = StreamingUpstream(upstream)
    words = ["--resource", sluice.resource, "-c", "50", "-d", "1s", "-w", "0s", "--tokens", "5", "-q"]
    run = load("idle-streams", sluice.origin, *CLIENTS, *words)
    assert run["totals"]["failed"] == 0, run["error_samples"]
    assert run["totals"]["done"] == run["totals"]["open_streams"] == 50
    assert run["totals"]["events"] == 50, "each stream brings one event"
    streaming.wait_until_open(0)


def test_a_wrong_token_is_an_error_and_no_success(sluice, tmp_path):
    tokens = tmp_path / "tokens"
    tokens.write_text("sat_nobody-issued-this\n")
    words = ["--caller", f"rs:{RS_SECRET}", "--token-file", str(tokens), *BRIEF]
    run = load("introspect", sluice.origin, *words, status=1)
    assert run["totals"]["done"] == 0 and run["totals"]["failed"] == 200
    assert set(run["errors"]) == {"content"}
    assert any('"active":false' in sample for sample in run["error_samples"])


def test_a_wrong_secret_is_counted_by_its_status(sluice):
    words = ["post", f"{sluice.origin}/introspect", "-H", "Content-Type: application/x-www-form-urlencoded"]
    run = load(*words, "--body", "token=x", *BRIEF, status=1)
    assert set(run["errors"]) == {"status_4xx"} and set(run["wrong_statuses"]) == {"401"}
    assert run["totals"]["done"] == 0
    allowed = load(*words, "--body", "token=x", *BRIEF, "--expect-status", "401")
    assert allowed["totals"]["failed"] == 0 and allowed["totals"]["done"] > 0


def test_no_tokens_no_run(sluice):
    words = ["--client", "nobody:wrong-secret", "--caller", f"rs:{RS_SECRET}", *BRIEF]
    message = load("introspect", sluice.origin, *words, status=1)["message"]
    assert "no tokens to measure with" in message and "401" in message


def test_a_server_that_is_not_there_is_an_error(sluice):
    run = load("get", f"http://127.0.0.1:{free_port()}/", *TIMED, status=1)
    assert run["totals"]["done"] == 0 and set(run["errors"]) == {"connect"}


class Server:
    """A thread for each connection, which _serve() has for itself."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        raise NotImplementedError


class Numbered(Server):
    """Answers each path with its status."""

    def __init__(self, statuses: dict[bytes, int]):
        self.statuses = statuses
        super().__init__()

    def _serve(self, connection: socket.socket) -> None:
        while request := connection.recv(4096):
            status = self.statuses[request.split(b" ")[1]]
            connection.sendall(b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\nok" % status)


class Stalling(Server):
    """Answers at once, but is silent for a while in the middle."""

    def __init__(self, silent_from_s: float, silent_for_s: float):
        self.silent = (silent_from_s, silent_from_s + silent_for_s)
        self.begun: float | None = None
        super().__init__()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while connection.recv(4096):
            now = time.monotonic()
            self.begun = self.begun or now
            begin, end = self.silent
            if begin <= now - self.begun < end:
                time.sleep(self.begun + end - now)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def test_a_stall_cannot_hide_in_an_open_loop():
    """Half a second of silence in two: a quarter of the requests fall due in it, and wait for its end."""
    server = Stalling(0.5, 0.5)
    words = ["-c", "1", "-d", "2s", "-w", "0s", "-q"]
    run = load("get", server.origin, *words, "--rate", "200")
    assert run["totals"]["failed"] == 0 and run["totals"]["done"] == 400
    assert run["latency_us"]["max"] > 450_000
    assert run["latency_us"]["p90"] > 150_000, "who was held up by the stall waited, too"
    server = Stalling(0.5, 0.5)
    closed = load("get", server.origin, *words)
    assert closed["latency_us"]["p99"] < 100_000, "a closed loop sees the stall in one request"


def test_a_rate_that_is_too_high_is_said(sluice):
    server = Stalling(0, 100)
    run = load("get", server.origin, "-c", "2", "-d", "300ms", "-w", "0s", "--rate", "100", "--timeout", "300ms", "-q", status=1)
    assert run["errors"]["timeout"] >= 2 and run["errors"]["unsent"] > 0
    assert run["totals"]["done"] == 0 and run["totals"]["failed"] == 30
    assert any("the rate was too much" in warning for warning in run["warnings"])


def test_the_errors_that_are_allowed(sluice):
    """Two of three paths exist: {{n}} counts 1, 2, 3."""
    paths = Numbered({b"/1": 200, b"/2": 200, b"/3": 404})
    words = ["get", f"{paths.origin}/", "--path", "/{{n}}", "-n", "3", "-c", "1", "-q"]
    assert load(*words, status=1)["wrong_statuses"] == {"404": 1}
    load(*words, "--max-errors", "1")
    load(*words, "--max-errors", "34%")
    load(*words, "--max-errors", "33%", status=1)


def test_the_report_stands_alone(sluice, tmp_path):
    first, page = tmp_path / "first.json", tmp_path / "report.html"
    words = ["get", f"{sluice.origin}/healthz", *BRIEF]
    subprocess.run([LOADGEN, *words, "--label", "before </script><b>", "--json", first], check=True, capture_output=True)
    html = tmp_path / "second.html"
    subprocess.run([LOADGEN, *words, "--html", html, "--compare", first], check=True, capture_output=True)
    subprocess.run([LOADGEN, "report", first, "-o", page], check=True)
    for file, runs in ((html, 2), (page, 1)):
        text = file.read_text()
        assert not re.search(r"""(?:src|href)\s*=|url\(|@import|https?://(?!127\.0\.0\.1|www\.w3\.org/2000/svg)""", text)
        data = re.search(r'<script type="application/json" id="runs">(.*?)</script>', text, re.S)[1]
        assert len(json.loads(data)) == runs
        assert json.loads(data)[-1]["label"] == "before </script><b>"


def test_mistakes_are_named():
    done = subprocess.run([LOADGEN, "introspect", "http://127.0.0.1:1"], capture_output=True, text=True)
    assert done.returncode == 2 and "--client ID:SECRET" in done.stderr
    help_text = subprocess.run([LOADGEN, "--help"], capture_output=True, text=True)
    assert help_text.returncode == 0 and "Examples:" in help_text.stdout


@pytest.fixture
def secure(start, tmp_path):
    """(a sluice that speaks TLS at `port`, its certificate, port)"""
    certificate = make_certificate(tmp_path, "loaded", "localhost")
    port = free_port()
    listen = f'[server.tls]\nlisten = ["127.0.0.1:{port}"]\ncertificate = "{certificate.certificate}"\nkey = "{certificate.key}"'
    running = start(more_server=listen)
    deadline = time.monotonic() + 5
    while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return running, certificate.certificate, port


def test_https(secure):
    _, certificate, port = secure
    url = f"https://localhost:{port}"
    words = ["introspect", url, *CLIENTS, *BRIEF]
    run = load(*words, "--ca", str(certificate), "-p", "2")
    check_good(run)
    assert run["totals"]["tls"].startswith("TLSv1.3") and "X25519MLKEM768" in run["totals"]["tls"]
    check_good(load(*words, "--insecure", "--rate", "200"))
    fresh = load("get", f"{url}/healthz", *BRIEF, "--insecure", "--new-connections")
    check_good(fresh)
    assert fresh["totals"]["connects"] > 0 and fresh["totals"]["tls_resumed"] == 0
    resumed = load("get", f"{url}/healthz", *BRIEF, "--insecure", "--new-connections", "--resume")
    check_good(resumed)
    assert resumed["totals"]["tls_resumed"] > 0


def test_https_that_nobody_vouches_for_is_an_error(secure):
    running, certificate, port = secure
    other = make_certificate(certificate.parent, "other", "localhost").certificate
    for words in ([], ["--ca", str(other)]):
        run = load("get", f"https://localhost:{port}/healthz", *TIMED, *words, status=1)
        assert run["totals"]["done"] == 0 and set(run["errors"]) == {"tls"}
    plain = load("get", f"https://localhost:{running.port}/healthz", *TIMED, "--insecure", status=1)
    assert set(plain["errors"]) == {"tls"}


def test_a_unix_socket(start, tmp_path):
    path = tmp_path / "s"
    start(more_listen=f', "unix:{path}"')
    check_good(load("get", "http://localhost/healthz", *BRIEF, "--unix-socket", str(path)))
