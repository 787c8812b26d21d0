"""The log: one JSON object a line, and no secret in any, whatever way it came in."""

import json
import time

from http_request import basic, get, post, post_form
from oauth import Browser, authorization, obtain_tokens, refresh
from sluice import CONF_SECRET, PASSWORD, RS_SECRET, SECRETS
from wire import exchange

JSON = {"Content-Type": "application/json"}


def test_no_secret_stands_in_any_line(sluice, browser, elsewhere):
    tokens = obtain_tokens(browser, resource=sluice.resource)
    access, renewal = tokens["access_token"], tokens["refresh_token"]
    source = next(elsewhere)
    get(sluice.port, f"/mcp?access_token={access}")
    get(
        sluice.port,
        f"/authorize?client_id=pub&state={access}&code_challenge={PASSWORD.replace(' ', '+')}",
    )
    get(
        sluice.port,
        f"/healthz?token={renewal}",
        {"Cookie": f"sluice_session={access}", "X-Token": access},
    )
    post(
        sluice.port,
        "/mcp",
        '{"jsonrpc":"2.0","id":"%s","method":"ping"}' % access,
        JSON | {"Authorization": f"Bearer {access}"},
    )
    post(sluice.port, "/mcp", '{"broken', JSON | {"Authorization": f"Bearer {access}"})
    post(
        sluice.port,
        "/mcp",
        "{}",
        JSON | {"Authorization": f"Bearer {access}", "Mcp-Method": access},
    )
    post_form(
        sluice.port, "/token", {"grant_type": access, "refresh_token": renewal, "client_id": "pub"}
    )
    post_form(
        sluice.port, "/token", {access: renewal, "client_id": "pub", "grant_type": "refresh_token"}
    )
    post_form(
        sluice.port,
        "/token",
        {"grant_type": "client_credentials", "scope": access},
        {"Authorization": basic("conf", CONF_SECRET)},
    )
    post_form(sluice.port, "/token", {}, {"Authorization": f"Basic {CONF_SECRET}"}, source)
    post_form(
        sluice.port,
        "/introspect",
        {"token": access},
        {"Authorization": f"Bearer {RS_SECRET}"},
        source,
    )
    post(
        sluice.port,
        "/register",
        json.dumps({"client_secret": CONF_SECRET, "redirect_uris": [access]}),
        JSON,
    )
    Browser(sluice, next(elsewhere), username="nobody-1").open_consent(
        authorization(), password=PASSWORD + "x"
    )
    refresh(sluice, renewal)
    refresh(sluice, renewal)
    exchange(
        sluice.port,
        b"GET / HTTP/1.1\r\nHost: a\r\nAuthorization : Bearer %s\r\n\r\n" % access.encode(),
    )
    time.sleep(0.4)
    log = sluice.output()
    assert '"event_type":"request"' in log
    assert SECRETS.findall(log) == []
    for text in (access, renewal, PASSWORD, CONF_SECRET, RS_SECRET):
        assert text not in log


def test_every_line_is_one_json_object(sluice):
    get(sluice.port, "/a%22b")
    exchange(sluice.port, b'GET /"\x1b[31m HTTP/1.1\r\nHost: a\r\n\r\n')
    time.sleep(0.4)
    lines = sluice.output().splitlines()
    assert len(lines) > 1
    for line in lines[:-1]:
        assert isinstance(json.loads(line), dict), line
        assert line.isprintable(), line
