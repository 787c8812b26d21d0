"""Clients that prove themselves by a key (RFC 7523), with assertions that openssl has signed."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from http_request import get, post_form
from jose import KeyServer, RsaKey
from sluice import Sluice, free_port

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return RsaKey(tmp_path_factory.mktemp("key"), "one")


def client(source: str) -> str:
    return f"""
[[auth.client]]
client_id = "worker"
auth_method = "private_key_jwt"
{source}
grant_types = ["client_credentials"]
"""


def by_set(key: RsaKey) -> str:
    return client(f"jwks = '{json.dumps({'keys': [key.jwk]})}'")


def token(running: Sluice, proof: dict[str, str]):
    return post_form(running.port, "/token", GRANT | proof)


@pytest.fixture(scope="module")
def running(shared_upstream, key):
    with Sluice(shared_upstream.url, more=by_set(key)) as one:
        yield one


def test_an_assertion_proves_the_client_at_each_endpoint(running, key):
    answer = token(running, key.assertion("worker", f"{running.origin}/token"))
    assert answer.status == 200, answer
    shown = {"token": answer.json()["access_token"]}
    asked = post_form(running.port, "/introspect", shown | key.assertion("worker", running.origin))
    assert asked.json()["active"] is True, asked
    assert post_form(running.port, "/revoke", shown | key.assertion("worker", running.origin)).status == 200
    asked = post_form(running.port, "/introspect", shown | key.assertion("worker", running.origin))
    assert asked.json()["active"] is False, asked


def test_of_many_who_show_one_assertion_one_wins(running, key):
    proof = key.assertion("worker", running.origin)
    with ThreadPoolExecutor(16) as threads:
        statuses = sorted(answer.status for answer in threads.map(lambda _: token(running, proof), range(32)))
    assert statuses.count(200) == 1, statuses
    assert set(statuses[1:]) <= {401, 429}, statuses


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example"},
        {"iss": "other"},
        {"exp": 1},
        {"iat": 1},
        {"jti": None},
    ],
)
def test_a_wrong_claim_is_refused_and_told_to_the_log(running, key, changes):
    answer = token(running, key.assertion("worker", running.origin, **changes))
    assert (answer.status, answer.json()["error"]) == (401, "invalid_client"), answer
    deadline = time.monotonic() + 5
    while '"assertion_refused"' not in running.output():
        assert time.monotonic() < deadline, "the log does not tell"
        time.sleep(0.05)


def test_another_key_is_refused(running, tmp_path):
    answer = token(running, RsaKey(tmp_path, "one").assertion("worker", running.origin))
    assert (answer.status, answer.json()["error"]) == (401, "invalid_client"), answer


def test_two_methods_at_once_are_an_invalid_request(running, key):
    answer = token(running, key.assertion("worker", running.origin) | {"client_secret": "x"})
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request"), answer


def test_metadata_tells_the_method_and_its_algorithms(running):
    metadata = get(running.port, "/.well-known/oauth-authorization-server").json()
    for endpoint in ("token", "introspection", "revocation"):
        assert "private_key_jwt" in metadata[f"{endpoint}_endpoint_auth_methods_supported"]
        assert "ES256" in metadata[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]


def test_what_was_used_stays_used_across_a_restart(shared_upstream, key, tmp_path):
    port = free_port()
    kept = {"storage": f'path = "{tmp_path}/sluice.db"', "more": by_set(key)}
    with Sluice(shared_upstream.url, port=port, **kept) as first:
        proof = key.assertion("worker", first.origin)
        assert token(first, proof).status == 200
        fresh = key.assertion("worker", first.origin)
    with Sluice(shared_upstream.url, port=port, **kept) as second:
        assert token(second, proof).status == 401
        assert token(second, fresh).status == 200


def test_keys_by_url_are_asked_for_again_when_a_kid_is_new(shared_upstream, key, tmp_path):
    published = KeyServer(key)
    with Sluice(shared_upstream.url, cores="1", more=client(f'jwks_uri = "{published.url}/keys"')) as one:
        assert token(one, key.assertion("worker", one.origin)).status == 200
        assert token(one, key.assertion("worker", one.origin)).status == 200
        assert published.asked == ["/keys"]
        published.away = True
        assert token(one, key.assertion("worker", one.origin)).status == 200, "the last good set is kept"
    published.stop()


def test_keys_that_cannot_be_had_are_no_fault_of_the_client(shared_upstream, key):
    with Sluice(shared_upstream.url, more=client(f'jwks_uri = "http://127.0.0.1:{free_port()}/keys"')) as one:
        answer = token(one, key.assertion("worker", one.origin))
        assert answer.status == 503 and int(answer.get("Retry-After")) > 0, answer
