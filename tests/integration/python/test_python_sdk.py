"""The Python SDK's client, before the built-in notes server and before the Python SDK's server."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx2
import pytest

import processes
from application import Application

MODES = ["legacy", "auto", "2026-07-28"]


@pytest.fixture(scope="module")
def built_in():
    sluice = processes.dev()
    yield sluice
    sluice.stop()


@pytest.fixture(scope="module")
def upstream():
    server = processes.python_server()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def before_python_server(upstream):
    sluice = processes.serve(f"{upstream.origin}/mcp")
    yield sluice
    sluice.stop()


@pytest.fixture(scope="module")
def before_https_server(tmp_path_factory):
    certificate, key = processes.make_certificate(tmp_path_factory.mktemp("tls"))
    server = processes.python_server(certificate, key)
    sluice = processes.serve(f"https://127.0.0.1:{server.port}/mcp", certificate)
    yield sluice
    sluice.stop()
    server.stop()


async def succeeds(client, tool, arguments=None):
    result = await client.call_tool(tool, arguments or {})
    assert not result.is_error, result
    return result


async def revoke(sluice, application):
    async with httpx2.AsyncClient() as http:
        well_known = f"{sluice.origin}/.well-known/oauth-authorization-server"
        metadata = (await http.get(well_known)).json()
        form = {
            "client_id": application.storage.client_info.client_id,
            "token": application.storage.tokens.refresh_token,
        }
        answer = await http.post(metadata["revocation_endpoint"], data=form)
        assert answer.status_code == 200, answer.text


async def check_refresh(client, application):
    before = application.storage.tokens
    application.provider.context.token_expiry_time = 1  # the SDK refreshes by the clock alone
    await succeeds(client, "list_notes")
    after = application.storage.tokens
    assert len(application.asked) == 1, "refreshing opened the browser"
    assert after.access_token != before.access_token
    assert after.refresh_token != before.refresh_token
    assert set(after.scope.split()) == set(before.scope.split())


async def walk(sluice, mode):
    url = f"{sluice.origin}/mcp"
    application = Application(url, narrow_scope="mcp:read")
    async with application.connected(mode) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        assert "list_notes" in tools
        await succeeds(client, "list_notes")
        (asked,) = application.asked
        assert asked["resource"] == url
        assert asked["code_challenge_method"] == "S256"
        assert parse_qs(urlsplit(application.callback).query)["iss"] == [sluice.origin]
        assert application.scopes == {"mcp:read"}

        await check_refresh(client, application)

        note = {"id": str(uuid4()), "text": "written by a test"}
        await succeeds(client, "create_note", note)  # the SDK steps up by itself
        assert len(application.asked) == 2
        assert {"mcp:read", "mcp:write"} <= application.scopes

        await revoke(sluice, application)
        await succeeds(client, "list_notes")  # and signs in anew
        assert len(application.asked) == 3, "a revoked token was taken"
        return client.protocol_version


@pytest.mark.anyio
@pytest.mark.parametrize("mode", MODES)
async def test_walk_before_the_built_in_server(built_in, mode):
    await walk(built_in, mode)


@pytest.mark.anyio
@pytest.mark.parametrize("mode", MODES)
async def test_walk_before_a_server_over_https(before_https_server, mode):
    version = await walk(before_https_server, mode)
    assert version == ("2025-11-25" if mode == "legacy" else "2026-07-28")


@pytest.mark.anyio
@pytest.mark.parametrize("mode", MODES)
async def test_walk_before_a_python_server(before_python_server, upstream, mode):
    version = await walk(before_python_server, mode)
    assert version == ("2025-11-25" if mode == "legacy" else "2026-07-28")
    seen = httpx2.get(f"{upstream.origin}/seen").json()
    assert seen and all("authorization" not in request["headers"] for request in seen)
    assert all(request["headers"]["x-sluice-subject"] == "alice" for request in seen)
    if mode == "legacy":
        methods = {request["method"] for request in seen}
        assert {"POST", "GET", "DELETE"} <= methods, "the stream and the end of a session pass"
