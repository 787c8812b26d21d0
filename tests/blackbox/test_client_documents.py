"""Clients named by the URL of their metadata document: fetched, checked, kept, and never a way into the network."""

import re
import socket
import time
from urllib.parse import urlsplit

import pytest

from at_once import at_once
from authority import Authority
from documents import DocumentHost, drip
from http_request import encode, get
from oauth import Browser, Pkce, authorization, introspect, parameters_of, token_request
from pages import tags_of
from sluice import Sluice
from test_pages import SCRIPT, check_inert, check_page

REDIRECT = "http://localhost:49152/callback"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def host(authority):
    running = DocumentHost(authority.issue("localhost", "127.0.0.1"))
    yield running
    running.stop()


def settings(authority, *more: str) -> str:
    lines = ["[auth.client_documents]", f'ca = "{authority.file}"', 'private_hosts = ["localhost"]', *more]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def box(shared_upstream, authority):
    with Sluice(shared_upstream.url, more=settings(authority)) as running:
        yield running


def asked_by(url: str, **changes) -> dict:
    return authorization(url, **({"redirect_uri": REDIRECT} | changes))


def open_page(sluice, url: str, **changes):
    return get(sluice.port, "/authorize?" + encode(asked_by(url, **changes)))


def test_metadata_tells_of_it(box, start, authority):
    metadata = get(box.port, "/.well-known/oauth-authorization-server").json()
    assert metadata["client_id_metadata_document_supported"] is True
    off = start(more="[auth.client_documents]\nenabled = false\n")
    assert "client_id_metadata" not in get(off.port, "/.well-known/oauth-authorization-server").text


def test_the_whole_way_as_claude_code_walks_it(box, host, elsewhere):
    url = host.put("/claude-code", grant_types=["authorization_code", "refresh_token"])
    person = Browser(box, next(elsewhere))
    pkce = Pkce()
    pairs = asked_by(url, code_challenge=pkce.challenge, resource=box.resource)
    _, page = person.open_consent(pairs)
    assert page.status == 200, page
    check_page(page)
    assert "Documented app" in page.text and "localhost" in page.text
    given = parameters_of(person.authorize(pairs).get("Location"))
    redemption = {
        "grant_type": "authorization_code",
        "code": given["code"],
        "client_id": url,
        "redirect_uri": REDIRECT,
        "code_verifier": pkce.verifier,
        "resource": box.resource,
    }
    answer = token_request(box, redemption)
    assert answer.status == 200, answer
    tokens = answer.json()
    told = introspect(box, tokens["access_token"])
    assert told["active"] and told["client_id"] == url and told["sub"] == "alice"
    again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": url}
    assert token_request(box, again).status == 200
    assert host.asked.count("/claude-code") == 1, "kept between all of these"


def test_one_fetch_at_a_time(box, host):
    def slow(handler):
        time.sleep(0.5)
        status, headers, body = page
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    url = host.put("/slow")
    page = host.pages["/slow"]
    host.pages["/slow"] = slow
    answers = at_once(12, lambda: open_page(box, url))
    assert [answer.status for answer in answers] == [200] * 12
    assert host.asked.count("/slow") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://localhost/another"},
        {"client_id": None},
        {"client_name": None},
        {"client_name": ""},
        {"client_name": 7},
        {"redirect_uris": None},
        {"redirect_uris": []},
        {"redirect_uris": "http://localhost/callback"},
        {"redirect_uris": ["javascript:alert(1)", "http://app.example/cb", "shell:x"]},
        {"client_secret": "x"},
        {"client_secret_expires_at": 0},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"token_endpoint_auth_method": "client_secret_jwt"},
        {"grant_types": ["client_credentials"]},
        {"response_types": ["token"]},
    ],
    ids=str,
)
def test_a_faulty_document_is_no_client(box, host, changes):
    path = "/faulty-" + re.sub(r"\W+", "-", str(changes))
    assert open_page(box, host.put(path)).status == 200, "the control"
    path += "-now"
    host.put(path, **changes)
    answer = open_page(box, host.origin + path)
    assert answer.status == 400, answer
    check_page(answer)
    assert host.asked.count(path) == 1


@pytest.mark.parametrize(
    "page",
    [
        (301, {"Location": "https://localhost/elsewhere"}, b""),
        (307, {"Location": "http://127.0.0.1/"}, b""),
        (204, {}, b""),
        (206, {"Content-Type": "application/json"}, b"{}"),
        (401, {}, b""),
        (404, {}, b""),
        (200, {"Content-Type": "text/html"}, b"<html>"),
        (200, {"Content-Type": "application/json"}, b"{" * 1000),
        (200, {"Content-Type": "application/json"}, b"[]"),
        (200, {"Content-Type": "application/json"}, b'{"client_id":1}' + b" " * 70_000),
        (200, {"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"\x1f\x8b"),
    ],
    ids=lambda page: f"{page[0]}-{len(page[2])}-{page[1].get('Content-Type', '')}",
)
def test_another_answer_than_a_document_is_no_client(box, host, page):
    path = f"/answer-{page[0]}-{len(page[2])}-{len(page[1])}"
    host.pages[path] = page
    before = host.connections
    answer = open_page(box, host.origin + path)
    assert answer.status == 400, answer
    check_page(answer)
    assert host.connections == before + 1, "a redirect was followed"
    assert host.asked.count(path) == 1
    open_page(box, host.origin + path)
    assert host.asked.count(path) == 1, "a failure is kept for a while"


def test_a_slow_body_ends_after_five_seconds(box, host):
    host.pages["/drip"] = drip
    began = time.monotonic()
    answer = open_page(box, host.origin + "/drip")
    assert answer.status == 503 and int(answer.get("Retry-After")) > 0, answer
    assert time.monotonic() - began < 8


def test_redirect_uris_match_but_for_a_loopback_port(box, host):
    url = host.put("/uris", redirect_uris=["http://localhost/callback", "https://app.example/cb"])
    for uri, status in {
        "http://localhost/callback": 200,
        "http://localhost:7/callback": 200,
        "https://app.example/cb": 200,
        "https://app.example:444/cb": 400,
        "http://127.0.0.1:7/callback": 400,
        "http://localhost:7/other": 400,
        "http://localhost.evil.example/callback": 400,
    }.items():
        answer = open_page(box, url, redirect_uri=uri)
        assert answer.status == status, (uri, answer)


def test_what_a_document_says_is_only_text(box, host, elsewhere):
    url = host.put("/script", client_name="App " + SCRIPT)
    _, page = Browser(box, next(elsewhere)).open_consent(asked_by(url))
    assert page.status == 200
    check_inert(page)
    assert not [tag for tag, _ in tags_of(page.text) if tag in ("img", "script")]


def test_kept_by_its_cache_fields_but_a_minute_at_least(box, host):
    url = host.put("/unkept", headers={"Cache-Control": "no-store"})
    for _ in range(5):
        assert open_page(box, url).status == 200
    assert host.asked.count("/unkept") == 1


def test_hosts_may_be_denied(start, authority, host):
    url = host.put("/denied")
    for rule in ('deny = ["localhost"]', 'allow = ["*.example.com"]'):
        before = host.connections
        sluice = start(more=settings(authority, rule))
        assert open_page(sluice, url).status == 400
        assert host.connections == before


def test_a_host_that_is_not_private_is_not_connected_to(start, authority, host):
    sluice = start(more=f'[auth.client_documents]\nca = "{authority.file}"\n')
    before = host.connections
    for name in ("localhost", "127.0.0.1", socket.gethostname()):
        assert open_page(sluice, f"https://{name}:{host.port}/app").status in (400, 503)
    assert host.connections == before


def test_no_form_of_an_address_leads_into_the_network(box, host):
    before = host.connections
    port = host.port
    for authority_part in (
        f"127.0.0.1:{port}", f"127.1:{port}", f"2130706433:{port}", f"0x7f.0.0.1:{port}", f"0177.0.0.1:{port}",
        f"[::1]:{port}", f"[::ffff:127.0.0.1]:{port}", f"[::ffff:7f00:1]:{port}", f"[0:0:0:0:0:0:0:1]:{port}",
        f"0.0.0.0:{port}", f"127.0.0.1.:{port}", f"localhost.:{port}", f"a@localhost:{port}", f"LOCALHOST:{port}",
        f"localhost%2e:{port}", "169.254.169.254", "10.0.0.1", "[fd00::1]", "[fe80::1]", "[64:ff9b::7f00:1]",
        f"ip6-localhost:{port}", f"①②⑦.0.0.1:{port}",
    ):
        url = f"https://{authority_part}/app"
        answer = open_page(box, url)
        assert answer.status in (400, 503), (url, answer)
        check_page(answer)
    for url in (
        f"http://localhost:{port}/app", f"https://localhost:{port}", f"https://localhost:{port}/",
        f"https://localhost:{port}/a/../app", f"https://localhost:{port}/%2e%2e/app", f"https://localhost:{port}/app#x",
        "file:///etc/passwd", "https://", "https:///app", f"https://localhost:{port}/" + "a" * 600,
        "https://localhost:99999/app", f"https://localhost:{port}\\@evil.example/app",
    ):
        answer = open_page(box, url)
        assert answer.status == 400, (url, answer)
    assert host.connections == before


def test_copies_of_well_known_clients_serve_where_there_is_no_way_out(box):
    answer = open_page(
        box, "https://claude.ai/oauth/claude-code-client-metadata", redirect_uri="http://localhost:5/callback"
    )
    assert answer.status == 200, answer


def test_a_document_is_a_client_after_a_restart(start, authority, host, tmp_path):
    url = host.put("/again")
    storage = f'path = "{tmp_path / "sluice.db"}"'
    for _ in range(2):
        sluice = start(storage=storage, more=settings(authority))
        assert open_page(sluice, url).status == 200
        sluice.stop()
    assert urlsplit(url).path == "/again" and host.asked.count("/again") == 2
