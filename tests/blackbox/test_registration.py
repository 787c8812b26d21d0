"""POST /register: what strangers may ask for, and how much of it."""

import json
import socket
import time

import pytest

from http_request import basic, encode, get, post, post_form
from oauth import Browser, authorization, token_request
from sluice import RS_SECRET
from target import check_serves, endpoint

JSON = {"Content-Type": "application/json"}
GOOD = {
    "client_name": "Notes",
    "redirect_uris": ["http://127.0.0.1:7777/cb"],
    "token_endpoint_auth_method": "none",
}


def register(sluice, document, source=None):
    body = document if isinstance(document, (str, bytes)) else json.dumps(document)
    return post(sluice.port, "/register", body, JSON, source)


def test_a_proper_registration_is_taken(sluice):
    answer = register(sluice, GOOD)
    assert answer.status == 201, answer
    given = answer.json()
    assert given["redirect_uris"] == GOOD["redirect_uris"]
    assert "client_secret" not in given
    assert None not in given.values()
    assert answer.get("Cache-Control") == "no-store"


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/cb",
        "http://localhost/cb",
        "http://[::1]:80/cb",
        "com.example.app:/cb",
        "cursor://anysphere/cb",
    ],
)
def test_a_proper_redirect_uri_is_taken(sluice, uri):
    answer = register(sluice, GOOD | {"redirect_uris": [uri]})
    assert answer.status == 201, answer


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript://app.example/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://app.example/x",
        "about:blank",
        "ftp://app.example/cb",
        "ws://app.example/cb",
        "mailto:a@app.example",
        "http://app.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://localhost.evil.example/cb",
        "http://127.1/cb",
        "http://2130706433/cb",
        "http://0.0.0.0/cb",
        "https://*.example/cb",
        "https://app.example:*/cb",
        "https://user@app.example/cb",
        "https://user:secret@app.example/cb",
        "https://app.example/cb#fragment",
        "https://app.example/cb#",
        "https://app.example/cb\r\nX-Injected: 1",
        "https://app.example/cb%0d%0aX-Injected:1",
        "https://app.example/cb\u0000",
        "https://app.example/cb%00",
        "https://app.example/c b",
        "https://app.example\\@evil.example/cb",
        "https://é.example/cb",
        "https://",
        "https:///cb",
        "https:app.example",
        "//app.example/cb",
        "/cb",
        "cb",
        "",
        " https://app.example/cb",
        "https://app.example:99999/cb",
        "https://app.example/" + "a" * 5000,
        "notes:callback:x",
        "<script>alert(1)</script>",
    ],
)
def test_a_bad_redirect_uri_is_refused(sluice, uri):
    for uris in ([uri], ["https://app.example/cb", uri]):
        answer = register(sluice, GOOD | {"redirect_uris": uris})
        assert (answer.status, answer.error) == (400, "invalid_redirect_uri"), answer


@pytest.mark.parametrize(
    "uris", [None, [], "https://app.example/cb", [1], [None], {}, [[]], [{}], 1, True, [""]]
)
def test_redirect_uris_of_another_type_are_refused(sluice, uris):
    answer = register(sluice, GOOD | {"redirect_uris": uris})
    assert answer.status == 400, answer
    assert answer.error in ("invalid_redirect_uri", "invalid_client_metadata"), answer


def test_many_redirect_uris_are_refused(sluice):
    uris = [f"https://app.example/{number}" for number in range(10_000)]
    assert register(sluice, GOOD | {"redirect_uris": uris}).status == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"client_name": 1},
        {"client_name": ["a"]},
        {"client_name": {"a": "b"}},
        {"client_name": "x" * 100_000},
        {"grant_types": "authorization_code"},
        {"grant_types": [1]},
        {"grant_types": ["password"]},
        {"grant_types": ["implicit"]},
        {"response_types": ["token"]},
        {"response_types": 1},
        {"token_endpoint_auth_method": "nonsense"},
        {"token_endpoint_auth_method": 1},
        {"scope": 1},
        {"scope": ["mcp:read"]},
    ],
)
def test_metadata_of_another_type_or_kind_is_refused_or_left_out(sluice, changes):
    answer = register(sluice, GOOD | changes)
    assert answer.status in (201, 400), answer
    if answer.status == 201:
        (name,) = changes
        assert answer.json().get(name) != changes[name], answer
        assert "password" not in answer.text and "implicit" not in answer.text
    else:
        assert answer.error in ("invalid_client_metadata", "invalid_request"), answer


BOMBS = {
    "deep arrays": b"[" * 100_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep value": b'{"redirect_uris":' + b"[" * 100_000,
    "duplicate keys": b'{"redirect_uris":["https://a.example/"],"redirect_uris":["https://b.example/"]}',
    "duplicate by escape": b'{"redirect_uris":["https://a.example/"],"redirect\\u005furis":["https://b.example/"]}',
    "long number": b'{"redirect_uris":["https://a.example/"],"x":' + b"9" * 100_000 + b"}",
    "bad UTF-8": b'{"redirect_uris":["https://a.example/\xff"]}',
    "overlong UTF-8": b'{"client_name":"\xc0\xaf","redirect_uris":["https://a.example/"]}',
    "lone surrogate": b'{"client_name":"\\ud800","redirect_uris":["https://a.example/"]}',
    "raw NUL": b'{"client_name":"a\x00b","redirect_uris":["https://a.example/"]}',
    "byte order mark": b'\xef\xbb\xbf{"redirect_uris":["https://a.example/"]',
    "trailing comma": b'{"redirect_uris":["https://a.example/"],}',
    "comment": b'{/**/"redirect_uris":["https://a.example/"]}',
    "single quotes": b"{'redirect_uris':['https://a.example/']}",
    "NaN": b'{"redirect_uris":["https://a.example/"],"x":NaN}',
    "two documents": b'{"redirect_uris":["https://a.example/"]}{}',
    "4 MiB": b'{"x":"' + b"a" * (4 * 1024 * 1024 - 20) + b'"}',
    "4 MiB of keys": b"{" + b",".join(b'"%d":1' % number for number in range(300_000)) + b"}",
    "unfinished": b'{"redirect_uris":["https://a.example/"]',
    "empty": b"",
    "null": b"null",
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("where", ["register", "mcp", "introspect"])
def test_hostile_json_is_refused_quickly(sluice, upstream, token, where, bomb):
    headers = JSON | {
        "mcp": {"Authorization": f"Bearer {token}"},
        "introspect": endpoint_headers(),
    }.get(where, {})
    began = time.monotonic()
    answer = post(sluice.port, f"/{where}", BOMBS[bomb], headers)
    assert answer.status in (400, 413), answer
    assert time.monotonic() - began < 3
    assert upstream.take() == []
    check_serves(endpoint(sluice))


def endpoint_headers() -> dict[str, str]:
    return {"Authorization": basic("rs", RS_SECRET)}


def test_another_content_type_is_refused(sluice):
    for content_type in (
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/jsonp",
        "",
    ):
        answer = post(sluice.port, "/register", json.dumps(GOOD), {"Content-Type": content_type})
        assert answer.status in (400, 415), answer


HOSTS = [
    "127.0.0.1",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::]",
    "127.0.0.1.",
    "user@127.0.0.1",
    "evil.example@127.0.0.1",
    "127。0。0。1",
    "localhost.localdomain",
    "127.0.0.2",
]
FETCHED_BY_SOME = [
    "jwks_uri",
    "logo_uri",
    "client_uri",
    "policy_uri",
    "tos_uri",
    "sector_identifier_uri",
]


def test_no_url_of_a_registration_or_of_a_client_id_is_fetched(sluice, elsewhere):
    with socket.create_server(("", 0)) as canary:
        port = canary.getsockname()[1]
        for host in HOSTS:
            url = f"http://{host}:{port}/document"
            for document in ({name: url for name in FETCHED_BY_SOME}, {"software_statement": url}):
                register(sluice, GOOD | document)
            for client_id in (url, url.replace("http:", "https:")):
                answer = get(
                    sluice.port, "/authorize?" + encode(authorization(client_id=client_id))
                )
                assert answer.status == 400 and answer.get("Location") is None, answer
                pairs = {"grant_type": "client_credentials", "client_id": client_id}
                assert token_request(sluice, pairs).status in (400, 401)
        canary.settimeout(0.3)
        with pytest.raises(TimeoutError):
            canary.accept()


def test_nobody_names_its_own_id_secret_or_rights(sluice):
    asked = GOOD | {
        "client_id": "pub",
        "client_secret": "canary-chosen-by-the-client-0123456789",
        "client_id_issued_at": 1,
        "client_secret_expires_at": 1,
        "introspect": True,
        "admin": True,
        "role": "admin",
        "registration_access_token": "canary-mine",
        "trusted": True,
        "remember_consent": True,
    }
    for method in ("none", "client_secret_basic", "client_secret_post"):
        answer = register(sluice, asked | {"token_endpoint_auth_method": method})
        assert answer.status == 201, answer
        given = answer.json()
        assert given["client_id"] != "pub"
        assert "canary" not in answer.text and "admin" not in given and "introspect" not in given
        if method == "none":
            continue
        headers = {"Authorization": basic(given["client_id"], given["client_secret"])}
        pairs = {"token": "nobody-issued-this"}
        answer = post_form(sluice.port, "/introspect", pairs, headers)
        assert answer.status in (200, 401) and '"active":true' not in answer.text


def test_a_registered_client_gets_no_scope_that_it_names_itself(sluice):
    answer = register(sluice, GOOD | {"scope": "mcp:read admin everything"})
    assert answer.status in (201, 400), answer
    if answer.status == 201:
        client_id = answer.json()["client_id"]
        asked = authorization("pub", client_id=client_id, scope="mcp:read admin")
        person = Browser(sluice)
        stranger = person.authorize(asked)
        assert stranger.status == 400 and not stranger.get("Location"), stranger
        person.open_consent(authorization("pub"))
        assert "error=invalid_scope" in person.authorize(asked).get("Location")


def test_a_public_registration_gets_no_client_credentials(sluice):
    answer = register(sluice, GOOD | {"grant_types": ["authorization_code", "client_credentials"]})
    if answer.status == 201:
        pairs = {"grant_type": "client_credentials", "client_id": answer.json()["client_id"]}
        assert token_request(sluice, pairs).status in (400, 401)


def test_a_registered_name_may_not_forge_lines_of_the_log(sluice):
    before = sluice.output().count('"event_type":"forged"')
    register(sluice, GOOD | {"client_name": 'x"}\n{"event_type":"forged"}'})
    time.sleep(0.3)
    lines = [line for line in sluice.output().splitlines() if line.startswith("{")]
    assert all(json.loads(line).get("event_type") != "forged" for line in lines)
    assert sluice.output().count('"event_type":"forged"') == before


def test_sixty_registrations_from_one_address_are_limited(start, elsewhere):
    limited = start(rate_limit="50")
    source = next(elsewhere)
    answers = [
        register(limited, GOOD | {"client_name": f"Notes {number}"}, source) for number in range(60)
    ]
    statuses = [answer.status for answer in answers]
    assert statuses[:50] == [201] * 50 and statuses[50:] == [429] * 10, statuses
    assert int(answers[-1].get("Retry-After")) > 0
    assert answers[-1].error
    assert register(limited, GOOD, next(elsewhere)).status == 201


def test_closed_registration_takes_nobody(start):
    closed = start(registration="closed")
    assert register(closed, GOOD).status in (403, 404)


def test_registration_by_token_takes_nobody_else(start):
    right = "canary-registration-token-0123456789"
    guarded = start(registration="token", more_auth=f'registration_token = "{right}"')
    body = json.dumps(GOOD)
    assert (
        post(guarded.port, "/register", body, JSON | {"Authorization": f"Bearer {right}"}).status
        == 201
    )
    for headers in (
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": f"Bearer {right}x"},
        {"Authorization": f"Basic {right}"},
    ):
        assert post(guarded.port, "/register", body, JSON | headers).status == 401
