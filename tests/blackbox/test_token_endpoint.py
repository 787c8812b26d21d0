"""POST /token: who asks, in which form, for what."""

import statistics
import time
from base64 import b64encode

import pytest

from at_once import at_once
from http_request import FORM, basic, encode, get, post, post_form, request_bytes
from oauth import authorization, introspect, obtain_code, obtain_tokens, redeem, token_request
from sluice import CONF_SECRET, POST_SECRET
from target import check_serves, endpoint
from wire import exchange

GRANT = {"grant_type": "client_credentials"}
CONF = {"Authorization": basic("conf", CONF_SECRET)}


def check_refused(answer, statuses={400, 401}) -> None:
    assert answer.status in statuses, answer
    assert answer.error in ("invalid_client", "invalid_request", "unauthorized_client"), answer
    assert answer.get("Cache-Control") == "no-store"
    assert "access_token" not in answer.json()


def test_a_client_with_its_secret_gets_a_token(sluice):
    for pairs, headers in (
        (GRANT, CONF),
        (GRANT | {"client_id": "conf-post", "client_secret": POST_SECRET}, {}),
    ):
        answer = token_request(sluice, pairs, headers)
        assert answer.status == 200, answer
        assert "refresh_token" not in answer.json()


@pytest.mark.parametrize(
    ("pairs", "headers"),
    [
        ({"client_id": "conf", "client_secret": CONF_SECRET}, CONF),
        ({"client_id": "conf-post", "client_secret": POST_SECRET}, CONF),
        ({"client_id": "conf-post"}, CONF),
        ({"client_id": "pub"}, CONF),
        ({"client_secret": CONF_SECRET}, CONF),
        ({"client_id": "conf"}, {}),
        ({"client_id": "conf", "client_secret": ""}, {}),
        ({"client_secret": CONF_SECRET}, {}),
        ({}, {}),
        ({"client_id": ""}, {}),
        ({"client_id": "nobody"}, {}),
        ({"client_id": "nobody", "client_secret": CONF_SECRET}, {}),
        ({"client_id": "pub"}, {}),
        ({"client_id": "pub", "client_secret": "canary-of-nobody"}, {}),
        ({"client_id": "conf", "client_secret": CONF_SECRET + " "}, {}),
        ({"client_id": "conf", "client_secret": CONF_SECRET[:-1]}, {}),
        ({"client_id": "conf", "client_secret": POST_SECRET}, {}),
        (
            {"client_assertion": "e30.e30.", "client_assertion_type": "urn:x", "client_id": "conf"},
            {},
        ),
        ({}, {"Authorization": basic("conf", "")}),
        ({}, {"Authorization": basic("conf", "canary-wrong")}),
        ({}, {"Authorization": basic("pub", "")}),
        ({}, {"Authorization": basic("", CONF_SECRET)}),
        ({}, {"Authorization": "Bearer " + CONF_SECRET}),
    ],
)
def test_other_credentials_are_refused(sluice, elsewhere, pairs, headers):
    check_refused(post_form(sluice.port, "/token", GRANT | pairs, headers, source=next(elsewhere)))


def test_two_authorization_fields_are_refused(sluice):
    line = f"Authorization: {CONF['Authorization']}\r\n"
    body = encode(GRANT)
    head = f"POST /token HTTP/1.1\r\nHost: a\r\n{line}{line}Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    check_refused(exchange(sluice.port, (head + body).encode()))


def test_a_secret_in_the_query_is_not_read(sluice):
    query = encode(GRANT | {"client_id": "conf-post", "client_secret": POST_SECRET})
    check_refused(post_form(sluice.port, "/token?" + query, {"x": "y"}))
    check_refused(post_form(sluice.port, "/token?" + query, GRANT))


@pytest.mark.parametrize(
    "value",
    [
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic " + b64encode(b"conf").decode(),
        "Basic " + b64encode(b":").decode(),
        "Basic " + b64encode(b":secret").decode(),
        "Basic " + b64encode(b"conf:\xff\xfe").decode(),
        "Basic " + b64encode(b"conf:a\x00b").decode(),
        "Basic " + b64encode(b"a\r\nb:c").decode(),
        "Basic " + b64encode(b"%zz:%").decode(),
        "Basic " + b64encode(("conf:" + CONF_SECRET).encode()).decode() + "!",
        "Basic " + "A" * 20_000,
        "Basic " + b64encode(b"conf:" + b"a" * 9000).decode(),
        "BasicY29uZjp4",
        "Digest username=conf",
        "Negotiate AAAA",
        '"Basic"',
        ", Basic",
    ],
)
def test_a_malformed_authorization_is_refused(sluice, elsewhere, value):
    headers = {"Authorization": value}
    answer = post_form(sluice.port, "/token", GRANT, headers, source=next(elsewhere))
    check_refused(answer)
    if answer.status == 401:
        assert answer.get("WWW-Authenticate").startswith("Basic ")
    check_serves(endpoint(sluice))


def test_a_body_of_json_is_as_good_as_a_form(sluice):
    json_type = CONF | {"Content-Type": "application/json; charset=utf-8"}
    good = '{"grant_type":"client_credentials","scope":null,"client_id":null}'
    assert post(sluice.port, "/token", good, json_type).status == 200
    for body in ("[]", '"x"', "{", '{"grant_type":"client_credentials","grant_type":"x"}', "", encode(GRANT), " " * 20_000):
        answer = post(sluice.port, "/token", body, json_type)
        assert (answer.status, answer.error) == (400, "invalid_request"), body
    # Two resources in a list are two parameters, as in a form; a list repeats no other.
    twice = '{"grant_type":["client_credentials","client_credentials"]}'
    assert post(sluice.port, "/token", twice, json_type).error == "invalid_request"
    elsewhere = '{"grant_type":"client_credentials","resource":["https://nowhere.example/a"]}'
    assert post(sluice.port, "/token", elsewhere, json_type).error == "invalid_target"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json-patch+json",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/x-www-form-urlencoded2",
        "application/x-www-form-urlencoded, text/plain",
        "application/xml",
        "x",
        "",
    ],
)
def test_another_kind_of_body_is_refused(sluice, content_type):
    pairs = encode(GRANT)
    assert post(sluice.port, "/token", pairs, CONF | {"Content-Type": FORM}).status == 200
    assert (
        post(sluice.port, "/token", pairs, CONF | {"Content-Type": FORM + "; charset=UTF-8"}).status
        == 200
    )
    for body in (pairs, '{"grant_type":"client_credentials"}', ""):
        answer = post(sluice.port, "/token", body, CONF | {"Content-Type": content_type})
        assert answer.status in (400, 415), answer
    assert post(sluice.port, "/token", pairs, CONF).status in (400, 415)


@pytest.mark.parametrize(
    "grant_type",
    [
        "password",
        "implicit",
        "AUTHORIZATION_CODE",
        "client_credentials ",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "<script>",
        "x" * 5000,
    ],
)
def test_an_unknown_grant_is_refused(sluice, grant_type):
    answer = token_request(
        sluice, {"grant_type": grant_type, "username": "alice", "password": "x"}, CONF
    )
    assert (answer.status, answer.error) == (400, "unsupported_grant_type"), answer
    assert len(answer.body) < 1000


@pytest.mark.parametrize("pairs", [{}, {"grant_type": ""}, {"Grant_Type": "client_credentials"}])
def test_a_request_without_a_grant_is_refused(sluice, pairs):
    answer = token_request(sluice, pairs, CONF)
    assert (answer.status, answer.error) == (400, "invalid_request"), answer


@pytest.mark.parametrize(
    "name",
    [
        "grant_type",
        "code",
        "redirect_uri",
        "code_verifier",
        "client_id",
        "client_secret",
        "scope",
        "x",
    ],
)
@pytest.mark.parametrize("other", [False, True])
def test_a_parameter_that_stands_twice_is_an_error(sluice, browser, name, other):
    code = obtain_code(browser, "conf-post", resource=sluice.resource)
    extra = {"client_secret": POST_SECRET, "resource": sluice.resource, "x": "y"}
    pairs = code.redemption(**extra)
    pairs.setdefault(name, "mcp:read")
    second = "another" if other else pairs[name]
    for twice in (list(pairs.items()) + [(name, second)], [(name, second)] + list(pairs.items())):
        answer = token_request(sluice, twice)
        assert (answer.status, answer.error) == (400, "invalid_request"), answer
    assert redeem(sluice, code).status == 200


@pytest.mark.parametrize(
    "body",
    [
        "x=" + "a" * (2 * 1024 * 1024),
        "&".join(f"p{number}=1" for number in range(50_000)),
        "&" * 100_000,
        "=&" * 50_000,
        "p=1&" * 50_000,
        "%" * 1000,
        "grant_type=%00",
        "grant_type=%ff%fe",
        "grant_type=client_credentials&x=%zz",
        "=x",
        "grant_type=client_credentials\r\nscope=x",
        "grant_type=client_credentials;scope=x",
        "\x00" * 1000,
    ],
    ids=lambda body: body[:20].replace("\x00", "0"),
)
@pytest.mark.parametrize("path", ["/token", "/introspect", "/revoke"])
def test_an_odd_form_is_refused_quickly(sluice, path, body):
    began = time.monotonic()
    answer = post(sluice.port, path, body, CONF | {"Content-Type": FORM})
    assert 400 <= answer.status < 500, answer
    assert time.monotonic() - began < 3
    check_serves(endpoint(sluice))


def test_an_odd_authorization_query_is_refused_quickly(sluice):
    for query in ("&" * 8000, "=&" * 4000, "p=1&" * 2000, "%", "client_id=%00"):
        answer = get(sluice.port, "/authorize?" + query)
        assert answer.status == 400, answer


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/token", "/introspect", "/revoke", "/register"])
def test_another_method_is_refused(sluice, method, path):
    target = f"{path}?{encode(GRANT)}"
    answer = exchange(sluice.port, request_bytes(method, target, CONF), to_head=method == "HEAD")
    assert answer.status == 405, answer
    assert "POST" in answer.get("Allow")


def test_one_client_is_limited_and_others_are_not(start):
    limited = start(rate_limit="20")
    answers = [token_request(limited, GRANT, CONF) for _ in range(25)]
    statuses = [answer.status for answer in answers]
    assert statuses == [200] * 20 + [429] * 5, statuses
    assert answers[-1].error and int(answers[-1].get("Retry-After")) > 0
    other = GRANT | {"client_id": "conf-post", "client_secret": POST_SECRET}
    assert token_request(limited, other).status == 200


def test_wrong_secrets_are_answered_429_in_the_end(sluice, elsewhere):
    source = next(elsewhere)
    wrong = {"Authorization": basic("conf", "canary-wrong")}
    assert post_form(sluice.port, "/token", GRANT, CONF, source=source).status == 200
    statuses = [
        post_form(sluice.port, "/token", GRANT, wrong, source=source).status for _ in range(15)
    ]
    assert set(statuses) == {401, 429}, statuses
    assert statuses[-1] == 429
    limited = post_form(sluice.port, "/token", GRANT, wrong, source=source)
    assert int(limited.get("Retry-After")) > 0
    # Others behind the same address do not lock the owner out: a secret is not guessed online.
    assert post_form(sluice.port, "/token", GRANT, CONF, source=source).status == 200
    assert post_form(sluice.port, "/token", GRANT, CONF).status == 200


def test_wrong_secrets_are_counted_when_they_come_at_once(sluice, elsewhere):
    source = next(elsewhere)
    wrong = {"Authorization": basic("conf", "canary-wrong")}
    answers = at_once(32, lambda: post_form(sluice.port, "/token", GRANT, wrong, source=source))
    statuses = [answer.status for answer in answers]
    assert statuses.count(401) <= 15, statuses


def test_an_unknown_client_is_refused_as_fast_as_a_known_one(sluice, elsewhere):
    def timed(client_id: str) -> float:
        headers = {"Authorization": basic(client_id, "canary-wrong")}
        began = time.perf_counter()
        answer = post_form(sluice.port, "/token", GRANT, headers, source=next(elsewhere))
        assert answer.status == 401, answer
        return time.perf_counter() - began

    for _ in range(3):  # scheduling on a busy machine is not the server's doing
        pairs = [(timed("conf"), timed("xonf")) for _ in range(60)]
        known, unknown = (statistics.median(side) for side in zip(*pairs))
        if abs(known - unknown) < max(0.25 * known, 0.0003):
            return
    raise AssertionError(f"known {known * 1e6:.0f} us, unknown {unknown * 1e6:.0f} us")


@pytest.mark.parametrize(
    "scope", ["nonsense", "mcp:read nonsense", "mcp:READ", 'a"b', "mcp:read\x7f"]
)
def test_client_credentials_reach_no_unknown_scope(sluice, scope):
    answer = token_request(sluice, GRANT | {"scope": scope}, CONF)
    assert answer.status == 400, answer
    assert answer.error in ("invalid_scope", "invalid_request")


def test_a_client_reaches_no_scope_beyond_its_own(sluice, browser):
    answer = browser.authorize(authorization("narrow", scope="mcp:read mcp:write"))
    location = answer.get("Location") or ""
    assert "error=invalid_scope" in location, answer
    tokens = obtain_tokens(browser, "narrow", scope="mcp:read")
    assert introspect(sluice, tokens["access_token"])["scope"] == "mcp:read"


@pytest.mark.parametrize(
    "resource", ["https://elsewhere.example/mcp", "@", "@/mcp#x", "mcp", "@/nothing"]
)
def test_client_credentials_reach_no_unknown_resource(sluice, resource):
    pairs = GRANT | {"resource": resource.replace("@", sluice.origin)}
    answer = token_request(sluice, pairs, CONF)
    assert (answer.status, answer.error) == (400, "invalid_target"), answer


def test_an_error_is_json_without_null_and_is_not_stored(sluice):
    for answer in (
        token_request(sluice, {"grant_type": "authorization_code", "client_id": "pub"}),
        token_request(sluice, {"grant_type": "refresh_token", "client_id": "nobody"}),
        token_request(sluice, {}),
    ):
        assert "null" not in answer.text
        assert answer.get("Cache-Control") == "no-store"
        assert isinstance(answer.error, str)
