"""Discovery documents name this server as it is configured, whatever a request claims."""

import pytest

from http_request import encode, get, post
from oauth import authorization, parameters_of

DOCUMENTS = [
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/oauth-protected-resource/other",
    # Where clients of the Python reference look.
    "/.well-known/oauth-authorization-server/mcp",
    "/mcp/.well-known/oauth-protected-resource",
    # Where those of Auth-Agent do.
    "/.well-known/oauth-protected-resource/srv_notes",
]
LIES = [
    {"Host": "evil.example"},
    {"Host": "evil.example:443"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "443"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Original-Host": "evil.example", "X-Host": "evil.example"},
    {"X-Forwarded-Prefix": "/evil.example"},
    {"Origin": "https://evil.example", "Referer": "https://evil.example/"},
]


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("lie", LIES)
def test_a_document_is_the_same_for_everybody(sluice, path, lie):
    honest = get(sluice.port, path)
    assert honest.status == 200, honest
    answer = get(sluice.port, path, lie)
    assert answer.body == honest.body
    assert b"evil" not in answer.raw_head
    for name, value in honest.json().items():
        if name in ("issuer", "resource") or name.endswith("_endpoint"):
            assert value == sluice.origin or value.startswith(sluice.origin + "/"), (name, value)


@pytest.mark.parametrize("lie", LIES)
def test_a_challenge_and_a_redirect_are_too(sluice, browser, lie):
    challenge = post(sluice.port, "/mcp", "{}", {"Content-Type": "application/json"} | lie)
    assert "evil" not in (challenge.get("WWW-Authenticate") or "")
    answer = get(sluice.port, "/authorize?" + encode(authorization(response_type="token")), lie)
    assert parameters_of(answer.get("Location"))["iss"] == sluice.origin


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/",
        "/.well-known/nothing",
        "/.well-known/oauth-authorization-server/nothing",
        "/.well-known/oauth-protected-resource/nothing",
        "/.well-known/oauth-protected-resource/mcp/x",
        "/nothing",
        "/",
    ],
)
def test_elsewhere_there_is_nothing(sluice, path):
    answer = get(sluice.port, path)
    assert answer.status == 404, answer
    assert "html" not in (answer.get("Content-Type") or "")


def test_metadata_promises_only_what_is_there(sluice):
    document = get(sluice.port, DOCUMENTS[0]).json()
    assert document["issuer"] == sluice.origin
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert "implicit" not in document["grant_types_supported"]
    assert None not in document.values()
