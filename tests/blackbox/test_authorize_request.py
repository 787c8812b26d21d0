"""GET /authorize: what is refused, where the refusal goes, and what it carries."""

import socket

import pytest

from http_request import encode, get, request_bytes
from oauth import Browser, Pkce, authorization, parameters_of
from wire import exchange

CLIENTS = ["pub", "conf"]
CHALLENGE = Pkce("a" * 64).challenge


def ask(sluice, pairs):
    return get(sluice.port, "/authorize?" + encode(pairs))


def check_accepted(sluice, pairs) -> None:
    """The person is asked something: the request itself is in order."""
    answer = ask(sluice, pairs)
    assert answer.status in (200, 302, 303), answer
    if answer.status != 200:
        location = answer.get("Location")
        assert location.startswith(("/", sluice.origin)) and "error=" not in location, answer


def check_sent_back(sluice, pairs, errors: set[str]) -> dict[str, str]:
    """The error goes to the application, with state and issuer."""
    answer = ask(sluice, pairs)
    assert answer.status in (302, 303), answer
    location = answer.get("Location")
    assert location.startswith(dict(pairs)["redirect_uri"].split("?")[0] + "?"), location
    given = parameters_of(location)
    assert given["error"] in errors, location
    assert given["iss"] == sluice.origin
    assert "code" not in given
    assert given.get("state") == dict(pairs).get("state")
    return given


@pytest.mark.parametrize("client_id", CLIENTS)
@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge_method": ""},
        {"code_challenge_method": "S512"},
        {"code_challenge_method": "s256"},
        {"code_challenge_method": "S256 "},
        {"code_challenge": "short"},
        {"code_challenge": CHALLENGE[:-1]},
        {"code_challenge": CHALLENGE + "A"},
        {"code_challenge": CHALLENGE + "="},
        {"code_challenge": CHALLENGE[:-1] + "+"},
        {"code_challenge": CHALLENGE[:-1] + " "},
        {"code_challenge": "a" * 129},
    ],
)
def test_pkce_with_s256_is_demanded(sluice, client_id, changes):
    check_accepted(sluice, authorization(client_id))
    check_sent_back(sluice, authorization(client_id, **changes), {"invalid_request"})


@pytest.mark.parametrize(
    "response_type",
    ["token", "code token", "token code", "id_token", "none", "CODE", "code ", "", None],
)
def test_only_the_response_type_code_is_served(sluice, response_type):
    check_accepted(sluice, authorization())
    pairs = authorization(response_type=response_type)
    check_sent_back(sluice, pairs, {"unsupported_response_type", "invalid_request"})


@pytest.mark.parametrize("mode", ["fragment", "form_post", "web_message"])
def test_another_response_mode_gives_no_code_there(sluice, browser, mode):
    answer = browser.authorize(authorization(response_mode=mode))
    location = answer.get("Location") or ""
    assert "#" not in location
    assert "<form" not in answer.text.lower() or answer.status != 200


@pytest.mark.parametrize("name", sorted(authorization()))
@pytest.mark.parametrize("other", [False, True])
def test_a_parameter_that_stands_twice_is_an_error(sluice, name, other):
    pairs = list(authorization(resource=sluice.resource).items())
    check_accepted(sluice, pairs)
    second = "another" if other else dict(pairs)[name]
    for twice in (pairs + [(name, second)], [(name, second)] + pairs):
        answer = ask(sluice, twice)
        if answer.status == 400:
            assert answer.get("Location") is None
        else:
            assert name not in ("client_id", "redirect_uri"), answer
            assert answer.status in (302, 303), answer
            assert parameters_of(answer.get("Location"))["error"] == "invalid_request"


def test_one_resource_may_stand_twice_but_not_two(sluice):
    """RFC 8707, section 2."""
    pairs = list(authorization(resource=sluice.resource).items())
    check_accepted(sluice, pairs + [("resource", sluice.resource)])
    answer = ask(sluice, pairs + [("resource", "https://other.example/mcp")])
    assert parameters_of(answer.get("Location"))["error"] == "invalid_target"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": ""},
        {"client_id": "nobody"},
        {"client_id": "pub\x00"},
        {"client_id": "PUB"},
    ],
)
def test_an_unknown_client_is_told_on_a_page(sluice, changes):
    pairs = authorization() | {name: value for name, value in changes.items() if value is not None}
    if changes["client_id"] is None:
        del pairs["client_id"]
    answer = ask(sluice, pairs)
    assert answer.status == 400, answer
    assert answer.get("Location") is None


@pytest.mark.parametrize(
    "state",
    [
        "plain",
        "a b",
        "a+b",
        "a&code=stolen&x=y",
        "a=b",
        "%41%zz",
        "#fragment",
        "é€😀",
        "\"'<>`",
        "a;b,c",
        "https://evil.example/?a=b#c",
        "x" * 2000,
        "..//..",
        "{}[]|\\^~",
    ],
)
def test_state_comes_back_byte_for_byte(sluice, browser, state):
    given = check_sent_back(
        sluice, authorization(state=state, response_type="token"), {"unsupported_response_type"}
    )
    assert given["state"] == state
    given = parameters_of(browser.authorize(authorization(state=state)).get("Location"))
    assert given["state"] == state
    assert given["iss"] == sluice.origin
    assert given["code"].startswith("sac_")


@pytest.mark.parametrize("state", ["a\r\nSet-Cookie: x=y", "a\nb", "a\x00b", "a\tb", "a\x7fb"])
def test_a_control_character_in_state_splits_no_answer(sluice, state):
    answer = ask(sluice, authorization(state=state, response_type="token"))
    assert answer.status in (302, 303, 400), answer
    assert answer.get("Set-Cookie") is None
    if answer.get("Location"):
        assert parameters_of(answer.get("Location"))["state"] == state


def test_a_redirect_uri_keeps_its_own_query(browser):
    pairs = authorization(redirect_uri="https://app.example/cb?fixed=1")
    given = parameters_of(browser.authorize(pairs).get("Location"))
    assert given["fixed"] == "1"
    assert given["code"]


def test_no_request_object_is_fetched(sluice):
    with socket.create_server(("127.0.0.1", 0)) as canary:
        url = f"http://127.0.0.1:{canary.getsockname()[1]}/request"
        for extra in (
            {"request_uri": url},
            {"request": url},
            {"request_uri": url, "redirect_uri": url},
        ):
            ask(sluice, authorization(**extra))
        canary.settimeout(0.3)
        with pytest.raises(TimeoutError):
            canary.accept()


@pytest.mark.parametrize(
    "scope", ["mcp:admin", "mcp:read mcp:admin", 'mcp:read"', "mcp:read\\", "mcp:réad"]
)
def test_an_unknown_scope_is_refused(sluice, scope):
    check_accepted(sluice, authorization(scope="mcp:read mcp:write"))
    check_sent_back(sluice, authorization(scope=scope), {"invalid_scope"})


@pytest.mark.parametrize(
    "resource",
    [
        "https://elsewhere.example/mcp",
        "@/mcp/x",
        "@/MCP",
        "@",
        "@/mcp#x",
        "@/mcp?x=1",
        "/mcp",
        "mcp",
        "//127.0.0.1/mcp",
        "@/../mcp",
    ],
)
def test_an_unknown_resource_is_refused(sluice, resource):
    check_accepted(sluice, authorization(resource=sluice.resource))
    pairs = authorization(resource=resource.replace("@", sluice.origin))
    check_sent_back(sluice, pairs, {"invalid_target"})


def test_a_person_who_denies_gives_no_code(sluice, browser):
    given = parameters_of(browser.authorize(authorization(), "deny").get("Location"))
    assert given["error"] == "access_denied"
    assert given["iss"] == sluice.origin
    assert "code" not in given


def test_a_second_client_in_the_same_session_is_asked_about(sluice):
    person = Browser(sluice)
    assert "code" in parameters_of(person.authorize(authorization("pub")).get("Location"))
    for client_id in ("pub2", "conf", "pub"):
        _, page = person.open_consent(authorization(client_id))
        assert page.status == 200, page
        assert client_id in page.text or "Public test client" in page.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(sluice, method):

    answer = exchange(sluice.port, request_bytes(method, "/authorize?" + encode(authorization())))
    assert answer.status in (405, 501), answer
