"""The gateway's door: a bearer token of this server, for this resource, in one header, or nothing."""

import json

import pytest

from http_request import encode, get, post, post_form, request_bytes
from oauth import obtain_code, obtain_tokens, redeem, refresh
from sluice import API_KEY
from target import check_is_canary
from wire import exchange

PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def ping(sluice, headers, path="/mcp", body=PING):
    return post(sluice.port, path, body, JSON | headers)


@pytest.fixture(autouse=True)
def well_framed(upstream):
    """Whatever reached the upstream was framed in the plainest way."""
    yield
    assert upstream.faults == []


def check_refused(upstream, answer, status: int, error: str | None = None) -> None:
    assert answer.status == status, answer
    challenge = answer.get("WWW-Authenticate")
    assert challenge.startswith("Bearer "), answer
    assert "resource_metadata=" in challenge
    assert (f'error="{error}"' in challenge) if error else ("error=" not in challenge), challenge
    assert upstream.take() == []


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_a_token_opens_the_door(sluice, upstream, token, scheme):
    assert ping(sluice, {"Authorization": f"{scheme} {token}"}).status == 200
    assert len(upstream.take()) == 1


def test_no_token_is_answered_by_where_to_get_one(sluice, upstream):
    answer = ping(sluice, {})
    check_refused(upstream, answer, 401)
    assert f'{sluice.origin}/.well-known/oauth-protected-resource/mcp"' in answer.get(
        "WWW-Authenticate"
    )


def test_a_token_in_the_query_is_not_read(sluice, upstream, token):
    for name in ("access_token", "token", "bearer", "Authorization"):
        check_refused(upstream, ping(sluice, {}, f"/mcp?{encode({name: token})}"), 401)


def test_a_token_in_the_body_is_not_read(sluice, upstream, token):
    check_refused(upstream, ping(sluice, {}, body=json.dumps({"access_token": token})), 401)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    check_refused(upstream, post(sluice.port, "/mcp", f"access_token={token}", form), 401)


def test_a_token_in_a_cookie_is_not_read(sluice, upstream, token):
    cookie = f"access_token={token}; Authorization=Bearer {token}; sluice_session={token}"
    check_refused(upstream, ping(sluice, {"Cookie": cookie}), 401)


@pytest.mark.parametrize(
    "name",
    [
        "X-Authorization",
        "X-Forwarded-Authorization",
        "Proxy-Authorization",
        "X-Access-Token",
        "Token",
        "DPoP",
    ],
)
def test_a_token_in_another_field_is_not_read(sluice, upstream, token, name):
    check_refused(upstream, ping(sluice, {name: f"Bearer {token}"}), 401)


@pytest.mark.parametrize(
    "values",
    [
        ["Bearer @", "Bearer @"],
        ["Bearer @", "Bearer x"],
        ["Bearer x", "Bearer @"],
        ["Bearer @", "Basic eDp5"],
        ["Basic eDp5", "Bearer @"],
        ["Bearer @", ""],
        ["", "Bearer @"],
    ],
)
def test_two_authorization_fields_are_refused(sluice, upstream, token, values):
    lines = "".join(f"Authorization: {value.replace('@', token)}\r\n" for value in values)
    head = f"POST /mcp HTTP/1.1\r\nHost: a\r\n{lines}Content-Type: application/json\r\nContent-Length: {len(PING)}\r\n\r\n"
    answer = exchange(sluice.port, (head + PING).encode())
    assert answer.status == 400, answer
    assert upstream.take() == []


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Bearer @ @",
        "Bearer @, Bearer @",
        "Bearer @,",
        "Bearer,@",
        "Bearer=@",
        "Bearer:@",
        'Bearer "@"',
        "Bearer token=@",
        "Bearer @\x0b",
        "Bearer\x0b@",
        "Bearer \xa0@",
        "Bearer @é",
        "Bearer " + "a" * 9000,
    ],
)
def test_a_malformed_bearer_field_is_refused(sluice, upstream, token, value):
    answer = ping(sluice, {"Authorization": value.replace("@", token)})
    assert answer.status in (400, 401), answer
    assert upstream.take() == []


@pytest.mark.parametrize(
    "value", ["Basic @", "Digest @", "DPoP @", "Token @", "@", "Bearer@", "Bearerx @", ""]
)
def test_another_scheme_is_no_bearer_token(sluice, upstream, token, value):
    answer = ping(sluice, {"Authorization": value.replace("@", token)})
    assert answer.status in (400, 401), answer
    assert upstream.take() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token + "A",
        lambda token: token[:-1],
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.swapcase(),
        lambda token: token.replace("sat_", "srt_"),
        lambda token: token.replace("sat_", ""),
        lambda token: token + "=",
        lambda token: "sat_" + "A" * (len(token) - 4),
        lambda token: "nobody-issued-this",
        lambda token: API_KEY,
        lambda token: "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.",
    ],
)
def test_another_text_is_no_token(sluice, upstream, token, change):
    check_refused(
        upstream, ping(sluice, {"Authorization": f"Bearer {change(token)}"}), 401, "invalid_token"
    )


def test_other_kinds_of_tokens_are_no_access_tokens(sluice, upstream, browser):
    code = obtain_code(browser)
    check_refused(
        upstream, ping(sluice, {"Authorization": f"Bearer {code.text}"}), 401, "invalid_token"
    )
    tokens = redeem(sluice, code).json()
    headers = {"Authorization": f"Bearer {tokens['refresh_token']}"}
    check_refused(upstream, ping(sluice, headers), 401, "invalid_token")
    session = next(iter(browser.cookies.values()))
    check_refused(
        upstream, ping(sluice, {"Authorization": f"Bearer {session}"}), 401, "invalid_token"
    )


def test_a_token_for_another_resource_is_refused(sluice, upstream, browser):
    other = obtain_tokens(browser, resource=sluice.origin + "/other")["access_token"]
    assert ping(sluice, {"Authorization": f"Bearer {other}"}, "/other").status == 200
    upstream.take()
    check_refused(
        upstream, ping(sluice, {"Authorization": f"Bearer {other}"}), 401, "invalid_token"
    )


def test_a_revoked_token_is_refused_at_once(sluice, upstream, browser):
    tokens = obtain_tokens(browser, resource=sluice.resource)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert ping(sluice, headers).status == 200
    upstream.take()
    post_form(sluice.port, "/revoke", {"token": tokens["refresh_token"], "client_id": "pub"})
    for _ in range(8):  # on every core
        check_refused(upstream, ping(sluice, headers), 401, "invalid_token")


def test_the_token_before_a_refresh_lives_on_and_the_new_one_too(sluice, upstream, browser):
    tokens = obtain_tokens(browser, resource=sluice.resource)
    new = refresh(sluice, tokens["refresh_token"]).json()["access_token"]
    assert ping(sluice, {"Authorization": f"Bearer {new}"}).status == 200


# Spellings of the path, without a token: none may be taken for something that needs none.
PATHS = [
    "/mcp/",
    "/mcp//",
    "//mcp",
    "/./mcp",
    "/mcp/.",
    "/mcp/..",
    "/x/../mcp",
    "/%6dcp",
    "/mcp%2f",
    "/%2fmcp",
    "/mcp%00",
    "/mcp;x=y",
    "/mcp?x",
    "/mcp#x",
    "/MCP",
    "/mcp%20",
    "/.well-known/../mcp",
    "/healthz/../mcp",
    "/healthz%2f..%2fmcp",
    "\\mcp",
    "/mcp\\",
    "http://127.0.0.1/mcp",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_spelling_of_the_path_gets_in_without_a_token(sluice, upstream, path):
    for method in ("GET", "POST", "DELETE", "HEAD", "PUT", "PATCH"):
        data = request_bytes(method, path, JSON, PING.encode())
        answer = exchange(sluice.port, data, to_head=method == "HEAD")
        assert answer.status >= 400, (method, answer)
    assert upstream.take() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Original-URL": "/healthz"},
        {"X-Rewrite-URL": "/healthz"},
        {"X-Forwarded-Prefix": "/healthz"},
        {"X-HTTP-Method-Override": "OPTIONS"},
        {"X-Method-Override": "OPTIONS"},
        {
            "X-Sluice-Subject": "alice",
            "X-Sluice-Client": "pub",
            "X-Sluice-Scopes": "mcp:read mcp:write",
        },
        {"X-Forwarded-User": "alice"},
        {"X-Remote-User": "alice", "Remote-User": "alice"},
        {"X-Authenticated-User": "alice"},
        {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1;host=127.0.0.1"},
        {"X-Forwarded-Client-Cert": "By=spiffe://x"},
        {"Connection": "Authorization"},
        {"Host": "localhost"},
        {"Origin": "null"},
        {"Upgrade": "websocket", "Connection": "Upgrade"},
    ],
)
def test_no_header_stands_for_a_token(sluice, upstream, headers):
    for path in ("/mcp", "/healthz/../mcp"):
        for method in ("GET", "POST"):
            answer = exchange(
                sluice.port, request_bytes(method, path, JSON | headers, PING.encode())
            )
            assert answer.status >= 400, answer
    assert upstream.take() == []


def test_an_original_url_is_not_followed(sluice):
    answer = get(sluice.port, "/healthz", {"X-Original-URL": "/mcp", "X-Rewrite-URL": "/metrics"})
    check_is_canary(answer)
