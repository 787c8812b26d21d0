"""An MCP server made of a raw socket: it keeps every byte it gets and answers as it is told.

It reads more strictly than RFC 9112 asks for: what it finds odd stands in `faults`, so that a
gateway that passes a framing trick on is found out.
"""

import json
import re
import socket
import ssl
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Callable

REQUEST_LINE = re.compile(rb"(GET|POST|DELETE) (/[!-~]*) HTTP/1\.1")
NAME, VISIBLE, TEXT = (
    rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+",
    rb"[\x21-\x7e\x80-\xff]",
    rb"[\t\x20-\x7e\x80-\xff]*",
)
FIELD_LINE = re.compile(rb"(%s): (%s(?:%s%s)?)?" % (NAME, VISIBLE, TEXT, VISIBLE))


@dataclass
class Received:
    raw: bytes
    method: str = ""
    target: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    connection: int = 0

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.fields if known.lower() == name.lower()]

    @property
    def names(self) -> set[str]:
        return {name.lower() for name, _ in self.fields}


class Client:
    """One connection of the gateway's, as the upstream sees it."""

    def __init__(self, sock: socket.socket, number: int):
        self.socket = sock
        self.number = number
        self.ended_at: float | None = None

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def wait_for_end(self, limit_s: float) -> bool:
        """Whether the gateway ends the connection within that time."""
        self.socket.settimeout(limit_s)
        try:
            while self.socket.recv(65536):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
        self.ended_at = time.monotonic()
        return True


def result_of(received: Received) -> bytes:
    message = json.loads(received.body) if received.body else {}
    answer = {"jsonrpc": "2.0", "id": message.get("id"), "result": {"ok": True}}
    return json.dumps(answer).encode()


def json_answer(body: bytes, fields: bytes = b"") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n"
    return head % (len(body), fields) + body


def answer_properly(client: Client, received: Received) -> None:
    client.send(json_answer(result_of(received)))


Behaviour = Callable[[Client, Received], None]


class Upstream:
    """Serves each connection on a thread. `behave` may be replaced between tests."""

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0):
        self.tls = tls
        self.listener = socket.create_server(("127.0.0.1", port), backlog=4096)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/mcp"
        if tls:
            self.url = f"https://localhost:{self.port}/mcp"
        self.behave: Behaviour = answer_properly
        self.reads_bodies = True
        self.faults: list[str] = []
        self.connections = 0
        self._received: list[Received] = []
        self._arrival = threading.Condition()
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self.listener.close()

    def take(self) -> list[Received]:
        """What has arrived since the last time; forgets it."""
        with self._arrival:
            taken, self._received = self._received, []
            return taken

    def wait_for_request(self, limit_s: float = 5.0) -> Received:
        with self._arrival:
            assert self._arrival.wait_for(
                lambda: self._received, limit_s
            ), "no request came through"
            return self._received[-1]

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            client = Client(sock, self.connections)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: Client) -> None:
        buffered = b""
        try:
            if self.tls:
                client.socket.settimeout(10)
                client.socket = self.tls.wrap_socket(client.socket, server_side=True)
            while True:
                client.socket.settimeout(60)
                received, buffered = self._read(client, buffered)
                if received is None:
                    break
                with self._arrival:
                    self._received.append(received)
                    self._arrival.notify_all()
                self.behave(client, received)
                if client.socket.fileno() < 0:
                    break
        except OSError:
            pass
        finally:
            client.socket.close()

    def _fault(self, text: str) -> None:
        self.faults.append(text)

    def _read(self, client: Client, buffered: bytes) -> tuple[Received | None, bytes]:
        while b"\r\n\r\n" not in buffered:
            data = client.socket.recv(65536)
            if not data:
                if buffered:
                    self._fault(f"ended within a head: {buffered!r}")
                return None, b""
            buffered += data
        head, _, buffered = buffered.partition(b"\r\n\r\n")
        received = self._parse_head(head, client)
        lengths = received.all("Content-Length")
        if received.all("Transfer-Encoding"):
            self._fault(f"Transfer-Encoding in {head!r}")
        if len(lengths) > 1 or not all(re.fullmatch(r"\d{1,9}", length) for length in lengths):
            self._fault(f"Content-Length {lengths} in {head!r}")
            lengths = lengths[:1]
        size = int(lengths[0]) if lengths else 0
        if not self.reads_bodies:
            time.sleep(4)
            return None, b""
        while len(buffered) < size:
            data = client.socket.recv(65536)
            if not data:
                self._fault(f"ended within a body: {head!r} {buffered!r}")
                return None, b""
            buffered += data
        received.body, buffered = buffered[:size], buffered[size:]
        received.raw += received.body
        if buffered:
            self._fault(f"bytes behind a request that was not answered yet: {buffered!r}")
        return received, buffered

    def _parse_head(self, head: bytes, client: Client) -> Received:
        received = Received(raw=head + b"\r\n\r\n", connection=client.number)
        lines = head.split(b"\r\n")
        started = REQUEST_LINE.fullmatch(lines[0])
        if started:
            received.method, received.target = started[1].decode(), started[2].decode()
        else:
            self._fault(f"request line {lines[0]!r}")
        for line in lines[1:]:
            matched = FIELD_LINE.fullmatch(line)
            if matched:
                received.fields.append((matched[1].decode(), (matched[2] or b"").decode("latin-1")))
            else:
                self._fault(f"field line {line!r}")
        return received
