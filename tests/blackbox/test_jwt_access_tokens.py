"""JWT access tokens (RFC 9068): verified by openssl, and by another sluice that knows the issuer alone."""

import base64
import json
import subprocess
import time

import pytest

from http_request import get, post, post_form
from oauth import introspect, is_active
from sluice import BINARY, CONF_SECRET, Sluice, free_port
from jose import public_pem, verifies

PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def resource(upstream: str, public_url: str = "") -> str:
    elsewhere = f'identifier = "{public_url}/mcp"' if public_url else f'upstream = "{upstream}"'
    return f"""
[[resource]]
path = "/signed"
{elsewhere}
verify = "local"
token_format = "jwt"
"""


def obtain(running: Sluice, meant_for: str) -> str:
    asked = {"grant_type": "client_credentials", "resource": meant_for, "scope": "mcp:read"}
    answer = post_form(running.port, "/token", asked | {"client_id": "conf", "client_secret": CONF_SECRET})
    assert answer.status == 200, answer
    return answer.json()["access_token"]


def part(token: str, index: int) -> dict:
    text = token.split(".")[index]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


@pytest.fixture(scope="module")
def running(shared_upstream):
    keys = '[auth.keys]\nalgorithm = "RS256"'
    with Sluice(shared_upstream.url, more_auth=keys, more=resource(shared_upstream.url)) as one:
        yield one


def test_openssl_verifies_it_with_the_published_key(running, tmp_path):
    token = obtain(running, f"{running.origin}/signed")
    head, claims = part(token, 0), part(token, 1)
    assert (head["alg"], head["typ"]) == ("RS256", "at+jwt")
    metadata = get(running.port, "/.well-known/oauth-authorization-server").json()
    assert metadata["jwks_uri"] == f"{running.origin}/.well-known/jwks.json"
    published = get(running.port, "/.well-known/jwks.json")
    assert published.get("Content-Type") == "application/jwk-set+json"
    [key] = [k for k in json.loads(published.text)["keys"] if k["kid"] == head["kid"]]
    assert verifies(public_pem(key, tmp_path), token, tmp_path)
    assert claims["iss"] == running.origin and claims["aud"] == f"{running.origin}/signed"
    assert claims["mcp_tool_scopes"] == ["mcp:read"] and claims["exp"] - claims["iat"] == 3600


def test_it_opens_the_door_and_is_revoked(running):
    token = obtain(running, f"{running.origin}/signed")
    bearer = JSON | {"Authorization": f"Bearer {token}"}
    assert post(running.port, "/signed", PING, bearer).status == 200
    assert introspect(running, token)["client_id"] == "conf"
    revoke = {"token": token, "client_id": "conf", "client_secret": CONF_SECRET}
    assert post_form(running.port, "/revoke", revoke).status == 200
    assert not is_active(running, token)
    assert post(running.port, "/signed", PING, bearer).status == 401


def test_other_resources_have_opaque_tokens(running):
    assert obtain(running, running.resource).startswith("sat_")


def test_another_sluice_takes_it_by_the_issuer_alone(shared_upstream):
    port = free_port()
    away = f"http://127.0.0.1:{port}"
    with Sluice(shared_upstream.url, more=resource("", away)) as issuer:
        jwt = f'[[resource]]\npath = "/by-jwt"\nupstream = "{shared_upstream.url}"\nverify = "jwt"\n'
        jwt += f'jwt = {{ issuer = "{issuer.origin}", audience = "{away}/mcp" }}\nrequired_scopes = ["mcp:read"]'
        with Sluice(shared_upstream.url, port=port, more=jwt) as gateway:
            token = obtain(issuer, f"{away}/mcp")
            answer = post(port, "/by-jwt", PING, JSON | {"Authorization": f"Bearer {token}"})
            assert answer.status == 200, answer


def test_keys_stay_across_a_restart_and_rotate_when_asked(shared_upstream, tmp_path):
    port = free_port()
    kept = {"storage": f'path = "{tmp_path}/sluice.db"', "more": resource(shared_upstream.url)}

    def keys() -> list[str]:
        return [key["kid"] for key in json.loads(get(port, "/.well-known/jwks.json").text)["keys"]]

    def wait_until_ready():
        deadline = time.monotonic() + 10
        while get(port, "/.well-known/jwks.json").status != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    with Sluice(shared_upstream.url, port=port, **kept) as first:
        wait_until_ready()
        before = keys()
        token = obtain(first, f"{first.origin}/signed")
        rotated = subprocess.run(
            [BINARY, "keys", "rotate", "--config", str(first.file)], capture_output=True, text=True, timeout=30
        )
        assert rotated.returncode == 0, rotated.stderr
    with Sluice(shared_upstream.url, port=port, **kept) as second:
        wait_until_ready()
        assert is_active(second, token)
        assert keys()[:1] == before and len(keys()) == 2
        assert part(obtain(second, f"{second.origin}/signed"), 0)["kid"] == before[0], "the new one is published only"
