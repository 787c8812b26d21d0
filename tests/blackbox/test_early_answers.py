"""What is refused before anybody looked at it is refused in the words, and with the fields, of its path."""

import pytest

from http_request import basic, post, post_form, request_bytes
from sluice import API_KEY, RS_SECRET
from wire import Connection, exchange

PAGE = "https://app.example"
PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
CROSS_ORIGIN = ["/token", "/register", "/revoke", "/.well-known/oauth-authorization-server"]

# Nobody reads to the end what such requests announce.
EARLY = {
    "413 by length": (b"POST %s HTTP/1.1", b"Content-Length: 99999999\r\n\r\n", 413),
    "413 by chunks": (b"POST %s HTTP/1.1", b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n", 413),
    "400": (b"POST %s HTTP/1.1", b"Content-Length: x\r\n\r\n", 400),
    "417": (b"POST %s HTTP/1.1", b"Expect: the-best\r\nContent-Length: 1\r\n\r\nx", 417),
}


@pytest.fixture
def for_pages(start):
    return start(more_server=f'allowed_origins = ["{PAGE}"]')


def ask_early(port: int, path: str, kind: str):
    line, framing, status = EARLY[kind]
    fields = b"Host: 127.0.0.1\r\nOrigin: %s\r\n" % PAGE.encode()
    with Connection(port) as connection:
        connection.send_all_there_is_room_for(line % path.encode() + b"\r\n" + fields + framing)
        answer = connection.answer()
    assert answer.status == status, answer
    return answer


@pytest.mark.parametrize("kind", EARLY)
def test_an_early_refusal_can_be_read_by_pages(for_pages, kind):
    for path in CROSS_ORIGIN:
        answer = ask_early(for_pages.port, path, kind)
        assert answer.get("Access-Control-Allow-Origin") == "*", (path, answer)
        assert answer.error == "invalid_request"
    answer = ask_early(for_pages.port, "/introspect", kind)
    assert answer.get("Access-Control-Allow-Origin") is None
    answer = ask_early(for_pages.port, "/.well-known/oauth-protected-resource/mcp", kind)
    assert answer.get("Access-Control-Allow-Origin") == "*", answer


@pytest.mark.parametrize("kind", EARLY)
def test_an_early_refusal_of_a_resource_is_a_json_rpc_error(for_pages, kind):
    answer = ask_early(for_pages.port, "/mcp", kind)
    assert answer.get("Access-Control-Allow-Origin") == PAGE, answer
    document = answer.json()
    assert document["jsonrpc"] == "2.0" and document["error"]["code"] == -32600, answer
    assert document["error"]["data"]["error"] == "invalid_request"
    assert document["error"]["data"]["request_id"]


def test_a_refused_request_does_not_inherit_the_path_of_the_one_before(for_pages):
    with Connection(for_pages.port) as connection:
        connection.send(request_bytes("GET", CROSS_ORIGIN[-1]) + b"nonsense\r\n\r\n")
        assert connection.answer().status == 200
        answer = connection.answer()
    assert answer.status == 400
    assert answer.get("Access-Control-Allow-Origin") is None, answer


def test_a_wrong_method_can_be_read_by_pages(for_pages):
    for path in CROSS_ORIGIN:
        answer = exchange(for_pages.port, request_bytes("DELETE", path, {"Origin": PAGE}))
        assert (answer.status, answer.get("Access-Control-Allow-Origin")) == (405, "*"), path
    answer = exchange(for_pages.port, request_bytes("PUT", "/mcp", {"Origin": PAGE}))
    assert (answer.status, answer.get("Access-Control-Allow-Origin")) == (405, PAGE)
    answer = exchange(for_pages.port, request_bytes("DELETE", "/introspect", {"Origin": PAGE}))
    assert (answer.status, answer.get("Access-Control-Allow-Origin")) == (405, None)
    missing = "/.well-known/oauth-authorization-server/nowhere"
    answer = exchange(for_pages.port, request_bytes("GET", missing, {"Origin": PAGE}))
    assert (answer.status, answer.get("Access-Control-Allow-Origin")) == (404, "*")


def test_every_401_says_how_to_authenticate(sluice):
    json = {"Content-Type": "application/json"}
    answers = [
        post_form(sluice.port, path, {"token": "x", "grant_type": "refresh_token", **credentials}, fields)
        for path in ("/token", "/revoke", "/introspect")
        for credentials, fields in (
            ({}, {}),
            ({"client_id": "conf"}, {}),
            ({"client_id": "nobody"}, {}),
            ({"client_id": "conf-post", "client_secret": "wrong"}, {}),
            ({"client_assertion": "x"}, {}),
            ({}, {"Authorization": basic("conf", "wrong")}),
            ({}, {"Authorization": "Bearer wrong"}),
            ({}, {"Authorization": "Digest x"}),
        )
    ]
    for path in ("/v1/decision", "/v1/friction/record"):
        answers.append(post(sluice.port, path, b"{}", json))
        answers.append(post(sluice.port, path, b"{}", json | {"Authorization": "Bearer x"}))
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
        answers.append(post(sluice.port, "/mcp", PING, json | headers))
    challenged = [answer for answer in answers if answer.status == 401]
    assert len(challenged) >= 20, [answer.status for answer in answers]
    for answer in challenged:
        assert answer.get("WWW-Authenticate"), answer


@pytest.mark.parametrize("size", [8193, 11 * 1024, 30 * 1024])
def test_a_token_may_be_as_long_as_the_header(sluice, size):
    """It is nobody's: what matters is that it was looked up, whole, and found to be so."""
    token = "a" * size
    bearer = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = post(sluice.port, "/mcp", PING, bearer)
    assert answer.status == 401 and 'error="invalid_token"' in answer.get("WWW-Authenticate"), answer

    resource_server = {"Authorization": basic("rs", RS_SECRET)}
    answer = post_form(sluice.port, "/introspect", {"token": token}, resource_server)
    assert answer.status == 200 and answer.json() == {"active": False}
    as_json = resource_server | {"Content-Type": "application/json"}
    answer = post(sluice.port, "/introspect", '{"token":"%s"}' % token, as_json)
    assert answer.status == 200 and answer.json() == {"active": False}, answer

    question = '{"resource":"/mcp","tool":"read_note","token":"%s"}' % token
    answer = post(sluice.port, "/v1/decision", question, as_json)
    assert answer.status == 200 and answer.json()["status"] == 401, answer

    proof = {"Sluice-Authorization": f"Bearer {API_KEY}"}
    answer = exchange(sluice.port, request_bytes("GET", "/v1/ext_authz/mcp", bearer | proof))
    assert answer.status == 401 and 'error="invalid_token"' in answer.get("WWW-Authenticate"), answer


def test_a_token_that_no_header_holds_is_refused_as_such(sluice):
    answer = post(sluice.port, "/mcp", PING, {"Authorization": "Bearer " + "a" * 40_000})
    assert answer.status == 431, answer
