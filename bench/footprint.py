#!/usr/bin/env python3
"""Start and memory: from exec to the first answer, resident idle, a kept-alive connection, a live opaque token.

bench/footprint.py [--sluice PATH] writes bench/results/footprint.md; `make bench` measures the same.
"""
import argparse
import base64
import datetime
import pathlib
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONNECTIONS = 10_000
TOKENS = 1_000_000
STARTS = 9
SECRET = "footprint-secret-0123456789abcdef0123456789abcdef"

CONFIG = """
[server]
listen = ["127.0.0.1:{port}"]
public_url = "http://127.0.0.1:{port}"
cores = {cores}
idle_timeout = "1h"
[log]
level = "warning"
[storage]
engine = "memory"
[auth]
default_scope = "mcp:read"
access_token_ttl = "30d"
rate_limit = {{ requests = 1000000000, window = "1m" }}
[auth.scopes]
"mcp:read" = "Read"
[[auth.user]]
username = "alice"
password = "correct horse battery"
[[auth.client]]
client_id = "app"
client_secret = "{secret}"
auth_method = "client_secret_basic"
grant_types = ["client_credentials"]
scope = "mcp:read"
introspect = true
[[resource]]
path = "/mcp"
name = "Notes"
upstream = "http://127.0.0.1:9/mcp"
required_scopes = ["mcp:read"]
[[resource.tool]]
match = ".*"
scopes = ["mcp:read"]
[resource.friction]
enabled = true
[resource.friction.tools.delete_note]
target_rate = 0.03
"""
PING = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"


class Sluice:
    """A running server; `start_s` is what it took to its first answer."""

    def __init__(self, binary, cores=1):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.file = tempfile.NamedTemporaryFile("w", suffix=".toml")
        self.file.write(CONFIG.format(port=self.port, cores=cores, secret=SECRET))
        self.file.flush()
        began = time.monotonic()
        self.child = subprocess.Popen([str(binary), "serve", "--config", self.file.name], stderr=subprocess.PIPE)
        while not self.answers():
            if self.child.poll() is not None or time.monotonic() > began + 20:
                self.child.kill()
                sys.exit("sluice does not start: " + self.child.stderr.read().decode())
        self.start_s = time.monotonic() - began

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(30)

    def connect(self):
        client = socket.socket()
        client.connect(("127.0.0.1", self.port))
        return client

    def answers(self):
        try:
            with self.connect() as client:
                client.sendall(PING)
                return client.recv(4096).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def resident(self):
        """Bytes: all that is resident, and what of it is the process's own."""
        text = pathlib.Path(f"/proc/{self.child.pid}/smaps_rollup").read_text()
        kib = {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+) kB", text, re.M)}
        return kib["Rss"] * 1024, kib["Anonymous"] * 1024


def settled(sluice):
    """Resident bytes once they stand still."""
    before = -1
    while before != (before := sluice.resident()[0]):
        time.sleep(0.3)
    return before


def measure_start(binary):
    times = []
    for _ in range(STARTS):
        with Sluice(binary, cores=0) as sluice:
            times.append(sluice.start_s * 1000)
    return statistics.median(times)


def measure_idle(binary, cores):
    with Sluice(binary, cores) as sluice:
        settled(sluice)
        return [size / 2**20 for size in sluice.resident()]


def measure_connection(binary):
    """Each connection has made one request and is kept alive."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    count = min(CONNECTIONS, limit - 200)
    with Sluice(binary) as sluice:
        for _ in range(2000):  # every buffer that requests come into has been used
            assert sluice.answers()
        before = settled(sluice)
        clients = []
        for _ in range(count):
            clients.append(client := sluice.connect())
            client.sendall(PING)
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
        after = settled(sluice)
        for client in clients:
            client.close()
    return (after - before) / count


def issue(client, count):
    """`count` tokens of client_credentials, pipelined."""
    credentials = base64.b64encode(f"app:{SECRET}".encode()).decode()
    body = "grant_type=client_credentials"
    head = (f"POST /token HTTP/1.1\r\nHost: a\r\nAuthorization: Basic {credentials}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n")
    batch = 100
    requests = (head + body).encode() * batch
    for _ in range(count // batch):
        client.sendall(requests)
        answers = b""
        while answers.count(b'"access_token"') < batch or not answers.endswith(b"}"):
            answers += client.recv(1 << 20)
        assert answers.count(b"HTTP/1.1 200") == batch, answers[:500]


def measure_token(binary):
    """Bytes a token at TOKENS, and the most at any count from a tenth of that on."""
    step = TOKENS // 20
    with Sluice(binary) as sluice, sluice.connect() as client:
        issue(client, 1000)
        before = settled(sluice)
        each = []
        for number in range(1, 21):
            issue(client, step)
            each.append((sluice.resident()[0] - before) / (number * step))
        last = (settled(sluice) - before) / TOKENS
    return last, max(each[1:])


def measure(binary):
    """What was measured, by what the targets are called."""
    token, token_max = measure_token(binary)
    one, one_own = measure_idle(binary, 1)
    two, two_own = measure_idle(binary, 2)
    return {"start to first answer": measure_start(binary),
            "resident memory idle, one core": one,
            "resident memory idle, two cores": two,
            "of it not of files, one core": one_own,
            "of it not of files, two cores": two_own,
            "an idle connection": measure_connection(binary),
            f"a live opaque token, of {TOKENS:,}": token,
            f"a live opaque token, at the worst of {TOKENS // 10:,} to {TOKENS:,}": token_max}


# What is to hold: at most so much.
LIMITS = {"start to first answer": (50, "ms"),
          "resident memory idle, one core": (24, "MiB"),
          "resident memory idle, two cores": (24, "MiB"),
          "an idle connection": (4096, "B"),
          f"a live opaque token, of {TOKENS:,}": (256, "B"),
          f"a live opaque token, at the worst of {TOKENS // 10:,} to {TOKENS:,}": (256, "B")}
ABOUT = (f"From exec to the first answer, median of {STARTS}; resident memory after one request; resident memory of "
         f"{CONNECTIONS:,} kept-alive connections that made one request each; of tokens of client_credentials, each with a "
         "grant of its own.")


def main():
    sys.path.insert(0, str(ROOT / "bench" / "scenario"))
    from machine import machine
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sluice", type=pathlib.Path, default=ROOT / "build/release/sluice")
    arguments = parser.parse_args()
    figures = measure(arguments.sluice)
    lines = ["# Memory and start", "", ABOUT, "", *(f"- {line}" for line in machine()),
             f"- command: `bench/footprint.py`, {datetime.date.today()}", "",
             "| what | at most | measured | |", "|---|---|---|---|"]
    for what, value in figures.items():
        limit, unit = LIMITS.get(what, (None, "MiB"))
        verdict = "" if limit is None else "met" if value <= limit else f"missed by {(value / limit - 1) * 100:.0f} %"
        most = "" if limit is None else f"{limit} {unit}"
        lines.append(f"| {what} | {most} | {value:.4g} {unit} | {verdict} |")
    text = "\n".join(lines) + "\n"
    (ROOT / "bench" / "results" / "footprint.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
