"""A TCP proxy before the database whose connections can be slow, silent, refused, or cut at a byte."""

import select
import socket
import struct
import threading
import time

from ports import free_port

UP, DOWN = "up", "down"  # towards the database, and from it


class Pipe:
    """One connection through the proxy."""

    def __init__(self, client: socket.socket, server: socket.socket):
        self.ends = {client: (server, UP), server: (client, DOWN)}
        self.client, self.server = client, server
        self.listens = False
        self.silent = False
        self.deaf = False  # loses notifications, and nothing else
        self.unread = b""
        self.waiting: list[tuple[float, socket.socket, bytes]] = []


class TcpFaults:
    """mode: pass, refuse, blackhole (takes everything, passes nothing), delay (each chunk, by delay_s),
    rate (bytes_per_s), stall (passes nothing more, takes nothing more)."""

    def __init__(self, port: int):
        self.target = port
        self.port = free_port()
        self.mode = "pass"
        self.delay_s = 0.0
        self.bytes_per_s = 0
        self.pipes: list[Pipe] = []
        self.passed = 0  # bytes, in both directions
        self.cut_at: int | None = None
        self.cut_direction = UP
        self.counted = {UP: 0, DOWN: 0}
        self.lock = threading.RLock()
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        self.ended = False
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.ended = True
        self.thread.join(5)
        self.listener.close()
        for pipe in list(self.pipes):
            self._end(pipe)

    def set(self, mode: str, delay_s: float = 0.0, bytes_per_s: int = 0) -> None:
        with self.lock:
            self.mode, self.delay_s, self.bytes_per_s = mode, delay_s, bytes_per_s

    def cut_after(self, count: int, direction: str) -> None:
        """RST to both ends of every connection once `count` more bytes have gone that way; the rest of that chunk never
        arrives."""
        with self.lock:
            self.counted = {UP: 0, DOWN: 0}
            self.cut_at, self.cut_direction = count, direction

    def cut_all(self) -> None:
        with self.lock:
            for pipe in list(self.pipes):
                self._end(pipe, reset=True)

    def silence_listeners(self) -> int:
        """The connections that said LISTEN hear nothing any more, without being told. Returns how many."""
        with self.lock:
            for pipe in self.pipes:
                pipe.silent = pipe.listens
            return sum(pipe.silent for pipe in self.pipes)

    def lose_notifications(self) -> int:
        """The connections that said LISTEN get every answer, and no notification. Returns how many."""
        with self.lock:
            for pipe in self.pipes:
                pipe.deaf = pipe.listens
            return sum(pipe.deaf for pipe in self.pipes)

    def connections(self) -> int:
        return len(self.pipes)

    def _end(self, pipe: Pipe, reset: bool = False) -> None:
        for end in pipe.ends:
            if reset:
                try:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                except OSError:
                    pass
            end.close()
        if pipe in self.pipes:
            self.pipes.remove(pipe)

    def _work(self) -> None:
        while not self.ended:
            with self.lock:
                ends = [] if self.mode == "stall" else [end for pipe in self.pipes for end in pipe.ends]
            try:
                readable, _, _ = select.select([self.listener, *ends], [], [], 0.005)
            except (OSError, ValueError):
                continue
            with self.lock:
                for each in readable:
                    self._accept() if each is self.listener else self._read(each)
                self._pass_what_waited()

    def _accept(self) -> None:
        client, _ = self.listener.accept()
        if self.mode == "refuse":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return client.close()
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=2)
        except OSError:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return client.close()
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pipes.append(Pipe(client, server))

    def _read(self, end: socket.socket) -> None:
        pipe = next((each for each in self.pipes if end in each.ends), None)
        if pipe is None:
            return
        try:
            data = end.recv(65536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            return self._end(pipe)
        other, direction = pipe.ends[end]
        if direction == UP and b"listen " in data.lower():
            pipe.listens = True
        if self.mode == "blackhole" or (pipe.silent and direction == DOWN):
            return
        if pipe.deaf and direction == DOWN:
            data = without_notifications(pipe, data)
        self._count_and_pass(pipe, other, direction, data)

    def _count_and_pass(self, pipe: Pipe, other: socket.socket, direction: str, data: bytes) -> None:
        if self.cut_at is not None and direction == self.cut_direction:
            left = self.cut_at - self.counted[direction]
            if len(data) > left:
                self._send(pipe, other, data[:left])
                time.sleep(0.002)  # what was let through arrives before the reset does
                self.cut_at = None
                return self.cut_all()
        self.counted[direction] += len(data)
        self.passed += len(data)
        if self.mode == "delay":
            pipe.waiting.append((time.monotonic() + self.delay_s, other, data))
        elif self.mode == "rate":
            step = max(1, self.bytes_per_s // 50)
            begin = max([due for due, _, _ in pipe.waiting], default=time.monotonic())
            for index, offset in enumerate(range(0, len(data), step)):
                pipe.waiting.append((begin + 0.02 * (index + 1), other, data[offset : offset + step]))
        else:
            self._send(pipe, other, data)

    def _send(self, pipe: Pipe, other: socket.socket, data: bytes) -> None:
        try:
            other.sendall(data)
        except OSError:
            self._end(pipe)

    def _pass_what_waited(self) -> None:
        now = time.monotonic()
        for pipe in list(self.pipes):
            due = [each for each in pipe.waiting if each[0] <= now]
            pipe.waiting = [each for each in pipe.waiting if each[0] > now]
            for _, other, data in due:
                self._send(pipe, other, data)


def without_notifications(pipe: Pipe, data: bytes) -> bytes:
    """Whole messages of the protocol (a letter, a length, content), except those of the letter A."""
    pipe.unread += data
    passed = b""
    while len(pipe.unread) >= 5:
        size = 1 + struct.unpack("!I", pipe.unread[1:5])[0]
        if len(pipe.unread) < size:
            break
        message, pipe.unread = pipe.unread[:size], pipe.unread[size:]
        if not message.startswith(b"A"):
            passed += message
    return passed
