"""Registered clients over time: nothing is stored before somebody consents, and what is, stays."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from http_request import basic, encode, get, post
from oauth import Browser, authorization, token_request
from test_storage import Box

JSON = {"Content-Type": "application/json"}
PUBLIC = {
    "client_name": "Notes",
    "redirect_uris": ["http://127.0.0.1:7777/cb"],
    "token_endpoint_auth_method": "none",
}
CONFIDENTIAL = {"client_name": "Server", "redirect_uris": ["https://app.example/cb"]}


@pytest.fixture
def box(tmp_path, shared_upstream):
    made = Box(tmp_path, shared_upstream.url, rate_limit="1000000")
    yield made
    made.kill()


def register(box, document):
    answer = post(box.port, "/register", json.dumps(document), JSON)
    assert answer.status == 201, answer
    return answer.json()


def rows(box):
    """What is stored that registering could have stored: all but the server's own keys."""
    with sqlite3.connect(f"file:{box.database}?mode=ro", uri=True) as database:
        return database.execute("SELECT count(*) FROM documents WHERE value LIKE '%redirect%'").fetchone()[0]


def sign_in(box, registered):
    request = authorization(
        registered["client_id"], redirect_uri=registered["redirect_uris"][0]
    )
    location = Browser(box.running).authorize(request).get("Location")
    assert "code=" in location, location
    return location


def page(box, registered):
    request = authorization(
        registered["client_id"], redirect_uri=registered["redirect_uris"][0]
    )
    return get(box.port, "/authorize?" + encode(request))


def refused_grant(box, registered):
    """What a good client with a bad token hears, and an unknown client does not."""
    pairs = {"grant_type": "refresh_token", "refresh_token": "srt_x"}
    headers = {}
    if "client_secret" in registered:
        headers["Authorization"] = basic(registered["client_id"], registered["client_secret"])
    else:
        pairs["client_id"] = registered["client_id"]
    answer = token_request(box.running, pairs, headers)
    return answer.status, answer.error


def test_nothing_is_stored_before_the_first_consent(box):
    box.start()
    clients = [register(box, document) for document in (PUBLIC, CONFIDENTIAL)]
    for client in clients:
        assert page(box, client).status == 200
        assert refused_grant(box, client) == (400, "invalid_grant")
    assert rows(box) == 0
    sign_in(box, clients[0])
    assert rows(box) == 2, "the client and its code"


def test_a_flood_after_a_restart_ends_nobodys_registration(box):
    box.start()
    used, consented = register(box, PUBLIC), register(box, CONFIDENTIAL)
    sign_in(box, consented)
    box.running.stop()
    box.start()
    flood = (PUBLIC | {"client_name": f"n{i}"} for i in range(10_400))
    with ThreadPoolExecutor(16) as pool:
        ids = set(pool.map(lambda document: register(box, document)["client_id"], flood))
    assert len(ids) == 10_400
    for client in (used, consented):
        assert refused_grant(box, client) == (400, "invalid_grant")
        sign_in(box, client)
    box.running.stop()


def test_an_id_is_good_at_every_start_with_the_same_keys_and_at_no_other(box, tmp_path):
    box.start()
    known = register(box, PUBLIC), register(box, CONFIDENTIAL)
    box.running.stop()
    box.start()
    for client in known:
        assert refused_grant(box, client) == (400, "invalid_grant")
        assert page(box, client).status == 200
    box.running.stop()
    (tmp_path / "other").mkdir()
    other = Box(tmp_path / "other", box.upstream)
    other.start()
    for client in known:
        assert refused_grant(other, client) == (401, "invalid_client")
        dead = page(other, client)
        assert dead.status == 400 and "add it again" in dead.text
    other.running.stop()


def test_a_public_client_has_one_id_whatever_its_port_and_a_confidential_one_its_own(box):
    box.start()
    ports = [
        PUBLIC | {"redirect_uris": [f"http://127.0.0.1:{port}/cb"]} for port in (7777, 50_000)
    ]
    assert len({register(box, document)["client_id"] for document in ports}) == 1
    first, second = register(box, CONFIDENTIAL), register(box, CONFIDENTIAL)
    assert first["client_id"] != second["client_id"]
    assert first["client_secret"] != second["client_secret"]
    swapped = first | {"client_secret": second["client_secret"]}
    assert refused_grant(box, swapped) == (401, "invalid_client")
    for client in (first, register(box, PUBLIC)):
        assert len(client["client_id"]) < 256
        assert not client["client_id"].startswith("https://")


def test_a_log_line_has_the_beginning_of_an_id(box):
    box.start()
    client_id = register(box, PUBLIC)["client_id"]
    box.running.terminate()
    box.running.wait()
    logged = box.running.output()
    assert client_id not in logged and client_id[:29] in logged
