"""POST /revoke: a client ends its own grants, and nobody else's."""

import json

import pytest

from http_request import basic, post, post_form
from oauth import as_client, is_active, obtain_tokens, refresh


def revoke(sluice, token, client_id="pub", **more):
    parameters, headers = as_client(client_id)
    return post_form(sluice.port, "/revoke", {"token": token} | parameters | more, headers)


@pytest.mark.parametrize("client_id", ["pub", "conf", "conf-post"])
@pytest.mark.parametrize(
    "hint", [{}, {"token_type_hint": "refresh_token"}, {"token_type_hint": "access_token"}]
)
def test_revoking_a_refresh_token_ends_the_grant(browser, client_id, hint):
    sluice = browser.sluice
    tokens = obtain_tokens(browser, client_id)
    assert is_active(sluice, tokens["access_token"])
    assert revoke(sluice, tokens["refresh_token"], client_id, **hint).status == 200
    assert not is_active(sluice, tokens["access_token"])
    assert refresh(sluice, tokens["refresh_token"], client_id).error == "invalid_grant"


def test_revoking_an_access_token_ends_it(browser):
    sluice = browser.sluice
    tokens = obtain_tokens(browser)
    assert revoke(sluice, tokens["access_token"]).status == 200
    assert not is_active(sluice, tokens["access_token"])


def test_a_body_of_json_revokes_too(browser):
    sluice = browser.sluice
    tokens = obtain_tokens(browser)
    body = json.dumps({"token": tokens["access_token"], "client_id": "pub", "client_secret": None})
    assert post(sluice.port, "/revoke", body, {"Content-Type": "application/json"}).status == 200
    assert not is_active(sluice, tokens["access_token"])


def test_a_revocation_is_in_force_on_every_core_at_once(browser):
    """Each connection is a core's by chance: many of them reach all, and make every core know the token."""
    sluice = browser.sluice
    for _ in range(5):
        tokens = obtain_tokens(browser)
        for _ in range(24):
            assert is_active(sluice, tokens["access_token"])
        assert revoke(sluice, tokens["refresh_token"]).status == 200
        for _ in range(24):
            assert not is_active(sluice, tokens["access_token"])


@pytest.mark.parametrize(
    ("owner", "stranger"), [("pub", "pub2"), ("pub", "conf"), ("conf", "conf-post"), ("conf", "rs")]
)
def test_the_token_of_another_client_is_unchanged(browser, owner, stranger):
    sluice = browser.sluice
    tokens = obtain_tokens(browser, owner)
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert revoke(sluice, token, stranger).status in (200, 400)
    assert is_active(sluice, tokens["access_token"])
    assert refresh(sluice, tokens["refresh_token"], owner).status == 200


@pytest.mark.parametrize(
    "token", ["nobody-issued-this", "sat_" + "A" * 51, "srt_" + "A" * 51, "sat_", "x" * 5000]
)
def test_an_unknown_token_is_no_error(sluice, token):
    answer = revoke(sluice, token)
    assert answer.status == 200, answer


def test_a_caller_without_credentials_is_refused(browser, elsewhere):
    sluice = browser.sluice
    token = obtain_tokens(browser, "conf")["access_token"]
    wrong = {"Authorization": basic("conf", "canary-wrong")}
    for pairs, headers in (
        ({}, {}),
        ({"client_id": "conf"}, {}),
        ({}, wrong),
        ({"client_id": "nobody"}, {}),
    ):
        answer = post_form(
            sluice.port, "/revoke", {"token": token} | pairs, headers, source=next(elsewhere)
        )
        assert answer.status in (400, 401), answer
    assert is_active(sluice, token)


def test_a_request_without_a_token_is_refused(sluice):
    answer = post_form(sluice.port, "/revoke", {"client_id": "pub"})
    assert (answer.status, answer.error) == (400, "invalid_request")
