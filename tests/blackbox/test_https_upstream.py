"""MCP servers and authorization servers over https: who is believed, and what is told of the others."""

import json
import ssl
import time
import warnings

import pytest

from authority import Authority, self_signed
from http_request import post
from oauth import as_client, token_request
from sluice import RS_SECRET, free_port
from upstream import Upstream, answer_properly, json_answer, result_of

PING = '{"jsonrpc":"2.0","id":"the-id","method":"ping"}'
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
TRUNCATED = "The server closed the connection before its response was complete."

# What a server may be, and what the log tells of it.
BAD = {
    "other-name": "The server's certificate does not match the server's name.",
    "expired": "The server's certificate has expired.",
    "self-signed": "The server's certificate was not issued by a trusted authority.",
    "other-authority": "The server's certificate was not issued by a trusted authority.",
    "old": "The server speaks neither TLS 1.2 nor TLS 1.3.",
    "plain": "The server does not speak TLS on this port.",
    "down": "The server cannot be reached.",
}


def resource(path: str, upstream: str, *more: str) -> str:
    lines = ["[[resource]]", f'path = "{path}"', f'upstream = "{upstream}"', 'timeout = "2s"', *more]
    return "\n".join(lines) + "\n"


def introspected(path: str, upstream: str, endpoint: str, authority: Authority) -> str:
    asked = (
        f'introspection = {{ endpoint = "{endpoint}", ca = "{authority.file}", client_id = "rs", '
        f'client_secret = "{RS_SECRET}", timeout = "2s" }}'
    )
    return resource(path, upstream, 'verify = "introspection"', asked)


def answer_introspection(client, received) -> None:
    token = dict(pair.split("=") for pair in received.body.decode().split("&"))["token"]
    audience = client.audience_of[token]
    body = {"active": True, "scope": "mcp:read", "client_id": "app", "sub": "alice", "aud": audience}
    client.send(json_answer(json.dumps(body | {"exp": int(time.time()) + 60}).encode()))


def cut_short(client, received) -> None:
    """Without close_notify, within a body whose length was told."""
    client.send(json_answer(b'{"jsonrpc":"2.0","id":"the-id","result":{"ok":true}}')[:-3])
    client.socket.close()


def cut_without_length(client, received) -> None:
    """Without close_notify, within a body that the end of the connection ends."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    client.send(head + result_of(received))
    client.socket.close()


def end_properly(client, received) -> None:
    """The control: the same body, and close_notify."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    client.send(head + result_of(received))
    client.socket.unwrap()


def only_tls_1_1(context: ssl.SSLContext) -> ssl.SSLContext:
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


class PlainServer(Upstream):
    """What servers of plain HTTP say to a hello of TLS."""

    def _serve(self, client) -> None:
        client.socket.recv(65536)
        client.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        client.socket.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def servers(authority, tmp_path_factory):
    """A good one, and one of each bad kind."""
    folder = tmp_path_factory.mktemp("others")
    contexts = {
        "good": authority.issue("localhost", "127.0.0.1"),
        "other-name": authority.issue("other.example", "127.0.0.2"),
        "expired": authority.issue("localhost", expired=True),
        "self-signed": self_signed(folder, "localhost"),
        "other-authority": Authority(folder, "other").issue("localhost"),
        "old": only_tls_1_1(authority.issue("localhost")),
    }
    running = {name: Upstream(context) for name, context in contexts.items()}
    running["plain"] = PlainServer()
    yield running
    for server in running.values():
        server.stop()


@pytest.fixture
def good(servers):
    server = servers["good"]
    server.take()
    server.faults.clear()
    yield server
    assert server.faults == []
    server.behave = answer_properly


def url_of(servers, kind: str, path: str = "/mcp") -> str:
    port = servers[kind].port if kind in servers else free_port()
    return f"https://localhost:{port}{path}"


def ping(sluice, path: str, token: str | None = None):
    if token is None:
        parameters, headers = as_client("conf")
        pairs = {"grant_type": "client_credentials", "resource": sluice.origin + path}
        answer = token_request(sluice, pairs | parameters, headers)
        assert answer.status == 200, answer
        token = answer.json()["access_token"]
    return post(sluice.port, path, PING, JSON | {"Authorization": f"Bearer {token}"})


def details(sluice, path: str) -> list[str]:
    """What the log tells of requests for that resource that failed, once there is anything."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        lines = [json.loads(line) for line in sluice.output().splitlines() if line[:1] == "{"]
        found = [line["detail"] for line in lines if line.get("resource") == path and "detail" in line]
        if found:
            return found
        time.sleep(0.05)
    return []


def check_failed(answer, status: int, message: str) -> None:
    assert answer.status == status, answer
    document = answer.json()
    assert document.get("id") == (None if status == 503 else "the-id"), answer
    assert message in document["error"]["message"], answer
    assert "localhost" not in answer.text and "certificate" not in answer.text, "told to clients"


def test_a_server_of_a_private_authority_is_reached(start, good, authority):
    by_ip = good.url.replace("localhost", "127.0.0.1")
    ca = f'upstream_ca = "{authority.file}"'
    sluice = start(cores="1", more=resource("/name", good.url, ca) + resource("/ip", by_ip, ca))
    before = good.connections
    for _ in range(5):
        answer = ping(sluice, "/name")
        assert answer.status == 200 and answer.json()["result"] == {"ok": True}, answer
    assert good.connections == before + 1, "its connection is used again"
    assert ping(sluice, "/ip").status == 200
    assert {received.all("Host")[0] for received in good.take()} == {
        f"localhost:{good.port}",
        f"127.0.0.1:{good.port}",
    }


def test_the_systems_store_is_what_counts_without_a_private_authority(
    start, good, authority, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    sluice = start(more=resource("/system", good.url))
    assert ping(sluice, "/system").status == 200


def test_a_private_authority_counts_for_its_resource_alone(
    start, good, authority, tmp_path, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path, "system").file))
    ca = f'upstream_ca = "{authority.file}"'
    sluice = start(cores="1", more=resource("/private", good.url, ca) + resource("/system", good.url))
    assert ping(sluice, "/private").status == 200
    check_failed(ping(sluice, "/system"), 502, "unreachable")
    assert details(sluice, "/system") == [BAD["other-authority"]]
    assert ping(sluice, "/private").status == 200


def test_a_server_that_cannot_be_believed_gets_no_request(start, servers, authority):
    ca = f'upstream_ca = "{authority.file}"'
    more = "".join(resource(f"/{kind}", url_of(servers, kind), ca) for kind in BAD)
    sluice = start(more=more)
    for kind, description in BAD.items():
        check_failed(ping(sluice, f"/{kind}"), 502, "unreachable")
        assert details(sluice, f"/{kind}") == [description]
        if kind in servers:
            assert servers[kind].take() == [], kind


@pytest.mark.parametrize("cut", [cut_short, cut_without_length])
def test_a_truncated_answer_is_none(start, good, authority, cut):
    sluice = start(more=resource("/cut", good.url, f'upstream_ca = "{authority.file}"'))
    good.behave = end_properly
    assert ping(sluice, "/cut").json()["result"] == {"ok": True}
    good.behave = cut
    check_failed(ping(sluice, "/cut"), 502, "invalid response")
    assert details(sluice, "/cut") == [TRUNCATED]


def test_tls_is_resumed_with_a_server_that_closes(start, good, authority):
    sluice = start(cores="1", more=resource("/resumed", good.url, f'upstream_ca = "{authority.file}"'))
    good.behave = end_properly
    before = good.tls.session_stats()["hits"]
    for _ in range(4):
        assert ping(sluice, "/resumed").status == 200
    assert good.tls.session_stats()["hits"] == before + 3


def test_tokens_are_verified_by_a_server_over_https(start, good, authority, shared_upstream):
    endpoint = good.url.replace("/mcp", "/introspect")
    sluice = start(more=introspected("/remote", shared_upstream.url, endpoint, authority))

    def behave(client, received):
        client.audience_of = {"known": sluice.origin + "/remote", "foreign": sluice.origin + "/x"}
        answer_introspection(client, received)

    good.behave = behave
    assert ping(sluice, "/remote", "known").status == 200
    assert ping(sluice, "/remote", "foreign").status == 401
    good.behave = cut_short
    check_failed(ping(sluice, "/remote", "known"), 503, "cannot be verified")
    assert details(sluice, "/remote") == [TRUNCATED]


def test_a_verifier_that_cannot_be_believed_never_sees_the_secret(
    start, servers, authority, shared_upstream
):
    more = "".join(
        introspected(f"/{kind}", shared_upstream.url, url_of(servers, kind, "/i"), authority)
        for kind in BAD
    )
    sluice = start(more=more)
    for kind, description in BAD.items():
        check_failed(ping(sluice, f"/{kind}", "a-token"), 503, "cannot be verified")
        assert details(sluice, f"/{kind}") == [description]
        if kind in servers:
            assert servers[kind].take() == [], kind
