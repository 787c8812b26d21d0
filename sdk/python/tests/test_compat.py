"""The reference packages: their names here, their examples with one line changed, and they themselves as clients of Sluice."""

import asyncio
import importlib
import importlib.metadata
import inspect
import re
from typing import Any

import httpx
import pytest
from support import AGENT, API_KEY, RESOURCE, RS, Server

reference: Any = pytest.importorskip("mcp_authflow_resource")
auth_agent: Any = pytest.importorskip("auth_agent_mcp")

ours: Any = importlib.import_module("sluice.compat.mcp_authflow_resource")

# What the reference has as a parameter, ours has under the same name, in the same place and with the same default.
CALLABLES = [
    ("", "IntrospectionTokenVerifier"),
    ("", "is_safe_url"),
    ("", "ControllerConfig"),
    ("", "FrictionRegistry"),
    ("", "ToolFrictionConfig"),
    ("", "ToolGroupConfig"),
    ("", "friction_controlled"),
    ("", "init_friction"),
    ("", "record_tool_call"),
    ("", "register_oauth_discovery_endpoints"),
    (".friction", "FrictionController"),
    (".friction", "FrictionResult"),
    (".friction", "SlidingWindow"),
    (".validation", "json_error"),
    (".validation", "validate_list_response"),
    (".validation", "validate_dict_response"),
    (".validation", "require_list"),
    (".validation", "require_dict"),
    (".middleware", "NormalizePathMiddleware"),
    (".middleware", "create_logging_middleware"),
]


@pytest.mark.parametrize("module", ["", ".auth", ".friction"])
def test_every_public_name_is_here(module: str) -> None:
    theirs = importlib.import_module("mcp_authflow_resource" + module)
    here = importlib.import_module("sluice.compat.mcp_authflow_resource" + module)
    assert set(theirs.__all__) <= set(here.__all__)


@pytest.mark.parametrize(("module", "name"), CALLABLES)
def test_it_is_called_alike(module: str, name: str) -> None:
    theirs = inspect.signature(getattr(importlib.import_module("mcp_authflow_resource" + module), name))
    here = inspect.signature(getattr(importlib.import_module("sluice.compat.mcp_authflow_resource" + module), name))
    assert list(here.parameters) == list(theirs.parameters)
    for parameter, wanted in theirs.parameters.items():
        actual = here.parameters[parameter]
        assert actual.kind is wanted.kind and (actual.default is inspect.Parameter.empty) == (
            wanted.default is inspect.Parameter.empty
        )


def test_a_registry_decides_alike() -> None:
    """The same calls at the same time: the same results, friction rising to the refusal."""

    def registry(package: Any) -> Any:
        return package.FrictionRegistry(
            default_config=package.ControllerConfig(time_decay_rate=0.0),
            tool_configs={"delete_task": package.ToolFrictionConfig(target_rate=0.03)},
            tool_groups={"mutations": package.ToolGroupConfig(tools=["delete_task"], aggregate_target=0.2)},
        )

    async def calls(registry: Any) -> list[Any]:
        results = []
        for index in range(80):
            if index % 3 == 0:
                await registry.record_unconfigured("client", "get_tasks")
            results.append(await registry.check_and_record("client", "delete_task"))
        return results

    mine, theirs = asyncio.run(calls(registry(ours))), asyncio.run(calls(registry(reference)))
    assert any(not result.allowed for result in theirs)
    for actual, expected in zip(mine, theirs, strict=True):
        for name in ("tool_name", "allowed", "message", "justification_required", "saturation_detected", "over_target"):
            assert getattr(actual, name) == getattr(expected, name)
        assert actual.friction_level.name == expected.friction_level.name
        for name in ("friction", "cost", "current_rate", "target_rate", "effective_target"):
            assert abs(getattr(actual, name) - getattr(expected, name)) <= 1e-9


def examples() -> list[str]:
    """Python programs of the reference's own page that import it and stand alone."""
    page = importlib.metadata.distribution("mcp-authflow-resource").read_text("METADATA") or ""
    blocks = re.findall(r"```python\n(.*?)```", page, re.S)
    return [block for block in blocks if "mcp_authflow_resource import" in block and "async def" in block and "FastMCP(" in block]


@pytest.mark.parametrize("index", range(2))
def test_its_examples_run_with_one_line_changed(index: int) -> None:
    changed, count = re.subn(r"^from mcp_authflow_resource import", "from sluice.compat.mcp_authflow_resource import",
                             examples()[index], flags=re.M)
    assert count == 1
    if "auth=" not in changed:  # mcp 1.x asks for settings beside a verifier
        changed = changed.replace("token_verifier=verifier)", "token_verifier=verifier, auth=SETTINGS)")
    from mcp.server.auth.settings import AuthSettings
    from pydantic import AnyHttpUrl

    url = AnyHttpUrl("http://localhost:8000")
    names: dict[str, Any] = {"SETTINGS": AuthSettings(issuer_url=url, resource_server_url=AnyHttpUrl("http://localhost:8001"))}
    exec(compile(changed, "example", "exec"), names)
    http = names["app"].streamable_http_app()

    async def ask() -> dict[str, Any]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(http), base_url="http://localhost:8001") as client:
            document: dict[str, Any] = (await client.get("/mcp/.well-known/oauth-protected-resource")).json()
            assert (await client.post("/mcp")).status_code == 401
            return document

    assert asyncio.run(ask())["authorization_servers"]


# ---- their verifier and ours, against a real Sluice

WAYS: list[dict[str, Any]] = [
    {"client_id": RS[0], "client_secret": RS[1]},
    {"client_id": "rs-post", "client_secret": RS[1], "client_auth_method": "client_secret_post"},
    {"client_secret": API_KEY, "client_auth_method": "bearer"},
    {},
]


@pytest.mark.parametrize("package", [reference, ours], ids=["theirs", "ours"])
@pytest.mark.parametrize("way", WAYS, ids=["basic", "post", "bearer", "none"])
async def test_the_verifier_of_either(server: Server, package: Any, way: dict[str, Any]) -> None:
    verifier = package.IntrospectionTokenVerifier(f"{server.url}/introspect", RESOURCE, **way)
    token = server.token("notes:read notes:write")
    access = await verifier.verify_token(token)
    assert access.client_id == "agent" and set(access.scopes) == {"notes:read", "notes:write"}
    assert access.resource == RESOURCE and access.expires_at > 0
    assert await verifier.verify_token("made-up") is None
    elsewhere = package.IntrospectionTokenVerifier(f"{server.url}/introspect", "https://elsewhere.example/mcp", **way)
    assert await elsewhere.verify_token(token) is None
    server.revoke(token)
    assert await verifier.verify_token(token) is None


# ---- auth_agent_mcp

@pytest.mark.parametrize("package", [auth_agent, importlib.import_module("sluice.compat.auth_agent_mcp")], ids=["theirs", "ours"])
async def test_the_middleware_of_either(server: Server, package: Any) -> None:
    from fastapi import FastAPI, Request

    app = FastAPI()
    app.add_middleware(
        package.AuthAgentMiddleware, auth_server=server.url, server_id="srv_1", api_key=API_KEY,
        required_scopes=["notes:read"],
    )

    @app.get("/files")
    async def files(request: Request) -> dict[str, Any]:
        state = request.state
        return {"user": state.user_email, "scopes": state.scopes, "client": state.client_id, "for": state.audience}

    @app.get("/health")
    async def health() -> str:
        return "fine"

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tools") as client:
        headers = {"Authorization": f"Bearer {server.token()}"}
        answer = (await client.get("/files", headers=headers)).json()
        assert answer == {"user": "agent", "scopes": ["notes:read"], "client": "agent", "for": RESOURCE}
        refused = await client.get("/files", headers={"Authorization": "Bearer made-up"})
        assert refused.status_code == 401 and refused.json() == {"error": "unauthorized"}
        metadata = f'{server.url}/.well-known/oauth-protected-resource/srv_1'
        assert refused.headers["www-authenticate"] == f'Bearer realm="srv_1", resource_metadata="{metadata}"'
        other = await client.get("/files", headers={"Authorization": f"Bearer {server.token('notes:write')}"})
        assert other.status_code == 403 and other.json()["required_scopes"] == ["notes:read"]
        assert (await client.get("/health")).json() == "fine"


@pytest.mark.parametrize("package", [auth_agent, importlib.import_module("sluice.compat.auth_agent_mcp")], ids=["theirs", "ours"])
async def test_the_client_of_either(server: Server, package: Any) -> None:
    client = package.AuthAgentClient(auth_server=server.url, api_key=API_KEY)
    known = await client.introspect_token(server.token())
    assert known["active"] is True and known["sub"] == "agent" and known["aud"] == RESOURCE
    assert (await client.introspect_token("made-up"))["active"] is False


@pytest.mark.parametrize("package", [auth_agent, importlib.import_module("sluice.compat.auth_agent_mcp")], ids=["theirs", "ours"])
async def test_a_client_revokes_its_token_and_reads_metadata(server: Server, package: Any) -> None:
    client = package.AuthAgentClient(auth_server=server.url, api_key=API_KEY)
    form = {"grant_type": "client_credentials", "client_id": "agent-post", "client_secret": AGENT[1], "resource": RESOURCE}
    # As its page shows it: JSON where OAuth has a form.
    token = httpx.post(f"{server.url}/token", json=form).json()["access_token"]
    assert (await client.introspect_token(token))["active"] is True
    assert await client.revoke_token(token, "agent-post", AGENT[1]) is True
    assert (await client.introspect_token(token))["active"] is False
    assert (await client.get_server_metadata())["authorization_servers"] == [server.url]
    assert (await client.get_server_metadata("srv_notes"))["resource"] == RESOURCE


async def test_a_program_registers_itself_and_gets_a_token(server: Server) -> None:
    """What the reference's example client does."""
    metadata = {"client_name": "example", "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post"}
    registered = httpx.post(f"{server.url}/register", json=metadata)
    assert registered.status_code == 201, registered.text
    known = {name: registered.json()[name] for name in ("client_id", "client_secret")}
    form = {"grant_type": "client_credentials", "resource": RESOURCE, "scope": "notes:read"} | known
    token = httpx.post(f"{server.url}/token", data=form).json()["access_token"]
    verifier = reference.IntrospectionTokenVerifier(f"{server.url}/introspect", RESOURCE)
    access = await verifier.verify_token(token)
    assert access is not None and access.client_id == known["client_id"]
