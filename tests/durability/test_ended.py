"""Who is removed, who has another password, and what operators end: over at once, on every core and box."""

import random
import re
import subprocess
import time
from types import SimpleNamespace

import pytest

from engines import Sqlite
from oauth import Browser, Pkce, is_active, obtain_code, obtain_tokens, redeem, refresh
from pages import forms_of
from sluice import PASSWORD
from streams import StreamingUpstream, open_stream
from upstream import Upstream

IN_FORCE_S = 1.0
STREAM_S = 5.0
REDIRECT = {"pub": "https://pub.example/cb", "conf": "https://app.example/cb"}
ELSEWHERE = "https://elsewhere.example/mcp"


@pytest.fixture
def service(engine, make_box):
    """One box on SQLite, two on PostgreSQL."""
    one = make_box(engine)
    one.start()
    boxes = [one]
    if not isinstance(engine, Sqlite):
        boxes.append(make_box(engine, origin=one.origin))
        boxes[1].start()
    yield SimpleNamespace(one=one, last=boxes[-1], boxes=boxes)
    for box in boxes:
        box.stop()


def add_user(box, name: str, *options: str, password: str = PASSWORD) -> None:
    done = subprocess.run(
        box.command("user", "add", name, *options), input=password + "\n", capture_output=True, text=True
    )
    assert done.returncode == 0, done


def operate(box, *words: str) -> str:
    done = box.run(*words)
    assert done.returncode == 0, done
    return done.stdout


def given_to(browser: Browser, client: str = "pub", resource: str | None = None) -> dict:
    at = resource or browser.sluice.resource
    return obtain_tokens(browser, client, redirect_uri=REDIRECT[client], resource=at)


def check_alive(service, *tokens: dict) -> None:
    """On every box, and by several connections on every core."""
    for box in service.boxes * 4:
        for each in tokens:
            assert is_active(box, each["access_token"])


def check_dead_soon(service, *tokens: dict) -> None:
    until = time.monotonic() + IN_FORCE_S
    for box in service.boxes:
        for each in tokens:
            while is_active(box, each["access_token"]):
                assert time.monotonic() < until, "still active after a second"
                time.sleep(0.02)
    for box in service.boxes * 4:
        for each in tokens:
            assert not is_active(box, each["access_token"])
            answer = refresh(box, each["refresh_token"])
            assert answer.status in (400, 401), answer


def check_signed_out(browser: Browser) -> None:
    query = "/authorize?response_type=code&client_id=pub&redirect_uri=https://pub.example/cb&state=s"
    page = browser.get(query + "&code_challenge_method=S256&code_challenge=" + Pkce().challenge)
    assert any(form.is_login for form in forms_of(page.text)), page


@pytest.mark.parametrize("change", ["removed", "another password"])
def test_sessions_codes_and_grants_end_with_a_user(service, change):
    add_user(service.one, "carol")
    browser = Browser(service.last, username="carol")
    tokens = [given_to(browser), given_to(browser, "conf")]
    kept = given_to(Browser(service.one))
    code = obtain_code(browser, redirect_uri=REDIRECT["pub"])
    check_alive(service, kept, *tokens)
    if change == "removed":
        operate(service.one, "user", "remove", "carol")
    else:
        add_user(service.one, "carol", "--replace", password="another password")
    check_dead_soon(service, *tokens)
    check_signed_out(browser)
    answer = redeem(service.last, code)
    assert answer.status == 400 and answer.error == "invalid_grant", answer
    check_alive(service, kept)
    if change == "removed":
        add_user(service.one, "carol")
        check_signed_out(browser)
        given_to(Browser(service.last, username="carol"))


def test_operators_list_and_end_grants_beside_running_servers(service):
    add_user(service.one, "carol")
    alice, carol = Browser(service.one), Browser(service.last, username="carol")
    with_pub, with_conf, elsewhere = given_to(alice), given_to(alice, "conf"), given_to(alice, "pub", ELSEWHERE)
    others = given_to(carol)
    check_alive(service, with_pub, with_conf, elsewhere, others)
    lines = [line.split("\t") for line in operate(service.one, "grants", "list", "--user", "alice").splitlines()]
    assert sorted(line[:3] for line in lines) == sorted(
        [client, "alice", at]
        for client, at in [("pub", service.one.resource), ("conf", service.one.resource), ("pub", ELSEWHERE)]
    )
    assert all(line[3] == "mcp:read" and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}Z", line[4]) for line in lines), lines
    refused = service.one.run("grants", "revoke")
    assert refused.returncode == 1 and "--user" in refused.stderr, refused
    assert operate(service.last, "grants", "revoke", "--user", "alice", "--client", "conf") == "1 grant has ended\n"
    check_dead_soon(service, with_conf)
    check_alive(service, with_pub, elsewhere, others)
    assert operate(service.one, "grants", "revoke", "--resource", ELSEWHERE) == "1 grant has ended\n"
    check_dead_soon(service, elsewhere)
    check_alive(service, with_pub, others)
    assert operate(service.one, "grants", "revoke", "--client", "pub") == "2 grants have ended\n"
    check_dead_soon(service, with_pub, others)
    assert operate(service.last, "grants", "list") == ""


def test_a_command_that_is_killed_leaves_nothing_half_ended(service, dice: random.Random):
    browser = Browser(service.one)
    tokens = [given_to(browser) for _ in range(40)]
    check_alive(service, *tokens[:3])
    for _ in range(4):
        running = subprocess.Popen(service.one.command("grants", "revoke", "--user", "alice"))
        time.sleep(dice.uniform(0, 0.15))
        running.kill()
        running.wait()
    time.sleep(IN_FORCE_S)
    left = operate(service.one, "grants", "list", "--user", "alice").splitlines()
    for box in service.boxes:
        active = [each for each in tokens if is_active(box, each["access_token"])]
        assert len(active) == len(left), "memory and database disagree"
    operate(service.one, "grants", "revoke", "--user", "alice")
    check_dead_soon(service, *tokens)


def change_configuration(box, old: str, new: str) -> None:
    text = box.file.read_text()
    assert old in text
    box.file.write_text(text.replace(old, new))


def test_streams_end_on_every_box(engine, make_box):
    upstream = Upstream()
    StreamingUpstream(upstream)
    one = make_box(engine)
    boxes = [one] if isinstance(engine, Sqlite) else [one, make_box(engine, origin=one.origin)]
    for box in boxes:
        change_configuration(box, "http://127.0.0.1:9/mcp", upstream.url)
        box.start()
    token = given_to(Browser(one))["access_token"]
    streams = [open_stream(box.port, token, method) for box in boxes for method in ("GET", "POST")]
    operate(one, "grants", "revoke", "--user", "alice")
    until = time.monotonic() + STREAM_S
    for stream in streams:
        while stream.read_chunk():
            assert time.monotonic() < until, "a stream goes on"
    assert time.monotonic() < until
    upstream.stop()


ALICE = f'[[auth.user]]\nusername = "alice"\npassword = "{PASSWORD}"\n'
OTHER_ALICE = ALICE.replace(PASSWORD, "another password")
BOB = ALICE.replace("alice", "bob")


@pytest.mark.parametrize("change", ["user dropped", "another password", "client dropped"])
def test_what_the_configuration_drops_ends_at_the_next_start(service, change):
    for box in service.boxes:
        change_configuration(box, ALICE, ALICE + "\n" + BOB)
        box.stop()
        box.start()
    time.sleep(0.5)  # it remembers what it has
    ended = given_to(Browser(service.one), "conf" if change == "client dropped" else "pub")
    kept = given_to(Browser(service.one, username="bob"))
    check_alive(service, ended, kept)
    if change == "client dropped":
        change_configuration(service.last, 'client_id = "conf"', 'client_id = "conf2"')
    else:
        change_configuration(service.last, ALICE, OTHER_ALICE if change == "another password" else "")
    service.last.stop()
    service.last.start()
    check_dead_soon(service, ended)
    check_alive(service, kept)
    service.last.stop()
    service.last.start()
    check_alive(service, kept)
