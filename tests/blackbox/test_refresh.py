"""Refresh tokens: rotation, replay, races, and whose they are."""

import time

import pytest

from at_once import at_once
from http_request import post_form
from oauth import (
    Browser,
    introspect,
    is_active,
    obtain_code,
    obtain_tokens,
    redeem,
    refresh,
    token_request,
)
from sluice import Sluice


@pytest.fixture(scope="module")
def unforgiving(shared_upstream):
    with Sluice(shared_upstream.url, replay_window="1s") as running:
        yield running


def refused(answer) -> bool:
    return (answer.status, answer.error) == (400, "invalid_grant")


def test_refreshing_rotates(browser):
    tokens = obtain_tokens(browser)
    answer = refresh(browser.sluice, tokens["refresh_token"])
    assert answer.status == 200, answer
    new = answer.json()
    assert new["refresh_token"] != tokens["refresh_token"]
    assert new["access_token"] != tokens["access_token"]
    assert is_active(browser.sluice, new["access_token"])
    assert answer.get("Cache-Control") == "no-store"


def test_a_repeat_within_the_window_gets_the_same_successor(browser):
    tokens = obtain_tokens(browser)
    first = refresh(browser.sluice, tokens["refresh_token"]).json()
    second = refresh(browser.sluice, tokens["refresh_token"]).json()
    assert second["refresh_token"] == first["refresh_token"]
    assert refresh(browser.sluice, first["refresh_token"]).status == 200


def test_a_replay_after_the_window_ends_the_family(unforgiving):
    browser = Browser(unforgiving)
    tokens = obtain_tokens(browser)
    first = refresh(unforgiving, tokens["refresh_token"]).json()
    second = refresh(unforgiving, first["refresh_token"]).json()
    assert is_active(unforgiving, second["access_token"])
    time.sleep(1.2)
    assert refused(refresh(unforgiving, tokens["refresh_token"]))
    for given in (tokens, first, second):
        assert not is_active(unforgiving, given["access_token"])
        assert refused(refresh(unforgiving, given["refresh_token"]))


def test_a_replay_by_another_client_ends_nothing(unforgiving):
    browser = Browser(unforgiving)
    tokens = obtain_tokens(browser)
    first = refresh(unforgiving, tokens["refresh_token"]).json()
    time.sleep(1.2)
    assert refused(refresh(unforgiving, tokens["refresh_token"], "pub2"))
    assert is_active(unforgiving, first["access_token"])
    assert refresh(unforgiving, first["refresh_token"]).status == 200


@pytest.mark.parametrize("client_id", ["pub", "conf"])
@pytest.mark.parametrize("attempt", range(3))
def test_sixteen_refreshes_at_once_leave_one_live_chain(browser, client_id, attempt):
    sluice = browser.sluice
    token = obtain_tokens(browser, client_id)["refresh_token"]
    answers = at_once(16, lambda: refresh(sluice, token, client_id))
    assert {answer.status for answer in answers} == {200}, answers
    successors = {answer.json()["refresh_token"] for answer in answers}
    assert len(successors) == 1
    for access in {answer.json()["access_token"] for answer in answers}:
        assert is_active(sluice, access)
    # The chain goes on, and a second storm on the next link leaves one as well.
    (successor,) = successors
    answers = at_once(16, lambda: refresh(sluice, successor, client_id))
    assert {answer.status for answer in answers} == {200}, answers
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


def test_refreshing_while_another_revokes_leaves_nothing_alive(browser):
    sluice = browser.sluice
    for _ in range(5):
        token = obtain_tokens(browser)["refresh_token"]
        gate = iter(range(8))

        def act():
            if next(gate) % 4 == 0:
                return post_form(sluice.port, "/revoke", {"token": token, "client_id": "pub"})
            return refresh(sluice, token)

        answers = at_once(8, act)
        assert not [answer for answer in answers if answer.status >= 500]
        given = [answer.json() for answer in answers if answer.status == 200 and answer.body]
        for tokens in given:
            assert not is_active(sluice, tokens["access_token"])
            assert refused(refresh(sluice, tokens["refresh_token"]))


@pytest.mark.parametrize(
    ("owner", "thief"), [("pub", "pub2"), ("pub", "conf"), ("conf", "pub"), ("conf", "conf-post")]
)
def test_the_token_of_another_client_is_refused_and_unharmed(browser, owner, thief):
    sluice = browser.sluice
    tokens = obtain_tokens(browser, owner)
    assert refused(refresh(sluice, tokens["refresh_token"], thief))
    assert is_active(sluice, tokens["access_token"])
    assert refresh(sluice, tokens["refresh_token"], owner).status == 200


def test_scope_is_narrowed_but_never_widened(browser):
    sluice = browser.sluice
    tokens = obtain_tokens(browser, scope="mcp:read openid")
    for wider in ("mcp:read mcp:write", "mcp:write", "mcp:read openid offline_access", "nonsense"):
        answer = refresh(sluice, tokens["refresh_token"], scope=wider)
        assert (answer.status, answer.error) == (400, "invalid_scope"), answer
    answer = refresh(sluice, tokens["refresh_token"], scope="mcp:read")
    assert answer.json()["scope"] == "mcp:read"
    assert introspect(sluice, answer.json()["access_token"])["scope"] == "mcp:read"


@pytest.mark.parametrize(
    "resource", ["@/other", "https://elsewhere.example/", "@/mcp/x", "not a URI"]
)
def test_the_resource_is_never_widened(browser, resource):
    sluice = browser.sluice
    tokens = obtain_tokens(browser, resource=sluice.resource)
    answer = refresh(sluice, tokens["refresh_token"], resource=resource.replace("@", sluice.origin))
    assert (answer.status, answer.error) == (400, "invalid_target"), answer
    kept = refresh(sluice, tokens["refresh_token"]).json()["access_token"]
    assert introspect(sluice, kept)["aud"] == sluice.resource


def test_kinds_of_tokens_do_not_stand_for_each_other(browser):
    sluice = browser.sluice
    code = obtain_code(browser)
    assert refused(refresh(sluice, code.text))
    tokens = redeem(sluice, code).json()
    assert refused(refresh(sluice, tokens["access_token"]))
    for token in (tokens["access_token"], tokens["refresh_token"]):
        pairs = code.redemption(code=token)
        assert refused(token_request(sluice, pairs))
    swapped = tokens["access_token"].replace("sat_", "srt_")
    assert refused(refresh(sluice, swapped))
    swapped = tokens["refresh_token"].replace("srt_", "sat_")
    assert not is_active(sluice, swapped)
    assert refresh(sluice, tokens["refresh_token"]).status == 200


def test_a_token_that_was_altered_is_refused(browser):
    sluice = browser.sluice
    token = obtain_tokens(browser)["refresh_token"]
    for at in range(4, len(token), 5):
        other = "A" if token[at] != "A" else "B"
        assert refused(refresh(sluice, token[:at] + other + token[at + 1 :]))
    for altered in (
        token + "A",
        token[:-1],
        token + "=",
        " " + token,
        token + "\n",
        token.upper(),
        "srt_",
        "",
    ):
        assert refresh(sluice, altered).status == 400
    assert refresh(sluice, token).status == 200


def test_a_client_without_the_grant_gets_no_refresh_token(browser):
    tokens = obtain_tokens(browser, "narrow")
    assert "refresh_token" not in tokens
