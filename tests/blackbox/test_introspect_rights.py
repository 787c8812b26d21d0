"""The right to introspect and to ask for decisions is bound to resources."""

import json

import pytest

from http_request import basic, get, post, post_form, request_bytes
from oauth import Browser, obtain_tokens
from sluice import Sluice, free_port
from wire import exchange

SECRET = "canary-of-one-resource-0123456789abcdef"
KEY = "canary-of-another-key-0123456789abcdef"
FRICTION = """
[resource.friction]
warmup_calls = 0
[resource.friction.tools.delete_note]
target_rate = 0.03
"""
MORE = f"""
{FRICTION}
[[auth.client]]
client_id = "rs-mcp"
client_secret = "{SECRET}"
auth_method = "client_secret_basic"
grant_types = ["client_credentials"]
introspect = ["/mcp"]

[[auth.client]]
client_id = "rs-other"
client_secret = "{SECRET}"
auth_method = "client_secret_basic"
grant_types = []
introspect = ["http://127.0.0.1:PORT/other/"]

[[auth.api_key]]
name = "bound"
key = "{KEY}"
introspect = ["/other"]
"""
MCP = {"Authorization": basic("rs-mcp", SECRET)}
OTHER = {"Authorization": basic("rs-other", SECRET)}
BOUND_KEY = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture(scope="module")
def two():
    port = free_port()
    more = MORE.replace("PORT", str(port))
    with Sluice("http://127.0.0.1:9/mcp", port=port, friction=FRICTION, more=more) as running:
        yield running


@pytest.fixture(scope="module")
def tokens(two):
    browser = Browser(two)
    return {
        path: obtain_tokens(browser, resource=f"{two.origin}{path}", scope="mcp:read mcp:write")
        for path in ("/mcp", "/other")
    }


def active(sluice, proof, token):
    # Twice: what is remembered of the caller is as narrow as what it proved.
    answers = {
        post_form(sluice.port, "/introspect", {"token": token}, proof).text for _ in range(2)
    }
    (text,) = answers
    answer = json.loads(text)
    assert answer["active"] or answer == {"active": False}
    return answer["active"]


def ask(sluice, proof, question, path="/v1/decision"):
    headers = {"Content-Type": "application/json"} | proof
    return post(sluice.port, path, json.dumps(question), headers)


@pytest.mark.parametrize(
    "proof, seen", [(MCP, "/mcp"), (OTHER, "/other"), (BOUND_KEY, "/other")]
)
def test_a_token_for_another_resource_is_inactive(two, tokens, proof, seen):
    for path, issued in tokens.items():
        assert active(two, proof, issued["access_token"]) is (path == seen), path
        assert not active(two, proof, issued["refresh_token"])


def test_its_own_tokens_are_always_seen(two):
    pairs = {"grant_type": "client_credentials", "resource": f"{two.origin}/other"}
    token = post_form(two.port, "/token", pairs, MCP).json()["access_token"]
    assert active(two, MCP, token)
    assert active(two, OTHER, token)


def test_decisions_about_another_resource_are_refused(two, tokens):
    for question in (
        {"token": tokens["/other"]["access_token"]},
        {"client_id": "victim", "subject": "alice"},
    ):
        for path in ("/v1/decision", "/v1/friction/record"):
            answer = ask(
                two, MCP, question | {"resource": "/other", "tool": "delete_note"}, path
            )
            assert (answer.status, answer.json()["error"]) == (403, "access_denied"), path
    own = ask(two, MCP, {"client_id": "c", "resource": "/mcp", "tool": "delete_note"})
    assert own.json()["allowed"] is True
    # One resource is all it may ask about: so that is the one where none is named.
    assert ask(two, MCP, {"client_id": "c", "tool": "delete_note"}).json()["allowed"] is True
    foreign = {"token": tokens["/other"]["access_token"], "resource": "/mcp", "tool": "read_note"}
    assert ask(two, MCP, foreign).json()["reason"] == "invalid_token"


def test_in_a_batch_each_question_is_judged_for_itself(two):
    own = {"client_id": "c", "resource": "/mcp", "tool": "read_note"}
    first, second, third = ask(two, MCP, [own, own | {"resource": "/other"}, own]).json()
    assert first["allowed"] is third["allowed"] is True
    assert (second["allowed"], second["status"], second["reason"]) == (False, 403, "access_denied")


def delete(port, target, headers):
    return exchange(port, request_bytes("DELETE", target, headers))


def test_friction_elsewhere_is_neither_read_nor_moved(two):
    for proof, resource in ((MCP, "/mcp"), (OTHER, "/other")):
        for _ in range(12):
            ask(
                two,
                proof,
                {"client_id": "worker", "resource": resource, "tool": "delete_note"},
                "/v1/friction/record",
            )
    path = "/v1/friction/clients/worker"
    shown = get(two.port, path, MCP).json()["resources"]
    assert [resource["path"] for resource in shown] == ["/mcp"]
    assert get(two.port, path + "?resource=/other", MCP).status == 403
    assert delete(two.port, path + "?resource=/other", MCP).status == 403
    assert delete(two.port, path, MCP).json()["resources"] == [f"{two.origin}/mcp"]
    (left,) = get(two.port, path, OTHER).json()["resources"]
    assert left["tools"]["delete_note"]["value"] > 0


@pytest.mark.parametrize("path", ["/v1/authorize/nginx", "/v1/ext_authz/other"])
def test_a_proxy_of_another_resource_is_not_authorized(two, tokens, path):
    headers = {
        "Sluice-Authorization": MCP["Authorization"],
        "Authorization": f"Bearer {tokens['/other']['access_token']}",
        "Sluice-Tool": "read_note",
        "Sluice-Resource": "/other",
    }
    answer = get(two.port, path, headers)
    assert (answer.status, answer.get("X-Sluice-Reason")) == (500, "proxy_not_authorized")
    own = headers | {"Sluice-Authorization": OTHER["Authorization"]}
    assert get(two.port, path, own).status == 200
