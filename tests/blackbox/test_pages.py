"""The login and consent pages: what stands on them, how browsers must treat them, who may post."""

import time

import pytest

from http_request import encode, get, post
from oauth import Browser, authorization, decision_button, parameters_of
from pages import forms_of, tags_of
from sluice import PASSWORD

SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&lt;{{7*7}}"


def check_inert(answer) -> None:
    """Nothing of the page was made by who sent SCRIPT."""
    assert "<script>alert" not in answer.text
    assert "onerror=alert(2)>" not in answer.text
    for tag, attributes in tags_of(answer.text):
        assert tag not in ("script", "img", "iframe", "object"), attributes
        assert not any(name.startswith("on") for name in attributes), attributes


def check_page(answer) -> None:
    policy = answer.get("Content-Security-Policy") or ""
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy and "*" not in policy, policy
    assert answer.get("X-Frame-Options") == "DENY"
    assert "no-store" in answer.get("Cache-Control")
    assert answer.get("Referrer-Policy") == "no-referrer"
    assert answer.get("X-Content-Type-Options") == "nosniff"
    assert answer.get("Content-Type").replace(" ", "").lower() == "text/html;charset=utf-8"
    assert not [name for name, _ in answer.fields if name.lower().startswith("access-control-")]
    for cookie in answer.all("Set-Cookie"):
        attributes = [part.strip().lower() for part in cookie.split(";")[1:]]
        assert "httponly" in attributes, cookie
        assert "samesite=lax" in attributes or "samesite=strict" in attributes, cookie
        assert not [each for each in attributes if each.startswith("domain")], cookie


@pytest.fixture
def person(sluice):
    return Browser(sluice)


def login_form(person):
    target = "/authorize?" + encode(authorization())
    answer = person.get(target)
    while answer.status in (302, 303):
        target = answer.get("Location").removeprefix(person.sluice.origin)
        answer = person.get(target)
    return target, answer, next(form for form in forms_of(answer.text) if form.is_login)


def test_every_page_says_how_it_is_to_be_treated(sluice, person):
    _, login, _ = login_form(person)
    _, consent = person.open_consent(authorization())
    wrong = get(sluice.port, "/authorize?client_id=nobody", {"Origin": "https://evil.example"})
    for answer in (login, consent, wrong):
        check_page(answer)
        check_inert(answer)
    assert (login.status, consent.status, wrong.status) == (200, 200, 400)


def test_pages_answer_no_other_origin(sluice):
    target = "/authorize?" + encode(authorization())
    answer = get(sluice.port, target, {"Origin": "https://evil.example"})
    assert answer.get("Access-Control-Allow-Origin") is None


def test_the_consent_page_names_client_scopes_and_host(person):
    _, page = person.open_consent(authorization(scope="mcp:read mcp:write"))
    for text in (
        "Public test client",
        "Read notes",
        "Create, change and delete notes",
        "127.0.0.1:7777",
    ):
        assert text in page.text


@pytest.mark.parametrize(
    "name",
    [
        "client_id",
        "redirect_uri",
        "response_type",
        "state",
        "scope",
        "resource",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "login_hint",
        "nonce",
        SCRIPT,
    ],
)
def test_what_a_parameter_holds_is_only_text(sluice, person, elsewhere, name):
    pairs = authorization(**{name: SCRIPT})
    stranger = Browser(sluice, next(elsewhere), username=f"nobody-{name[:5]}")
    check_inert(stranger.open_consent(pairs, password="wrong")[1])
    target, answer = person.open_consent(pairs)
    check_inert(answer)
    if answer.status == 200:
        form, button = decision_button(answer, "approve")
        answer = person.submit(target, form, button)
        check_inert(answer)


def test_the_username_is_only_text(sluice, elsewhere):
    person = Browser(sluice, next(elsewhere))
    target, _, form = login_form(person)
    check_inert(person.submit(target, form, username=SCRIPT, password="x"))


def test_a_registered_name_is_only_text(sluice, person):
    body = (
        '{"client_name": "\\"\'><script>alert(1)</script><img src=x onerror=alert(2)>",'
        ' "redirect_uris": ["http://127.0.0.1:7777/cb"], "token_endpoint_auth_method": "none"}'
    )
    answer = post(sluice.port, "/register", body, {"Content-Type": "application/json"})
    if answer.status == 400:
        return
    assert answer.status == 201, answer
    pairs = authorization("pub", client_id=answer.json()["client_id"])
    _, page = person.open_consent(pairs)
    assert page.status == 200, page
    check_inert(page)


def test_signing_in_works_and_is_answered_303(person):
    target, _, form = login_form(person)
    answer = person.submit(target, form, username="alice", password=PASSWORD)
    assert answer.status == 303, answer


def test_signing_in_gives_a_cookie_that_nobody_knew_before(person):
    target, _, form = login_form(person)
    before = dict(person.cookies)
    person.submit(target, form, username="alice", password=PASSWORD)
    assert before and set(person.cookies.values()).isdisjoint(before.values())
    stranger = Browser(person.sluice)
    stranger.cookies = before
    assert any(each.is_login for each in forms_of(login_form(stranger)[1].text))


def test_without_a_page_nothing_is_given(sluice, person):
    given = parameters_of(
        person.get("/authorize?" + encode(authorization(prompt="none"))).get("Location")
    )
    assert given["error"] == "login_required" and "code" not in given
    person.open_consent(authorization())
    given = parameters_of(
        person.get("/authorize?" + encode(authorization(prompt="none"))).get("Location")
    )
    assert given["error"] == "consent_required" and "code" not in given


def test_consenting_is_answered_303(person):
    assert person.authorize(authorization()).status == 303


def test_a_login_without_its_cookie_signs_nobody_in(sluice, person):
    target, _, form = login_form(person)
    stranger = Browser(sluice)
    answer = stranger.submit(target, form, username="alice", password=PASSWORD)
    assert 400 <= answer.status < 500, answer
    assert any(each.is_login for each in forms_of(login_form(stranger)[1].text))
    assert person.submit(target, form, username="alice", password=PASSWORD).status == 303


def test_a_consent_without_its_cookie_gives_no_code(sluice, person):
    target, page = person.open_consent(authorization())
    form, button = decision_button(page, "approve")
    answer = Browser(sluice).submit(target, form, button)
    assert 400 <= answer.status < 500 or (answer.get("Location") or "").startswith(
        ("/", sluice.origin)
    ), answer
    assert "code=sac_" not in (answer.get("Location") or "")
    assert "code" in parameters_of(person.submit(target, form, button).get("Location"))


def test_a_consent_with_the_cookie_of_another_session_gives_no_code(sluice, person):
    target, page = person.open_consent(authorization())
    form, button = decision_button(page, "approve")
    other = Browser(sluice)
    other.open_consent(authorization())
    answer = other.submit(target, form, button)
    assert 400 <= answer.status < 500, answer


def test_a_consent_posted_from_another_site_gives_no_code(sluice, person):
    target, page = person.open_consent(authorization())
    form, button = decision_button(page, "approve")
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        bare = [pair for pair in form.filled(button) if pair[0] not in form.hidden]
        answer = person.post(form.action or target, bare, headers)
        assert "code=sac_" not in (answer.get("Location") or ""), (headers, answer)


def test_no_hidden_field_may_be_changed_or_left_out(sluice, person):
    target, page = person.open_consent(authorization())
    form, button = decision_button(page, "approve")
    pairs = form.filled(button)
    assert form.hidden, "nothing guards the form"
    for name, value in form.hidden.items():
        flipped = value[:-1] + ("A" if value[-1:] != "A" else "B")
        for changed in (
            [pair for pair in pairs if pair[0] != name],
            [(known, flipped if known == name else text) for known, text in pairs],
            [(known, "" if known == name else text) for known, text in pairs],
        ):
            answer = person.post((form.action or target).removeprefix(sluice.origin), changed)
            location = answer.get("Location") or ""
            if "code=sac_" in location:
                assert parameters_of(location)["state"] == "state-0"
                raise AssertionError(f"{name} may be changed: {answer}")


def test_the_form_of_one_client_does_not_approve_another(sluice, person):
    target, page = person.open_consent(authorization("pub"))
    form, button = decision_button(page, "approve")
    other = "/authorize?" + encode(authorization("conf"))
    answer = person.submit(other, form, button) if not form.action else None
    if answer is not None:
        location = answer.get("Location") or ""
        assert not location.startswith("https://app.example/cb") or "code=" not in location, answer


def test_guessing_a_password_is_slowed_for_that_account(sluice, elsewhere):
    person = Browser(sluice, next(elsewhere), username="bob")
    began, refused = time.monotonic(), False
    for _ in range(7):
        target, _, form = login_form(person)
        answer = person.submit(target, form, username="bob", password="wrong")
        assert answer.status != 303, answer
        refused = refused or answer.status == 429
    assert refused or time.monotonic() - began > 2, "seven guesses were as fast as one"
    _, page = Browser(sluice, next(elsewhere)).open_consent(authorization())
    assert page.status == 200 and not any(form.is_login for form in forms_of(page.text))
