"""The device grant (RFC 8628): a device, a person at /device, and those who try to get in between."""

import time
from urllib.parse import urlsplit

import pytest

from at_once import at_once
from http_request import encode, post_form
from oauth import Browser, decision_button, is_active, token_request
from pages import forms_of
from sluice import PASSWORD, free_port
from test_pages import SCRIPT, check_inert, check_page

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
CLIENTS = f"""
[auth.device]
interval = "1s"
code_ttl = "{{ttl}}"

[[auth.client]]
client_id = "tv"
client_name = "Television"
grant_types = ["device_code", "refresh_token"]
scope = "mcp:read mcp:write"

[[auth.client]]
client_id = "radio"
grant_types = ["{GRANT}"]
scope = "mcp:read"
"""


@pytest.fixture(scope="module")
def box(shared_upstream):
    from sluice import Sluice

    with Sluice(shared_upstream.url, more=CLIENTS.replace("{ttl}", "10m")) as running:
        yield running


def ask(sluice, client_id="tv", source=None, headers=None, **more):
    return post_form(
        sluice.port, "/device_authorization", {"client_id": client_id} | more, headers, source
    )


def poll(sluice, device_code, client_id="tv"):
    pairs = {"grant_type": GRANT, "device_code": device_code, "client_id": client_id}
    return token_request(sluice, pairs)


def target_of(uri):
    parts = urlsplit(uri)
    return parts.path + ("?" + parts.query if parts.query else "")


def open_consent(person, target):
    """Follows redirects and signs in until a page asks."""
    answer = person.get(target)
    for _ in range(5):
        if answer.status == 303:
            target = target_of(answer.get("Location"))
            answer = person.get(target)
        elif any(form.is_login for form in forms_of(answer.text)):
            form = next(form for form in forms_of(answer.text) if form.is_login)
            answer = person.submit(target, form, username=person.username, password=PASSWORD)
        else:
            break
    return target, answer


def decide(person, target, decision="approve"):
    target, page = open_consent(person, target)
    form, button = decision_button(page, decision)
    return person.submit(target, form, button)


def wait_for(sluice, device_code):
    for _ in range(10):
        answer = poll(sluice, device_code)
        if answer.status == 200 or answer.json()["error"] not in ("authorization_pending", "slow_down"):
            return answer
        time.sleep(int(answer.get("Retry-After") or 1) + 0.05)
    raise AssertionError(answer)


def test_the_whole_way_by_the_complete_link(box, elsewhere):
    answer = ask(box, scope="mcp:read mcp:write", resource=box.resource)
    assert answer.status == 200 and answer.get("Cache-Control") == "no-store", answer
    codes = answer.json()
    assert poll(box, codes["device_code"]).json()["error"] == "authorization_pending"
    done = decide(Browser(box, next(elsewhere)), target_of(codes["verification_uri_complete"]))
    assert done.status == 200, done
    check_page(done)
    tokens = wait_for(box, codes["device_code"])
    assert tokens.status == 200, tokens
    assert is_active(box, tokens.json()["access_token"])
    again = poll(box, codes["device_code"])
    assert again.status == 400 and again.json()["error"] == "invalid_grant"


def test_the_code_is_typed_as_people_type(box, elsewhere):
    codes = ask(box).json()
    person = Browser(box, next(elsewhere))
    target = target_of(codes["verification_uri"])
    page = person.get(target)
    check_page(page)
    form = forms_of(page.text)[0]
    typed = codes["user_code"].lower().replace("-", " ")
    pairs = [(name, typed if name == "code" else value) for name, value in form.filled()]
    assert ("code", typed) in pairs, pairs
    answer = person.post(target, pairs)
    assert answer.status == 303, answer
    decide(person, target_of(answer.get("Location")))
    assert wait_for(box, codes["device_code"]).status == 200


def test_somebody_who_is_signed_in_is_asked_all_the_same(box, elsewhere):
    person = Browser(box, next(elsewhere))
    first = ask(box).json()
    decide(person, target_of(first["verification_uri_complete"]))
    second = ask(box, headers={"User-Agent": "Television/2.0 " + SCRIPT}, source="127.9.8.7").json()
    page = person.get(target_of(second["verification_uri_complete"]))
    assert page.status == 200
    check_page(page)
    check_inert(page)
    for text in ("Television", "Read notes", "127.9.8.7", "Television/2.0", second["user_code"]):
        assert text in page.text, text
    assert poll(box, second["device_code"]).json()["error"] == "authorization_pending"


def test_a_denial_gives_nothing(box, elsewhere):
    codes = ask(box).json()
    done = decide(Browser(box, next(elsewhere)), target_of(codes["verification_uri_complete"]), "deny")
    assert done.status == 200
    answer = poll(box, codes["device_code"])
    assert answer.status == 400 and answer.json()["error"] == "access_denied", answer


def test_fast_polls_are_slowed_down(box):
    codes = ask(box).json()
    assert poll(box, codes["device_code"]).json()["error"] == "authorization_pending"
    answer = poll(box, codes["device_code"])
    assert answer.status == 400 and answer.json()["error"] == "slow_down", answer
    assert answer.get("Retry-After") == "6"


def test_many_polls_at_once_get_one_grant(box, elsewhere):
    codes = ask(box).json()
    decide(Browser(box, next(elsewhere)), target_of(codes["verification_uri_complete"]))
    answers = at_once(16, lambda: poll(box, codes["device_code"]))
    assert sorted({answer.status for answer in answers}) == [200, 400]
    assert [answer.status for answer in answers].count(200) == 1


def test_another_client_gets_nothing_and_does_no_harm(box, elsewhere):
    codes = ask(box).json()
    decide(Browser(box, next(elsewhere)), target_of(codes["verification_uri_complete"]))
    for _ in range(3):
        answer = poll(box, codes["device_code"], "radio")
        assert answer.status == 400 and answer.json()["error"] == "invalid_grant", answer
    assert poll(box, codes["device_code"]).status == 200


def test_guesses_at_the_page_are_refused(box, elsewhere):
    codes = ask(box).json()
    person = Browser(box, next(elsewhere))
    statuses = [person.get(f"/device?code=BCDF-{a}{b}BC").status for a in "BCDF" for b in "BCDF"]
    assert set(statuses) == {400, 429} and statuses[-1] == 429, statuses
    refused = person.post("/device", {"code": "BBBB-BBBB", "action": "code"})
    assert refused.status == 429 and int(refused.get("Retry-After")) > 0, refused
    check_page(refused)
    other = Browser(box, next(elsewhere))
    assert other.get(target_of(codes["verification_uri_complete"])).status == 200


def test_no_decision_without_the_page_of_this_browser(box, elsewhere):
    codes = ask(box).json()
    target = target_of(codes["verification_uri_complete"])
    person, stranger = Browser(box, next(elsewhere)), Browser(box, next(elsewhere), username="bob")
    _, page = open_consent(person, target)
    open_consent(stranger, target)
    form, button = decision_button(page, "approve")
    assert stranger.submit(target, form, button).status == 400
    bare = [("action", "allow")]
    assert person.post(target, bare, {"Origin": "https://evil.example"}).status == 400
    flipped = [(name, value[::-1] if name == "form_token" else value) for name, value in form.filled(button)]
    assert person.post(target, flipped).status == 400
    assert poll(box, codes["device_code"]).json()["error"] == "authorization_pending"
    assert person.submit(target, form, button).status == 200
    assert person.submit(target, form, button).status == 400, "decided already"


@pytest.mark.parametrize(
    "query",
    [
        encode({"code": SCRIPT}),
        encode({"code": "ä" * 300}),
        "code=%00",
        "code=%",
        "code=BCDF-BCDF&code=BCDF-BCDG",
        encode({SCRIPT: "x", "code": "BCDF-BCDF"}),
    ],
)
def test_what_is_typed_is_only_text(box, elsewhere, query):
    answer = Browser(box, next(elsewhere)).get("/device?" + query)
    assert answer.status == 400, answer
    check_page(answer)
    check_inert(answer)


def test_an_expired_code_says_so(start, elsewhere):
    sluice = start(more=CLIENTS.replace("{ttl}", "1s"))
    codes = ask(sluice).json()
    assert codes["expires_in"] == 1
    time.sleep(1.2)
    answer = poll(sluice, codes["device_code"])
    assert answer.status == 400 and answer.json()["error"] == "expired_token", answer
    page = Browser(sluice, next(elsewhere)).get(target_of(codes["verification_uri_complete"]))
    assert page.status == 400


def test_codes_outlive_a_restart(start, tmp_path, elsewhere):
    storage = f'path = "{tmp_path / "sluice.db"}"'
    port = free_port()
    more = CLIENTS.replace("{ttl}", "10m")
    first = start(storage=storage, more=more, port=port)
    asked, allowed, denied = (ask(first).json() for _ in range(3))
    decide(Browser(first, next(elsewhere)), target_of(allowed["verification_uri_complete"]))
    decide(Browser(first, next(elsewhere)), target_of(denied["verification_uri_complete"]), "deny")
    first.child.kill()
    first.wait(30)
    second = start(storage=storage, more=more, port=port)
    assert poll(second, allowed["device_code"]).status == 200
    assert poll(second, denied["device_code"]).json()["error"] == "access_denied"
    assert poll(second, asked["device_code"]).json()["error"] == "authorization_pending"
    decide(Browser(second, next(elsewhere)), target_of(asked["verification_uri_complete"]))
    assert wait_for(second, asked["device_code"]).status == 200
    assert poll(second, allowed["device_code"]).json()["error"] == "invalid_grant"
