"""Thousands of requests a second from one thread: actors that yield requests, each on a connection of its own."""

import json
import re
import select
import socket
import time

LENGTH = re.compile(rb"\r\n[Cc]ontent-[Ll]ength: *(\d+)")
PATIENCE_S = 15.0


class Unanswered(Exception):
    """The connection ended, or patience did, before a whole answer was there: what happened is unknown."""


class Reply:
    __slots__ = ("status", "head", "body", "seconds")

    def __init__(self, status: int, head: bytes, body: bytes, seconds: float):
        self.status, self.head, self.body, self.seconds = status, head, body, seconds

    def json(self) -> dict:
        return json.loads(self.body)

    def field(self, name: bytes) -> bytes | None:
        found = re.search(rb"\r\n" + name + rb": *([^\r]*)", self.head, re.I)
        return found[1] if found else None

    @property
    def error(self) -> str:
        try:
            return self.json().get("error", "")
        except ValueError:
            return ""

    def __repr__(self) -> str:
        return f"<{self.status} {self.body[:300]!r} {self.head[:600]!r}>"


def complete(data: bytearray) -> tuple[bytes, bytes, bytearray] | None:
    """(head, body, rest) where a whole answer is there."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(data[:end])
    found = LENGTH.search(head)
    size = int(found[1]) if found else 0
    if len(data) < end + 4 + size:
        return None
    return head, bytes(data[end + 4 : end + 4 + size]), data[end + 4 + size :]


class Line:
    __slots__ = ("actor", "port", "socket", "buffered", "sent_at", "waits")

    def __init__(self, actor, port: int):
        self.actor, self.port = actor, port
        self.socket: socket.socket | None = None
        self.buffered = bytearray()
        self.sent_at = 0.0
        self.waits = False


class Driver:
    """An actor is a generator: it yields the bytes of a request and is sent the Reply, or gets Unanswered thrown in.

    `book` is committed before anything is sent that was asked for after what is noted in it.
    """

    def __init__(self, port: int, book=None, patience_s: float = PATIENCE_S):
        self.port, self.book, self.patience_s = port, book, patience_s
        self.poll = select.epoll()
        self.lines: dict[int, Line] = {}
        self.live = 0
        self.answered = 0
        self.unanswered = 0
        self.ready: list[tuple[Line, bytes]] = []
        self.over = False

    def run(self, actors, seconds: float | None = None, when_over=None) -> None:
        """Until all actors have ended; after `seconds` nothing is sent any more, when_over() is called, and what is
        still under way is read to its end."""
        begin = time.monotonic()
        for actor in actors:
            port = self.port
            if isinstance(actor, tuple):
                port, actor = actor
            self.live += 1
            self._advance(Line(actor, port), None)
        checked = begin
        while self.live:
            self._send_ready()
            if not self.live:
                break
            now = time.monotonic()
            if seconds is not None and not self.over and now - begin >= seconds:
                self.over = True
                if when_over:
                    when_over()
            left = 0.2 if seconds is None or self.over else max(0.0, min(0.2, begin + seconds - now))
            if self.ready:
                left = 0.0
            for descriptor, _ in self.poll.poll(left):
                if descriptor in self.lines:
                    self._read(self.lines[descriptor])
            now = time.monotonic()
            if now - checked > 0.2:
                checked = now
                self._give_up_late(now)
        if self.book:
            self.book.commit()
        self.poll.close()

    def _advance(self, line: Line, reply: Reply | None) -> None:
        try:
            if reply is None and line.waits:
                line.waits = False
                request = line.actor.throw(Unanswered())
            else:
                line.waits = False
                request = line.actor.send(reply)
        except (StopIteration, Unanswered):
            return self._end(line)
        if self.over:
            line.actor.close()
            return self._end(line)
        self.ready.append((line, request))

    def _end(self, line: Line) -> None:
        self.live -= 1
        self._drop(line)

    def _drop(self, line: Line) -> None:
        if line.socket is not None:
            self.lines.pop(line.socket.fileno(), None)
            line.socket.close()
            line.socket = None
        line.buffered.clear()

    def _send_ready(self) -> None:
        if self.book:
            self.book.commit()
        batch, self.ready = self.ready, []
        failed = 0
        for line, request in batch:
            if self.over:
                line.actor.close()
                self._end(line)
                continue
            line.waits = True
            line.sent_at = time.monotonic()
            try:
                if line.socket is None:
                    self._connect(line)
                line.socket.sendall(request)
            except OSError:
                failed += 1
                self._lost(line)
        if batch and failed == len(batch):
            time.sleep(0.01)  # nobody is there

    def _connect(self, line: Line) -> None:
        line.socket = socket.create_connection(("127.0.0.1", line.port), timeout=5)
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines[line.socket.fileno()] = line
        self.poll.register(line.socket.fileno(), select.EPOLLIN)

    def _lost(self, line: Line) -> None:
        self._drop(line)
        if line.waits:
            self.unanswered += 1
            self._advance(line, None)

    def _read(self, line: Line) -> None:
        try:
            data = line.socket.recv(65536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            return self._lost(line)
        line.buffered += data
        found = complete(line.buffered)
        if not found:
            return
        head, body, line.buffered = found
        self.answered += 1
        reply = Reply(int(head[9:12]), head, body, time.monotonic() - line.sent_at)
        if re.search(rb"\r\nconnection: *close", head, re.I):
            self._drop(line)
        self._advance(line, reply)

    def _give_up_late(self, now: float) -> None:
        for line in list(self.lines.values()):
            if line.waits and now - line.sent_at > self.patience_s:
                self._lost(line)
