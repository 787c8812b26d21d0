"""Listening on a UNIX socket: for curl, for nginx in front, and across restarts."""

import json
import os
import socket
import stat
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from http_request import get, post_form, request_bytes
from sluice import BINARY, configuration, free_port

SHARD_BITS = 48  # a request's id begins with the shard that served it


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "s"


@pytest.fixture
def start_at(start, path):
    def start_one(more_server: str = "", **changes):
        return start(more_listen=f', "unix:{path}"', more_server=more_server, **changes)

    return start_one


@contextmanager
def connected(path: Path):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(str(path))
        yield client


def ask(client: socket.socket, fields: dict[str, str] | None = None) -> bytes:
    client.sendall(request_bytes("GET", "/livez", fields))
    return client.recv(65536)


def lines_of(sluice, message: str) -> list[dict]:
    lines = [json.loads(line) for line in sluice.output().splitlines() if line.startswith("{")]
    return [line for line in lines if message in line.values()]


def logged_requests(sluice, count: int) -> list[dict]:
    """Lines of requests, once there are so many: the log is written behind."""
    deadline = time.monotonic() + 5
    while len(requests := lines_of(sluice, "request")) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    return requests


def start_beside(tmp_path: Path, path: Path) -> subprocess.CompletedProcess:
    """A second instance on the same path, which is expected not to start."""
    file = tmp_path / "second.toml"
    second = configuration(free_port(), "http://127.0.0.1:9/mcp", more_listen=f', "unix:{path}"')
    file.write_text(second)
    return subprocess.run(
        [BINARY, "serve", "--config", str(file)], capture_output=True, text=True, timeout=15
    )


def test_curl_is_served_and_named_unix_in_the_log(start_at, path):
    sluice = start_at()
    got = subprocess.run(
        ["curl", "-sS", "--unix-socket", str(path), "http://localhost/livez"],
        capture_output=True,
        text=True,
        timeout=10,
    )
    assert got.stdout == '{"status":"ok"}', got
    assert [line["peer"] for line in logged_requests(sluice, 1)] == ["unix"]
    assert lines_of(sluice, "started")[0]["listen"] == f"unix:{path}"


def test_connections_are_dealt_to_all_cores(start_at, path):
    sluice = start_at(cores="2")
    for _ in range(8):
        with connected(path) as client:
            assert ask(client).startswith(b"HTTP/1.1 200")
    shards = [line["request_id"] >> SHARD_BITS for line in logged_requests(sluice, 8)]
    assert sorted(shards) == [0] * 4 + [1] * 4


def test_the_file_has_its_mode_and_goes_with_the_process(start_at, path):
    sluice = start_at('unix_socket_mode = "0606"')
    assert stat.S_IMODE(path.stat().st_mode) == 0o606
    sluice.stop()
    assert not path.exists()


def test_requests_in_flight_at_the_stop_are_answered(start_at, path, upstream):
    sluice = start_at()
    with connected(path) as first, connected(path) as second:
        for client in (first, second):
            client.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\n")
        time.sleep(0.1)
        sluice.terminate()
        time.sleep(0.1)
        assert not path.exists(), "it accepts no more, so nobody should find it"
        for client in (first, second):
            client.sendall(b"\r\n")
            assert client.recv(65536).startswith(b"HTTP/1.1 200")
    sluice.stop()


def test_whoever_was_let_in_is_answered_when_the_process_stops(start_at, path):
    """Many connect all the time, so that some are being handed from core to core at the stop."""
    sluice = start_at(cores="2")
    answered, broken = [], []

    def keep_asking():
        while True:
            try:
                with connected(path) as client:
                    try:
                        answered.append(ask(client)[:12])
                    except OSError as error:
                        broken.append(error)
            except OSError as error:
                assert isinstance(error, (FileNotFoundError, ConnectionRefusedError)), error
                return

    threads = [threading.Thread(target=keep_asking) for _ in range(16)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    sluice.stop()
    for thread in threads:
        thread.join(10)
    assert broken == [] and set(answered) == {b"HTTP/1.1 200"}
    assert len(answered) > 100


def test_a_killed_process_leaves_nothing_that_keeps_the_next_out(start_at, path):
    start_at().kill()
    assert path.is_socket(), "what a killed process leaves"
    start_at()
    with connected(path) as client:
        assert ask(client).startswith(b"HTTP/1.1 200")


def test_a_live_socket_is_not_taken_over(start_at, path, tmp_path):
    start_at()
    ended = start_beside(tmp_path, path)
    assert ended.returncode == 1, ended
    assert f"cannot listen on unix:{path}: another process listens there" in ended.stderr
    with connected(path) as client:
        assert ask(client).startswith(b"HTTP/1.1 200")


def test_another_kind_of_file_is_left_alone(path, tmp_path):
    path.write_text("precious")
    ended = start_beside(tmp_path, path)
    assert ended.returncode == 1, ended
    assert "not a socket" in ended.stderr and path.read_text() == "precious"


def test_a_draining_process_leaves_the_socket_of_its_successor(start_at, path):
    first = start_at()
    with connected(path) as slow:
        slow.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\n")
        time.sleep(0.1)
        first.terminate()
        time.sleep(0.1)
        start_at()
        slow.sendall(b"\r\n")
        assert slow.recv(65536).startswith(b"HTTP/1.1 200")
    assert first.wait() == 0
    with connected(path) as client:
        assert ask(client).startswith(b"HTTP/1.1 200"), "the successor is still found"


def test_forwarded_addresses_are_believed_only_where_unix_is_trusted(start_at, path):
    fields = {"X-Forwarded-For": "203.0.113.7"}
    peers = {}
    for trusted in ('["0.0.0.0/0"]', '["unix"]'):
        sluice = start_at(f"trusted_proxies = {trusted}")
        with connected(path) as client:
            assert ask(client, fields).startswith(b"HTTP/1.1 200")
        get(sluice.port, "/healthz", fields)  # by TCP
        by_path = {line["path"]: line["peer"] for line in logged_requests(sluice, 2)}
        peers[trusted] = [by_path["/livez"], by_path["/healthz"]]
        sluice.stop()
    assert peers == {
        '["0.0.0.0/0"]': ["unix", "203.0.113.7"],
        '["unix"]': ["203.0.113.7", "127.0.0.1"],
    }


NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    upstream sluice {{ server unix:{path}; keepalive 8; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://sluice; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;
        }}
    }}
}}
"""


@pytest.fixture
def nginx(path, tmp_path):
    """The port of an nginx in front of `path`."""
    port = free_port()
    file = tmp_path / "nginx.conf"
    file.write_text(NGINX.format(folder=tmp_path, path=path, port=port))
    child = subprocess.Popen(
        ["nginx", "-c", str(file), "-e", str(tmp_path / "errors")],
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PATH": os.environ["PATH"] + ":/usr/sbin"},
    )
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)
    yield port
    child.terminate()
    child.wait(10)


def test_nginx_in_front_passes_flows_through(start_at, nginx):
    sluice = start_at('trusted_proxies = ["unix"]')
    for number in range(20):
        form = {"grant_type": "client_credentials", "client_id": "pub", "scope": "mcp:read"}
        refused = post_form(nginx, "/token", form, source=f"127.3.0.{number + 1}")
        assert refused.status == 400 and refused.error == "unauthorized_client", refused
    peers = {line["peer"] for line in logged_requests(sluice, 20)}
    assert peers == {f"127.3.0.{number + 1}" for number in range(20)}
