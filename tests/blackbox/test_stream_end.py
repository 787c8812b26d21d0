"""Event streams end with the token that opened them, whatever opened them and whoever issued it."""

import time

import pytest
from http_request import post_form
from oauth import Browser, obtain_tokens
from sluice import RS_SECRET, free_port
from streams import StreamingUpstream, open_stream
from wire import Connection

WITHIN_S = 5.0
METHODS = ["GET", "POST"]


@pytest.fixture
def streaming(upstream):
    return StreamingUpstream(upstream)


def tokens_of(sluice) -> dict:
    return obtain_tokens(Browser(sluice), scope="mcp:read", resource=sluice.resource)


def revoke(sluice, token: str) -> float:
    answer = post_form(sluice.port, "/revoke", {"token": token, "client_id": "pub"})
    assert answer.status == 200, answer
    return time.monotonic()


def read_to_end(stream: Connection, limit_s: float) -> bytes:
    """What came before the last chunk, which must be there."""
    read = b""
    until = time.monotonic() + limit_s
    while chunk := stream.read_chunk():
        read += chunk
        assert time.monotonic() < until, "the stream goes on"
    return read


def check_end(method: str, last: bytes) -> None:
    if method == "POST":
        assert b'"id":1' in last and b'"error"' in last, last
    else:
        assert b"error" not in last, last


@pytest.mark.parametrize("method", METHODS)
def test_streams_on_every_core_end_soon_after_a_revocation(sluice, streaming, method):
    tokens = tokens_of(sluice)
    kept = open_stream(sluice.port, tokens_of(sluice)["access_token"], method)
    streams = [open_stream(sluice.port, tokens["access_token"], method) for _ in range(12)]
    revoked = revoke(sluice, tokens["refresh_token"])
    for stream in streams:
        check_end(method, read_to_end(stream, WITHIN_S))
    assert time.monotonic() - revoked < WITHIN_S
    streaming.wait_until_open(1)
    kept.close()


@pytest.mark.parametrize("method", METHODS)
def test_a_stream_ends_when_its_token_expires(start, streaming, method):
    sluice = start(lifetimes='access_token_ttl = "3s"')
    token = tokens_of(sluice)["access_token"]
    issued = time.monotonic()
    check_end(method, read_to_end(open_stream(sluice.port, token, method), 3 + 2))
    assert 1.5 < time.monotonic() - issued < 3 + 2


@pytest.mark.parametrize("method", METHODS)
def test_tokens_of_another_server_are_asked_about_again(start, upstream, streaming, method):
    port = free_port()
    resource = f"http://127.0.0.1:{port}/theirs"
    authority = start(more_auth=f'resources = ["{resource}"]')
    asked = (
        f'endpoint = "{authority.origin}/introspect", issuer = "{authority.origin}", '
        f'client_id = "rs", client_secret = "{RS_SECRET}", cache_ttl = "60s"'
    )
    theirs = f"""
[[resource]]
path = "/theirs"
upstream = "{upstream.url}"
verify = "introspection"
introspection = {{ {asked} }}
"""
    guard = start(port=port, more=theirs)
    tokens = obtain_tokens(Browser(authority), scope="mcp:read", resource=resource)
    token = tokens["access_token"]
    streams = [open_stream(guard.port, token, method, path="/theirs") for _ in range(3)]
    revoked = revoke(authority, token)
    for stream in streams:
        check_end(method, read_to_end(stream, WITHIN_S))
    assert time.monotonic() - revoked < WITHIN_S
