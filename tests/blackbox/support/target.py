"""Where the HTTP cases are aimed at, and what has to be true of every one of them."""

from dataclasses import dataclass

from http_request import FORM, basic, request_bytes
from sluice import RS_SECRET, Sluice
from upstream import Upstream
from wire import Answer, Connection

CANARY = request_bytes("GET", "/healthz")
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@dataclass
class Target:
    """An endpoint that takes a POST with `body`, and answers it with 200."""

    port: int
    path: str
    fields: bytes
    body: bytes
    upstream: Upstream | None = None

    def request(
        self,
        framing: bytes | None = None,
        body: bytes | None = None,
        *,
        line: bytes | None = None,
        host: bytes = b"Host: 127.0.0.1\r\n",
    ) -> bytes:
        """The well-formed request, but for what is given instead.

        framing  Fields with their CRLF. `@N@` stands for the length of the target's body.
        body     `@BODY@` stands for the target's body, `@X@` for its length in hexadecimal.
        """
        line = line if line is not None else b"POST %s HTTP/1.1" % self.path.encode()
        framing = framing if framing is not None else b"Content-Length: @N@\r\n"
        body = body if body is not None else b"@BODY@"
        data = line + b"\r\n" + host + self.fields + framing + b"\r\n" + body
        data = data.replace(b"@PATH@", self.path.encode()).replace(b"@BODY@", self.body)
        data = data.replace(b"@N@", b"%d" % len(self.body))
        return data.replace(b"@X@", b"%x" % len(self.body))


def endpoint(sluice: Sluice) -> Target:
    fields = f"Authorization: {basic('rs', RS_SECRET)}\r\nContent-Type: {FORM}\r\n"
    return Target(sluice.port, "/introspect", fields.encode(), b"token=nobody-issued-this")


def gateway(sluice: Sluice, upstream: Upstream, token: str) -> Target:
    fields = (
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        "Accept: application/json, text/event-stream\r\n"
    )
    body = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
    return Target(sluice.port, "/mcp", fields.encode(), body, upstream)


def check_serves(target: Target) -> None:
    """A fresh connection is answered, by the answer to what it asks."""
    with Connection(target.port) as connection:
        connection.send(CANARY)
        check_is_canary(connection.answer())


def check_is_canary(answer: Answer) -> None:
    assert (answer.status, answer.body) == (200, b'{"status":"ok"}'), answer


def check_refused(target: Target, data: bytes, statuses: set[int] = {400}) -> Answer:
    """One refusal, then the end; nothing of it is taken for another request or goes further."""
    if target.upstream:
        target.upstream.take()
    with Connection(target.port) as connection:
        connection.send_all_there_is_room_for(data)
        answer = connection.answer()
        assert answer.status in statuses, f"{data[:600]!r} -> {answer}"
        assert answer.get("Connection") == "close", f"{data[:600]!r} -> {answer}"
        rest = connection.rest()
        assert rest == b"", f"a second answer to {data[:600]!r}: {rest!r}"
    assert answer.error, answer
    check_serves(target)
    check_upstream(target, requests=0)
    return answer


def check_taken(target: Target, data: bytes, status: int = 200) -> Answer:
    """Answered; the connection goes on where the request ended, not before and not behind."""
    if target.upstream:
        target.upstream.take()
    with Connection(target.port) as connection:
        connection.send(data)
        answer = connection.answer()
        assert answer.status == status, f"{data[:600]!r} -> {answer}"
        connection.send(CANARY)
        check_is_canary(connection.answer())
        assert connection.buffered == b""
    check_upstream(target, requests=1 if status == 200 else 0)
    return answer


def check_upstream(target: Target, requests: int) -> None:
    """The upstream saw so many requests: each the target's own, framed in the plainest way."""
    if target.upstream is None:
        return
    received = target.upstream.take()
    assert len(received) == requests, [each.raw for each in received]
    for each in received:
        assert (each.method, each.target, each.body) == ("POST", "/mcp", target.body), each.raw
        assert b"smuggled" not in each.raw
    assert target.upstream.faults == []
