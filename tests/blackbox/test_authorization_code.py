"""Redeeming a code: once, by its client, with its verifier, for its redirect URI and resource."""

import time

import pytest

from at_once import at_once
from oauth import CREDENTIALS, Browser, is_active, obtain_code, redeem, refresh, token_request

FOREIGN = {"pub": "pub2", "conf": "conf-post"}


@pytest.mark.parametrize("client_id", ["pub", "conf", "conf-post"])
def test_a_code_is_redeemed(browser, client_id):
    answer = redeem(browser.sluice, obtain_code(browser, client_id))
    assert answer.status == 200, answer
    given = answer.json()
    assert given["token_type"] == "Bearer"
    assert given["access_token"].startswith("sat_") and given["refresh_token"].startswith("srt_")
    assert None not in given.values()
    assert answer.get("Cache-Control") == "no-store"


@pytest.mark.parametrize("client_id", ["pub", "conf"])
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "b" * 64}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"code_verifier": "@challenge"}, "invalid_grant"),
        ({"code_verifier": "@verifier "}, "invalid_grant"),
        ({"redirect_uri": "https://app.example/other"}, "invalid_grant"),
        ({"redirect_uri": "@redirect/"}, "invalid_grant"),
        ({"redirect_uri": "@redirect?x=1"}, "invalid_grant"),
        ({"resource": "https://elsewhere.example/mcp"}, "invalid_target"),
        ({"resource": "@other"}, "invalid_target"),
        ({"code": "sac_" + "A" * 51}, "invalid_grant"),
        ({"code": "@code" + "A"}, "invalid_grant"),
        ({"code": "x"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"code": ""}, "invalid_request"),
    ],
)
def test_a_redemption_that_differs_is_refused_and_the_code_stays_its_owners(
    browser, client_id, changes, error
):
    sluice = browser.sluice
    code = obtain_code(browser, client_id, resource=sluice.resource)
    known = {
        "@code": code.text,
        "@verifier": code.verifier,
        "@challenge": "b" * 43,
        "@redirect": code.redirect_uri,
        "@other": sluice.origin + "/other",
    }
    for name, value in changes.items():
        for mark, text in known.items():
            value = value.replace(mark, text) if value else value
        changes = changes | {name: value}
    answer = redeem(sluice, code, **changes)
    assert (answer.status, answer.error) == (400, error), answer
    # A failed attempt is no use: clients repeat with what they left out.
    assert redeem(sluice, code).status == 200


@pytest.mark.parametrize("client_id", FOREIGN)
def test_the_code_of_another_client_is_refused(browser, client_id):
    sluice = browser.sluice
    code = obtain_code(browser, client_id)
    thief = FOREIGN[client_id]
    changes = {"client_id": thief} | (
        {"client_secret": CREDENTIALS[thief]} if thief in CREDENTIALS else {}
    )
    answer = token_request(sluice, code.redemption(**changes))
    assert (answer.status, answer.error) == (400, "invalid_grant"), answer
    assert redeem(sluice, code).status == 200


def test_a_code_used_twice_ends_what_it_gave(browser):
    sluice = browser.sluice
    code = obtain_code(browser)
    tokens = redeem(sluice, code).json()
    assert is_active(sluice, tokens["access_token"])
    again = redeem(sluice, code)
    assert (again.status, again.error) == (400, "invalid_grant")
    assert not is_active(sluice, tokens["access_token"])
    assert refresh(sluice, tokens["refresh_token"]).error == "invalid_grant"


def test_another_client_that_repeats_a_code_harms_nobody(browser):
    sluice = browser.sluice
    code = obtain_code(browser)
    tokens = redeem(sluice, code).json()
    answer = token_request(sluice, code.redemption(client_id="pub2"))
    assert (answer.status, answer.error) == (400, "invalid_grant")
    assert is_active(sluice, tokens["access_token"])


@pytest.mark.parametrize("attempt", range(5))
def test_sixteen_redemptions_at_once_give_at_most_one_chain(browser, attempt):
    sluice = browser.sluice
    code = obtain_code(browser)
    answers = at_once(16, lambda: redeem(sluice, code))
    given = [answer for answer in answers if answer.status == 200]
    assert len(given) <= 1, answers
    assert all(
        (answer.status, answer.error) == (400, "invalid_grant")
        for answer in answers
        if answer not in given
    )


def test_a_code_expires(start):
    hasty = start(code_ttl="1s")
    browser = Browser(hasty)
    assert redeem(hasty, obtain_code(browser)).status == 200
    code = obtain_code(browser)
    time.sleep(1.2)
    answer = redeem(hasty, code)
    assert (answer.status, answer.error) == (400, "invalid_grant")
