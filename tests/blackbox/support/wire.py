"""One connection as bytes, and a strict reader of what comes back."""

import json
import re
import socket
import struct
import time
from dataclasses import dataclass, field

PATIENCE_S = 10.0

STATUS_LINE = re.compile(rb"HTTP/1\.1 (\d{3}) ([\x20-\x7e]*)")
FIELD_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\x20-\x7e\t]*?)[ \t]*")
CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")


class PeerClosed(Exception):
    """The peer ended the connection where an answer was expected."""


class Malformed(AssertionError):
    """What came back is no HTTP/1.1 as RFC 9112 wants it sent."""


@dataclass
class Answer:
    status: int
    fields: list[tuple[str, str]]
    body: bytes = b""
    raw_head: bytes = b""
    complete: bool = True
    arrived_at: float = field(default_factory=time.monotonic)

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.fields if known.lower() == name.lower()]

    def get(self, name: str) -> str | None:
        values = self.all(name)
        assert len(values) <= 1, f"{name} stands {len(values)} times: {self.raw_head!r}"
        return values[0] if values else None

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self):
        assert (self.get("Content-Type") or "").split(";")[0] == "application/json", self
        return json.loads(self.body, parse_constant=lambda text: _no_json(text))

    @property
    def error(self) -> str | None:
        return self.json().get("error")

    def __repr__(self) -> str:
        return f"<{self.status} {self.fields} {self.body[:400]!r}>"


def _no_json(text):
    raise Malformed(f"{text} is no JSON")


class Connection:
    """A client's end. `source` is a loopback address to call from."""

    def __init__(self, port: int, source: str | None = None, receive_buffer: int | None = None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            self.socket.bind((source, 0))
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffered = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Ends the connection with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def end_sending(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_all_there_is_room_for(self, data: bytes) -> None:
        """Sends until the peer ends the connection: it may refuse before it has read everything."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def receive(self, limit_s: float = PATIENCE_S) -> bytes:
        """What arrives next; empty at the end. TimeoutError: nothing did."""
        self.socket.settimeout(max(limit_s, 0.001))
        try:
            return self.socket.recv(65536)
        except ConnectionResetError:
            return b""
        finally:
            self.socket.settimeout(PATIENCE_S)

    def _more(self) -> None:
        data = self.receive()
        if not data:
            raise PeerClosed(f"closed after {self.buffered!r}")
        self.buffered += data

    def _take(self, size: int) -> bytes:
        while len(self.buffered) < size:
            self._more()
        taken, self.buffered = self.buffered[:size], self.buffered[size:]
        return taken

    def _line(self) -> bytes:
        while b"\r\n" not in self.buffered:
            self._more()
        line, _, self.buffered = self.buffered.partition(b"\r\n")
        return line

    def read_head(self) -> Answer:
        while b"\r\n\r\n" not in self.buffered:
            self._more()
        head, _, self.buffered = self.buffered.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        started = STATUS_LINE.fullmatch(lines[0])
        if not started:
            raise Malformed(f"status line {lines[0]!r}")
        fields = []
        for line in lines[1:]:
            matched = FIELD_LINE.fullmatch(line)
            if not matched:
                raise Malformed(f"field line {line!r}")
            fields.append((matched[1].decode(), matched[2].decode()))
        return Answer(int(started[1]), fields, raw_head=head)

    def read_chunk(self) -> bytes:
        """The next chunk of a chunked body; empty: the last one, and the end of the message."""
        size = self._line()
        if not CHUNK_SIZE.fullmatch(size):
            raise Malformed(f"chunk size {size!r}")
        data = self._take(int(size, 16))
        if self._take(2) != b"\r\n":
            raise Malformed("a chunk or a body does not end in CRLF")
        return data

    def answer(self, to_head: bool = False) -> Answer:
        """The next answer, 1xx included, read as a strict client reads it."""
        answer = self.read_head()
        length, coding = answer.get("Content-Length"), answer.get("Transfer-Encoding")
        if length is not None and coding is not None:
            raise Malformed("Content-Length beside Transfer-Encoding")
        if to_head or answer.status in (204, 304) or answer.status < 200:
            return answer
        if coding is not None:
            if coding != "chunked":
                raise Malformed(f"Transfer-Encoding: {coding}")
            try:
                while chunk := self.read_chunk():
                    answer.body += chunk
            except PeerClosed:
                answer.complete = False
        elif length is not None:
            if not re.fullmatch(r"\d{1,12}", length):
                raise Malformed(f"Content-Length: {length}")
            answer.body = self._take(int(length))
        else:
            raise Malformed(f"an answer without framing: {answer.raw_head!r}")
        answer.arrived_at = time.monotonic()
        return answer

    def rest(self, limit_s: float = 5.0) -> bytes:
        """Everything until the peer's end. TimeoutError: it left the connection open."""
        deadline = time.monotonic() + limit_s
        while data := self.receive(deadline - time.monotonic()):
            self.buffered += data
        rest, self.buffered = self.buffered, b""
        return rest


def exchange(port: int, data: bytes, to_head: bool = False, source: str | None = None) -> Answer:
    """One request on a connection of its own."""
    with Connection(port, source) as connection:
        connection.send_all_there_is_room_for(data)
        return connection.answer(to_head)
