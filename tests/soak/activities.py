"""What goes on during a soak, each on a thread of its own, at a modest pace."""

import itertools
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from http_request import basic, post, post_form, request_bytes
from oauth import Browser, authorization, is_active, obtain_tokens, refresh
from sessions import INITIALIZE
from sluice import CONF_SECRET, PASSWORD, RS_SECRET, Sluice
from wire import exchange

HERE = Path(__file__).parent
# The MCP server may be away at any time.
AWAY = (502, 503, 504)


@dataclass
class World:
    sluice: Sluice
    upstream_port: int
    folder: Path


class Activity:
    """Repeats round() until it is stopped; keeps what went wrong."""

    pause_s = 0.1

    def __init__(self, world: World):
        self.world = world
        self.sluice = world.sluice
        self.name = type(self).__name__
        self.rounds = 0
        self.faults: list[str] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.dice = random.Random(self.name)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(60)
        if self._thread.is_alive():
            self.faults.append("it does not come back")

    def expect(self, fine: bool, what: object) -> None:
        if not fine:
            raise AssertionError(str(what)[:400])

    def round(self) -> None:
        raise NotImplementedError

    def _run(self) -> None:
        while not self._stopping.wait(self.pause_s) and self.sluice.alive():
            try:
                self.round()
                self.rounds += 1
            except Exception as error:  # noqa: BLE001: each is a finding
                self.faults.append(f"{type(error).__name__}: {error}")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.sluice.port), timeout=20)

    def token(self, browser: Browser) -> dict:
        return obtain_tokens(browser, resource=self.sluice.resource, scope="mcp:read mcp:write")

    def mcp(self, token: str, message: dict, headers: dict | None = None):
        given = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        } | (headers or {})
        return post(self.sluice.port, "/mcp", json.dumps(message), given)


class People(Activity):
    """Sign in, consent, refresh, introspect, revoke: a token that was revoked is dead."""

    def round(self) -> None:
        tokens = self.token(Browser(self.sluice))
        self.expect(is_active(self.sluice, tokens["access_token"]), "a new token")
        again = refresh(self.sluice, tokens["refresh_token"])
        self.expect(again.status == 200, again)
        newest = again.json()
        pairs = {"token": newest["refresh_token"], "client_id": "pub"}
        self.expect(post_form(self.sluice.port, "/revoke", pairs).status == 200, "revocation")
        for token in (tokens["access_token"], newest["access_token"]):
            self.expect(not is_active(self.sluice, token), "a token of a revoked grant")


class Registrations(Activity):
    """Most are never used; one in ten signs somebody in."""

    pause_s = 0.02

    def round(self) -> None:
        confidential = self.dice.random() < 0.5
        document = {
            "client_name": f"client {self.rounds}",
            "redirect_uris": ["https://app.example/cb"],
            "token_endpoint_auth_method": "client_secret_basic" if confidential else "none",
        }
        headers = {"Content-Type": "application/json"}
        answer = post(self.sluice.port, "/register", json.dumps(document), headers)
        self.expect(answer.status == 201, answer)
        if self.rounds % 10:
            return
        client_id = answer.json()["client_id"]
        browser = Browser(self.sluice)
        asked = authorization(client_id, redirect_uri="https://app.example/cb")
        location = browser.authorize(asked).get("Location") or ""
        self.expect("code=" in location, location)


class WrongGuesses(Activity):
    """Passwords, secrets and bearer tokens of nobody, from many addresses."""

    _addresses = itertools.cycle(f"127.9.{a}.{b}" for a in range(1, 250) for b in range(1, 250))

    def round(self) -> None:
        source = next(self._addresses)
        wrong = {"Authorization": basic("conf", "canary-wrong")}
        pairs = {"grant_type": "client_credentials"}
        answer = post_form(self.sluice.port, "/token", pairs, wrong, source)
        self.expect(answer.status in (401, 429), answer)
        headers = {"Authorization": "Bearer sat_nobody", "Content-Type": "application/json"}
        answer = post(self.sluice.port, "/mcp", "{}", headers, source)
        self.expect(answer.status in (401, 429), answer)
        if self.rounds % 20 == 0:
            page = Browser(self.sluice, source, "bob").open_consent(authorization(), "wrong")[1]
            self.expect(page.status in (200, 403, 429), page)


class Sessions(Activity):
    """A client of the older era: initialize, list, call, end."""

    def __init__(self, world: World):
        super().__init__(world)
        self.tokens: dict = {}
        self.fresh_until = 0.0

    def round(self) -> None:
        if time.monotonic() > self.fresh_until:
            self.tokens = self.token(Browser(self.sluice))
            self.fresh_until = time.monotonic() + 12
        token = self.tokens["access_token"]
        list_tools = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
        call = {
            "jsonrpc": "2.0",
            "id": self.rounds + 3,
            "method": "tools/call",
            "params": {"name": "read_note", "arguments": {"at": self.rounds}},
        }
        for message in (INITIALIZE, list_tools, call):
            answer = self.mcp(token, message)
            self.expect(answer.status in (200, *AWAY), answer)
            self.expect(answer.status != 200 or "jsonrpc" in answer.text, answer)


class Streams(Sessions):
    """Event streams, left in every way there is."""

    pause_s = 0.05

    def round(self) -> None:
        if time.monotonic() > self.fresh_until:
            self.tokens = self.token(Browser(self.sluice))
            self.fresh_until = time.monotonic() + 12
        headers = {
            "Authorization": f"Bearer {self.tokens['access_token']}",
            "Accept": "text/event-stream",
        }
        with self.connect() as sock:
            sock.sendall(request_bytes("GET", "/mcp", headers))
            head = sock.recv(4096)
            self.expect(int(head[9:12] or b"0") in (200, *AWAY), head)
            time.sleep(self.dice.random() * 0.3)
            way = self.dice.randrange(3)
            if way == 0:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif way == 1:
                sock.shutdown(socket.SHUT_WR)


class Resets(Activity):
    """Connections that are reset in the middle of a request or before its answer."""

    pause_s = 0.01

    def round(self) -> None:
        whole = request_bytes(
            "POST",
            "/introspect",
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Authorization": basic("rs", RS_SECRET),
            },
            b"token=sat_" + b"x" * 200,
        )
        with self.connect() as sock:
            sock.sendall(whole[: self.dice.randrange(1, len(whole) + 1)])
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class HalfCloses(Activity):
    """A client that has said all it wants to say still gets its answer."""

    def round(self) -> None:
        target = "/.well-known/oauth-authorization-server"
        with self.connect() as sock:
            sock.sendall(request_bytes("GET", target))
            sock.shutdown(socket.SHUT_WR)
            got = b""
            while piece := sock.recv(65536):
                got += piece
        self.expect(got.startswith(b"HTTP/1.1 200") and got.endswith(b"}"), got[:200])


class Restarts(Activity):
    """Ends the MCP server and starts it again."""

    pause_s = 8.0

    def __init__(self, world: World):
        super().__init__(world)
        self._child = self._start_upstream()

    def _start_upstream(self) -> subprocess.Popen:
        command = [sys.executable, str(HERE / "upstream_process.py"), str(self.world.upstream_port)]
        return subprocess.Popen(command)

    def round(self) -> None:
        self.expect(self._child.poll() is None, "the MCP server ended by itself")
        self._child.send_signal(self.dice.choice((signal.SIGKILL, signal.SIGTERM)))
        self._child.wait()
        time.sleep(self.dice.random())
        self._child = self._start_upstream()

    def stop(self) -> None:
        super().stop()
        self._child.kill()
        self._child.wait()


class Loadgen(Activity):
    """sluice-loadgen's mix, a minute at a time."""

    pause_s = 0.5
    minute_s = 20  # tokens live for so long

    def round(self) -> None:
        sluice = self.sluice
        report = self.world.folder / "mix.json"
        command = [
            os.environ["LOADGEN_BINARY"],
            "mix",
            sluice.origin,
            *("--mix", "introspect=50,token=20,refresh=5,decision=20,authorize-to-token=1"),
            *("--rate", "200", "--arrivals", "random", "--connections", "16", "--tokens", "500"),
            *("--duration", f"{self.minute_s - 8}s", "--timeout", "20s", "--max-errors", "0"),
            *("--client", f"conf:{CONF_SECRET}", "--caller", f"rs:{RS_SECRET}"),
            *("--user", f"alice:{PASSWORD}", "--public-client", "pub"),
            *("--redirect-uri", "http://127.0.0.1:7777/cb"),
            *("--resource", sluice.resource, "--scope", "mcp:read", "--tool", "read_note"),
            *("--quiet", "--json", str(report)),
        ]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
        self.expect(ended.returncode == 0, ended.stdout[-1500:] + ended.stderr[-1500:])


ACTIVITIES = [
    People,
    Registrations,
    WrongGuesses,
    Sessions,
    Streams,
    Resets,
    HalfCloses,
]
