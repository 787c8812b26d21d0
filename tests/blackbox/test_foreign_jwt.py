"""Tokens of another issuer at the gateway (RFC 9068), signed by openssl, with keys that the issuer publishes."""

import time

import pytest

from http_request import post
from jose import KeyServer, RsaKey, encoded
from sluice import Sluice

PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return RsaKey(tmp_path_factory.mktemp("key"), "one")


@pytest.fixture
def issuer(key):
    server = KeyServer(key)
    yield server
    server.stop()


@pytest.fixture
def gateway(shared_upstream, issuer):
    resource = f"""
[[resource]]
path = "/foreign"
upstream = "{shared_upstream.url}"
verify = "jwt"
jwt = {{ issuer = "{issuer.url}", audience = "api://foreign" }}
required_scopes = ["files:read"]
"""
    with Sluice(shared_upstream.url, cores="1", more=resource) as running:
        yield running


def claims(issuer: KeyServer, **changes) -> dict:
    now = int(time.time())
    known = {"iss": issuer.url, "sub": "alice", "aud": "api://foreign", "client_id": "app", "scope": "files:read"}
    return known | {"iat": now, "exp": now + 300, "jti": "1"} | changes


def call(gateway: Sluice, token: str):
    return post(gateway.port, "/foreign", PING, JSON | {"Authorization": f"Bearer {token}"})


def test_a_token_opens_the_door_and_keys_are_asked_for_once(gateway, issuer, key):
    token = key.sign(claims(issuer), typ="at+jwt")
    for _ in range(3):
        assert call(gateway, token).status == 200
    assert call(gateway, key.sign(claims(issuer, jti="2"))).status == 200
    assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "api://other"},
        {"exp": 1},
        {"nbf": 9999999999},
        {"sub": None},
        {"cnf": {"jkt": "x"}},
    ],
)
def test_a_wrong_claim_is_401(gateway, issuer, key, changes):
    answer = call(gateway, key.sign(claims(issuer, **changes)))
    assert answer.status == 401 and 'error="invalid_token"' in answer.get("WWW-Authenticate"), answer


def test_forgeries_are_401(gateway, issuer, key, tmp_path):
    good = key.sign(claims(issuer))
    head, payload, signature = good.split(".")
    none = encoded(b'{"alg":"none"}')
    for token in (
        RsaKey(tmp_path, "one").sign(claims(issuer)),
        RsaKey(tmp_path, "two").sign(claims(issuer)),
        f"{none}.{payload}.",
        f"{none}.{payload}.{signature}",
        f"{head}.{payload}.",
        key.sign(claims(issuer), typ="logout+jwt"),
        key.sign(claims(issuer), alg="HS256"),
    ):
        assert call(gateway, token).status == 401, token
    assert call(gateway, good).status == 200


def test_missing_scopes_are_403(gateway, issuer, key):
    answer = call(gateway, key.sign(claims(issuer, scope="other")))
    assert answer.status == 403 and "files:read" in answer.get("WWW-Authenticate"), answer


def test_without_keys_nothing_passes_and_503_says_when_to_come_again(gateway, issuer, key):
    issuer.away = True
    token = key.sign(claims(issuer))
    answer = call(gateway, token)
    assert answer.status == 503 and int(answer.get("Retry-After")) > 0, answer
    issuer.away = False
    deadline = time.monotonic() + 15
    while call(gateway, token).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_a_rotated_key_is_found(gateway, issuer, key, tmp_path):
    assert call(gateway, key.sign(claims(issuer))).status == 200
    rotated = RsaKey(tmp_path, "rotated")
    issuer.keys = [key.jwk, rotated.jwk]
    token = rotated.sign(claims(issuer, jti="3"))
    deadline = time.monotonic() + 15
    while call(gateway, token).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.5)
