"""Many people behind one address: limits by address are wider, and still there."""

import json

import pytest

from http_request import basic, post, post_form
from oauth import Browser, obtain_tokens
from sluice import CONF_SECRET, Sluice

SHARED, OTHER = "127.0.5.1", "127.0.6.1"
LIMIT = 5
FACTOR = 100  # as docs/CONFIGURATION.md has it


@pytest.fixture(scope="module")
def box():
    more = 'trusted_networks = ["127.0.5.0/24"]'
    with Sluice("http://127.0.0.1:9/mcp", more_server=more, rate_limit=str(LIMIT)) as running:
        yield running


def statuses(times, send):
    return [send().status for _ in range(times)]


def register(box, source):
    metadata = {"redirect_uris": ["https://app.example/cb"], "token_endpoint_auth_method": "none"}
    headers = {"Content-Type": "application/json"}
    return post(box.port, "/register", json.dumps(metadata), headers, source)


def test_registrations(box):
    assert set(statuses(LIMIT * 20, lambda: register(box, SHARED))) == {201}
    assert statuses(LIMIT + 1, lambda: register(box, OTHER)) == [201] * LIMIT + [429]


def test_registrations_are_bounded_all_the_same(box):
    found = statuses(LIMIT * FACTOR + 20, lambda: register(box, "127.0.5.2"))
    assert found.count(429) >= 20, "a limit that is none"


def test_one_public_client_of_many_people(box):
    def asked_with_a_wrong_code(source):
        pairs = {"grant_type": "authorization_code", "code": "sac_x", "client_id": "pub2"}
        return post_form(box.port, "/token", pairs, None, source)

    assert set(statuses(LIMIT * 10, lambda: asked_with_a_wrong_code(SHARED))) == {400}
    assert 429 in statuses(LIMIT + 1, lambda: asked_with_a_wrong_code(OTHER))


def test_one_grant_that_refreshes_without_end_is_limited_and_others_are_not(box):
    def refresh(token):
        pairs = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "pub"}
        return post_form(box.port, "/token", pairs, None, SHARED)

    greedy, modest = (
        obtain_tokens(Browser(box, f"127.0.7.{i}"), resource=box.resource)["refresh_token"]
        for i in (1, 2)
    )
    found = statuses(LIMIT + 2, lambda: refresh(greedy))
    assert found == [200] * LIMIT + [429] * 2
    assert refresh(modest).status == 200


def test_wrong_secrets(box):
    grant = {"grant_type": "client_credentials"}
    wrong = {"Authorization": basic("conf", "canary-wrong")}
    right = {"Authorization": basic("conf", CONF_SECRET)}
    send = lambda source: post_form(box.port, "/token", grant, wrong, source)
    assert set(statuses(50, lambda: send(SHARED))) == {401}
    assert 429 in statuses(15, lambda: send(OTHER))
    assert post_form(box.port, "/token", grant, right, OTHER).status == 200
