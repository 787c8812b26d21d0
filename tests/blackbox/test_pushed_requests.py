"""Pushed authorization requests (RFC 9126): kept for one browser of one client, for a moment."""

import pytest

from at_once import at_once
from http_request import basic, encode, get, post, post_form
from oauth import Browser, Pkce, authorization, decision_button, parameters_of, token_request
from sluice import CONF_SECRET
from test_pages import check_page

PREFIX = "urn:ietf:params:oauth:request_uri:"


def push(sluice, client_id="pub", /, headers=None, **changes):
    return post_form(sluice.port, "/par", authorization(client_id, **changes), headers)


def begin(sluice, request_uri, client_id="pub"):
    return get(sluice.port, "/authorize?" + encode({"client_id": client_id, "request_uri": request_uri}))


def test_the_whole_way(sluice, elsewhere):
    pkce = Pkce()
    answer = push(sluice, code_challenge=pkce.challenge, scope="mcp:read mcp:write")
    assert answer.status == 201 and answer.get("Cache-Control") == "no-store", answer
    pushed = answer.json()
    assert pushed["request_uri"].startswith(PREFIX) and 5 <= pushed["expires_in"] <= 90
    person = Browser(sluice, next(elsewhere))
    target, page = person.open_consent({"client_id": "pub", "request_uri": pushed["request_uri"]})
    assert page.status == 200, page
    check_page(page)
    assert "127.0.0.1:7777" in page.text and "redirect_uri" not in target
    form, button = decision_button(page, "approve")
    given = parameters_of(person.submit(target, form, button).get("Location"))
    assert given["state"] == "state-0" and given["iss"] == sluice.origin
    redemption = {
        "grant_type": "authorization_code",
        "code": given["code"],
        "client_id": "pub",
        "redirect_uri": "http://127.0.0.1:7777/cb",
        "code_verifier": pkce.verifier,
    }
    assert token_request(sluice, redemption).status == 200
    assert person.submit(target, form, button).status == 400, "it was answered"
    assert begin(sluice, pushed["request_uri"]).status == 400


def test_it_is_begun_once_however_many_try(sluice):
    request_uri = push(sluice).json()["request_uri"]
    answers = at_once(12, lambda: begin(sluice, request_uri))
    assert sorted(answer.status for answer in answers) == [303] + [400] * 11


def test_it_is_of_the_client_that_pushed_it(sluice):
    request_uri = push(sluice).json()["request_uri"]
    assert begin(sluice, request_uri, "pub2").status == 400
    assert begin(sluice, request_uri, "nobody").status == 400
    assert begin(sluice, request_uri).status == 303


def test_the_client_is_authenticated_as_at_the_token_endpoint(sluice):
    assert push(sluice, "conf").status == 401
    wrong = push(sluice, "conf", headers={"Authorization": basic("conf", "x" * 32)})
    assert wrong.status == 401 and wrong.json()["error"] == "invalid_client"
    right = push(sluice, "conf", headers={"Authorization": basic("conf", CONF_SECRET)})
    assert right.status == 201, right
    assert CONF_SECRET not in right.text


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/cb"},
        {"response_type": "token"},
        {"code_challenge": None},
        {"scope": "unheard:of"},
        {"request_uri": PREFIX + "x"},
        {"request": "e30.e30."},
        {"resource": "not a url"},
    ],
    ids=str,
)
def test_what_is_wrong_is_told_at_once(sluice, changes):
    answer = push(sluice, **changes)
    assert answer.status == 400 and answer.json()["error"], answer
    assert push(sluice).status == 201, "the control"


def test_only_forms_are_taken(sluice):
    answer = post(sluice.port, "/par", "{}", {"Content-Type": "application/json"})
    assert answer.status == 400 and answer.json()["error"] == "invalid_request"
    assert get(sluice.port, "/par").status == 405


def test_they_may_be_demanded(start):
    strict = start(more_auth="require_pushed_authorization_requests = true")
    answer = get(strict.port, "/authorize?" + encode(authorization()))
    assert answer.status == 400 and answer.get("Location") is None
    assert begin(strict, push(strict).json()["request_uri"]).status == 303
    metadata = get(strict.port, "/.well-known/oauth-authorization-server").json()
    assert metadata["require_pushed_authorization_requests"] is True
    assert metadata["pushed_authorization_request_endpoint"] == strict.origin + "/par"
