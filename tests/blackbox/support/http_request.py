"""Well-formed requests, for whoever wants one thing about them to be different."""

from base64 import b64encode
from urllib.parse import quote_plus

from wire import Answer, exchange

FORM = "application/x-www-form-urlencoded"

Pairs = dict[str, str] | list[tuple[str, str]]


def encode(pairs: Pairs) -> str:
    listed = pairs.items() if isinstance(pairs, dict) else pairs
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in listed)


def basic(client_id: str, secret: str) -> str:
    return "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()


def request_bytes(
    method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None
) -> bytes:
    lines = [f"{method} {target} HTTP/1.1"]
    given = {"Host": "127.0.0.1"} | (headers or {})
    if body is not None:
        given["Content-Length"] = str(len(body))
    lines += [f"{name}: {value}" for name, value in given.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


def get(port: int, target: str, headers: dict[str, str] | None = None, source=None) -> Answer:
    return exchange(port, request_bytes("GET", target, headers), source=source)


def post(port: int, target: str, body: bytes | str, headers: dict[str, str], source=None) -> Answer:
    body = body.encode() if isinstance(body, str) else body
    return exchange(port, request_bytes("POST", target, headers, body), source=source)


def post_form(
    port: int, target: str, pairs: Pairs, headers: dict[str, str] | None = None, source=None
) -> Answer:
    return post(port, target, encode(pairs), {"Content-Type": FORM} | (headers or {}), source)
