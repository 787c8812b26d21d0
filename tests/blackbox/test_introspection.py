"""POST /introspect: who may ask, and how little an inactive token says."""

import json

import pytest

from http_request import FORM, basic, encode, get, post, post_form
from oauth import Browser, as_client, obtain_code, obtain_tokens
from sluice import API_KEY, CONF_SECRET, RS_SECRET, Sluice

RS = {"Authorization": basic("rs", RS_SECRET)}
INACTIVE = {"active": False}


def ask(sluice, token, headers=RS, source=None):
    return post_form(sluice.port, "/introspect", {"token": token}, headers, source)


@pytest.fixture(scope="module")
def tokens(browser):
    return obtain_tokens(browser, "conf", resource=browser.sluice.resource)


def test_a_resource_server_learns_about_a_token(sluice, tokens):
    given = ask(sluice, tokens["access_token"]).json()
    assert given["active"] is True
    assert (given["client_id"], given["aud"], given["scope"]) == (
        "conf",
        sluice.resource,
        "mcp:read",
    )
    assert None not in given.values()


def test_an_api_key_may_ask(sluice, tokens):
    assert (
        ask(sluice, tokens["access_token"], {"Authorization": f"Bearer {API_KEY}"}).json()["active"]
        is True
    )


def test_a_json_body_may_ask(sluice, tokens):
    body = json.dumps({"token": tokens["access_token"]})
    answer = post(sluice.port, "/introspect", body, RS | {"Content-Type": "application/json"})
    assert answer.json()["active"] is True


@pytest.fixture(scope="module")
def opened():
    with Sluice("http://127.0.0.1:9/mcp", more_auth='introspection_open = ["127.0.5.0/24"]') as one:
        yield one


def test_a_network_may_ask_without_credentials_where_it_is_opened(opened):
    token = obtain_tokens(Browser(opened), resource=opened.resource)["access_token"]
    inside, outside = "127.0.5.9", "127.0.6.9"
    assert ask(opened, token, {}, inside).json()["active"] is True
    assert ask(opened, "sat_x", {}, inside).json() == INACTIVE
    assert ask(opened, token, {}, outside).status == 401
    assert ask(opened, token, {}).status == 401
    assert ask(opened, token, RS, outside).json()["active"] is True
    for headers in (
        {"Authorization": basic("rs", "canary-wrong")},
        {"X-Forwarded-For": "127.0.5.9"},
        {"Forwarded": "for=127.0.5.9"},
        {"X-Real-IP": "127.0.5.9"},
        {"Via": "1.1 proxy"},
    ):
        assert ask(opened, token, headers, inside).status == 401, headers
    pairs = {"token": token, "client_id": "pub"}
    assert post_form(opened.port, "/introspect", pairs, {}, inside).status == 401
    body = json.dumps({"client_id": "c", "resource": "/mcp", "tool": "read_note"})
    json_type = {"Content-Type": "application/json"}
    assert post(opened.port, "/v1/decision", body, json_type, inside).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": basic("rs", "canary-wrong")},
        {"Authorization": basic("rs", "")},
        {"Authorization": basic("rs", RS_SECRET + "x")},
        {"Authorization": basic("rs", CONF_SECRET)},
        {"Authorization": basic("nobody", RS_SECRET)},
        {"Authorization": basic("pub", "")},
        {"Authorization": basic("pub", "pub")},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer canary-of-nobody"},
        {"Authorization": f"Bearer {API_KEY}x"},
        {"Authorization": f"Bearer {API_KEY[:-1]}"},
        {"Authorization": f"Basic {API_KEY}"},
        {"Authorization": API_KEY},
        {"Authorization": "Bearer @TOKEN@"},
    ],
)
def test_others_are_refused(sluice, tokens, elsewhere, headers):
    headers = {
        name: value.replace("@TOKEN@", tokens["access_token"]) for name, value in headers.items()
    }
    answer = ask(sluice, tokens["access_token"], headers, next(elsewhere))
    assert answer.status in (400, 401), answer
    assert "active" not in answer.json()


def test_a_public_client_may_not_ask(sluice, tokens):
    pairs = {"token": tokens["access_token"], "client_id": "pub"}
    answer = post_form(sluice.port, "/introspect", pairs)
    assert answer.status == 401, answer


def test_a_client_learns_about_its_own_tokens_alone(browser, tokens):
    sluice = browser.sluice
    foreign = obtain_tokens(browser, "pub")["access_token"]
    _, headers = as_client("conf")
    assert ask(sluice, tokens["access_token"], headers).json()["active"] is True
    assert ask(sluice, foreign, headers).json() == INACTIVE


@pytest.mark.parametrize(
    "token",
    [
        "nobody-issued-this",
        "sat_",
        "sat_" + "A" * 51,
        "x" * 10_000,
        "<script>",
        "é",
        " ",
        "sat_\x7f",
        "sse_" + "A" * 51,
    ],
)
def test_an_unknown_token_is_inactive_and_nothing_more(sluice, token):
    answer = ask(sluice, token)
    assert answer.status in (200, 400), answer
    if answer.status == 200:
        assert answer.json() == INACTIVE


def test_an_altered_token_is_inactive(sluice, tokens):
    token = tokens["access_token"]
    for altered in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token + "A",
        token[:-1],
        token.swapcase(),
        " " + token,
    ):
        assert ask(sluice, altered).json() == INACTIVE


def test_a_code_is_no_token(browser):
    code = obtain_code(browser)
    assert ask(browser.sluice, code.text).json() == INACTIVE


def test_a_token_in_the_query_is_not_read(sluice, tokens):
    target = "/introspect?" + encode({"token": tokens["access_token"]})
    assert get(sluice.port, target, RS).status in (401, 405)
    answer = post(sluice.port, target, "", RS | {"Content-Type": FORM})
    assert answer.status == 400, answer


@pytest.mark.parametrize("body", ["token=a&token=b", "token=", "", "x=y", '{"token":"a"}'])
def test_a_request_without_exactly_one_token_is_refused(sluice, body):
    answer = post(sluice.port, "/introspect", body, RS | {"Content-Type": FORM})
    assert (answer.status, answer.error) == (400, "invalid_request"), answer


@pytest.mark.parametrize(
    "body",
    [
        '{"token":"a","token":"b"}',
        '{"token":1}',
        '{"token":null}',
        '{"token":["a"]}',
        "[]",
        '"a"',
        "{}",
        "{",
        "",
        '{"token":"a"}x',
    ],
)
def test_a_json_body_without_exactly_one_token_is_refused(sluice, body):
    answer = post(sluice.port, "/introspect", body, RS | {"Content-Type": "application/json"})
    assert (answer.status, answer.error) == (400, "invalid_request"), answer


def test_an_answer_is_not_stored(sluice, tokens):
    for token in (tokens["access_token"], "nobody-issued-this"):
        answer = ask(sluice, token)
        assert answer.get("Cache-Control") == "no-store"
