"""Event streams: an upstream that opens them, and clients that hold them."""

import time

from http_request import request_bytes
from upstream import Client, Received, Upstream
from wire import Connection

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def event(text: bytes) -> bytes:
    """A chunk that holds one event, a notification that says `text`."""
    message = b'{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"%s"}}' % text
    data = b"event: message\ndata: " + message + b"\n\n"
    return b"%x\r\n%s\r\n" % (len(data), data)


class StreamingUpstream:
    """Opens a stream for each request, sends one event, and keeps the stream until the other end goes."""

    def __init__(self, upstream: Upstream):
        self.open: dict[int, Client] = {}
        self.ended_at: dict[int, float] = {}
        upstream.behave = self._behave

    def _behave(self, client: Client, received: Received) -> None:
        client.send(HEAD + event(b"first"))
        self.open[client.number] = client
        client.wait_for_end(120)
        self.ended_at[client.number] = time.monotonic()
        del self.open[client.number]
        client.socket.close()

    def wait_until_open(self, count: int, limit_s: float = 10) -> None:
        until = time.monotonic() + limit_s
        while len(self.open) != count:
            assert time.monotonic() < until, f"{len(self.open)} streams are open, not {count}"
            time.sleep(0.01)


def open_stream(
    port: int, token: str, method: str = "GET", source: str | None = None, path: str = "/mcp"
) -> Connection:
    """A client that has read the head and the first event."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
    body = None
    if method == "POST":
        headers["Content-Type"] = "application/json"
        body = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_note"}}'
    connection = Connection(port, source)
    connection.send(request_bytes(method, path, headers, body))
    head = connection.read_head()
    assert head.status == 200, head
    assert b"first" in connection.read_chunk()
    return connection
