"""Access rules of a real process: by person, by argument, for tools, resources and prompts."""

import json

import pytest

from http_request import basic, post
from oauth import Browser, obtain_tokens
from sluice import PASSWORD, RS_SECRET

JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
RULES = """
[[resource]]
path = "/ruled"
upstream = "%s"
default = "deny"

[[resource.tool]]
match = "delete_.*"
action = "deny"

[[resource.tool]]
match = "write_.*"
scopes = ["mcp:write"]
when = { "user.department" = ["engineering"], "args.path" = { match = "/public/.*" } }

[[resource.tool]]
match = "read_.*"

[[resource.rule]]
method = "resources/read"
match = "file:///public/.*"

[[resource.rule]]
method = "prompts/get"
when = { "args.kind" = ["short", 3] }
"""
PEOPLE = """
[[auth.user]]
username = "carol"
password = "{password}"
attributes = {{ department = "engineering" }}

[[auth.user]]
username = "dave"
password = "{password}"
attributes = {{ department = ["sales", "support"] }}
"""


@pytest.fixture
def ruled(start, upstream):
    return start(more=RULES % upstream.url + PEOPLE.format(password=PASSWORD))


@pytest.fixture
def send(ruled, upstream):
    """Sends a message as somebody; gives the answer and how many messages reached the MCP server."""
    kept = {}

    def run(who: str, method: str, **params):
        if who not in kept:
            tokens = obtain_tokens(
                Browser(ruled, username=who),
                scope="mcp:read mcp:write",
                resource=ruled.resource.replace("/mcp", "/ruled"),
            )
            kept[who] = {"Authorization": f"Bearer {tokens['access_token']}"}
        message = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
        upstream.take()
        answer = post(ruled.port, "/ruled", json.dumps(message), JSON | kept[who])
        return answer, len(upstream.take())

    run.tokens = kept
    return run


def test_a_rule_looks_at_who_the_person_is(send):
    call = {"name": "write_note", "arguments": {"path": "/public/a"}}
    answer, passed = send("carol", "tools/call", **call)
    assert (answer.status, passed) == (200, 1), answer
    for who in ("dave", "alice"):
        answer, passed = send(who, "tools/call", **call)
        assert (answer.status, passed) == (403, 0), answer
        assert answer.json()["error"]["code"] == -32018
        assert answer.json()["id"] == 7
        assert answer.get("WWW-Authenticate") is None, "no scope would help"


@pytest.mark.parametrize(
    "arguments",
    [
        '{"path":"/private/a"}',
        '{"path":"/public/../private"' + ',"PATH":"/private"}',
        '{"path":["/public/a","/private/a"]}',
        '{"path":{"x":"/public/a"}}',
        '{"paths":"/public/a"}',
        "{}",
        "null",
        '"/public/a"',
    ],
)
def test_a_rule_looks_at_the_arguments(send, arguments):
    answer, passed = send(
        "carol", "tools/call", name="write_note", arguments=json.loads(arguments)
    )
    assert answer.status in (400, 403) and passed == 0, answer


def test_what_is_denied_or_not_named_is_refused_with_every_scope(send):
    for tool in ("delete_note", "no_such_tool"):
        answer, passed = send("carol", "tools/call", name=tool, arguments={})
        assert (answer.status, passed) == (403, 0), answer
    answer, passed = send("carol", "tools/call", name="read_note", arguments={})
    assert (answer.status, passed) == (200, 1), answer


def test_rules_govern_resources_and_prompts(send):
    for uri, status in (("file:///public/a", 200), ("file:///etc/passwd", 403)):
        answer, passed = send("dave", "resources/read", uri=uri)
        assert (answer.status, passed) == (status, int(status == 200)), answer
    for arguments, status in (({"kind": "short"}, 200), ({"kind": 3}, 200), ({"kind": "x"}, 403)):
        answer, _ = send("dave", "prompts/get", name="p", arguments=arguments)
        assert answer.status == status, answer
    answer, passed = send("dave", "resources/subscribe", uri="file:///public/a")
    assert (answer.status, passed) == (403, 0), "the default is deny"
    answer, _ = send("dave", "ping")
    assert answer.status == 200, answer


def test_a_batch_with_one_denied_message_is_refused_whole(send, ruled, upstream):
    send("carol", "ping")
    batch = [
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "read_x"}},
        {"jsonrpc": "2.0", "id": 2, "method": "resources/read", "params": {"uri": "file:///x"}},
    ]
    answer = post(ruled.port, "/ruled", json.dumps(batch), JSON | send.tokens["carol"])
    assert answer.status == 403, answer
    assert upstream.take() == []


def test_the_decision_api_asks_the_same_rules(send, ruled):
    send("carol", "ping")
    token = send.tokens["carol"]["Authorization"].removeprefix("Bearer ")
    proof = {"Authorization": basic("rs", RS_SECRET), "Content-Type": "application/json"}

    def ask(**members):
        question = {"token": token, "resource": "/ruled", "tool": "write_note"} | members
        return post(ruled.port, "/v1/decision", json.dumps(question), proof).json()

    assert ask(arguments={"path": "/public/a"})["reason"] == "allowed"
    denied = ask(arguments={"path": "/private"})
    assert (denied["reason"], denied["status"]) == ("access_denied", 403)
    assert ask()["reason"] == "access_denied", "nobody told the arguments"
    assert ask(method="resources/read", tool="file:///public/a")["allowed"] is True
    assert ask(method="resources/read", tool="file:///x")["reason"] == "access_denied"
    vouched = {"token": None, "client_id": "c", "subject": "carol"}
    assert ask(arguments={"path": "/public/a"}, **vouched)["reason"] == "access_denied", (
        "whose attributes nobody has verified"
    )
