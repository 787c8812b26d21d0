"""The middleware under FastAPI and Starlette, against a real Sluice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from support import API_KEY, OTHER_RESOURCE, RESOURCE, Server, free_port

from sluice import Identity, LoggingMiddleware, NormalizePathMiddleware, Sluice, SluiceMiddleware, auth_required
from sluice.authorization import NotAuthorized
from sluice.fastapi import discovery_routes, requires


def application(url: str, **options: Any) -> FastAPI:
    app = FastAPI()
    sluice = Sluice(url, api_key=API_KEY, cache_ttl=0)
    settings: dict[str, Any] = {"resource": RESOURCE, "required_scopes": ["notes:read"]} | options
    app.add_middleware(SluiceMiddleware, sluice=sluice, **settings)
    app.add_middleware(LoggingMiddleware)
    app.add_middleware(NormalizePathMiddleware)

    @app.get("/me")
    async def me(request: Request) -> dict[str, str]:
        return {"client": request.state.sluice.client_id}

    @app.delete("/notes/{note}")
    async def delete(note: str, identity: Annotated[Identity, Depends(requires("notes:write"))]) -> str:
        return f"{note} of {identity.client_id}"

    @app.get("/admin")
    async def admin() -> str:
        @auth_required("notes:admin")
        async def inner() -> str:
            return "never"

        try:
            return await inner()
        except NotAuthorized as error:
            return f"{error.status} {error.missing[0]}"

    @app.get("/health")
    async def health() -> str:
        return "fine"

    return app


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9") as client:
        yield client


async def test_good_tokens_pass(server: Server) -> None:
    headers = {"Authorization": f"bearer {server.token('notes:read notes:write')}"}
    async with client_of(application(server.url)) as client:
        assert (await client.get("/me", headers=headers)).json() == {"client": "agent"}
        assert (await client.get("/me/", headers=headers)).status_code == 200
        assert (await client.delete("/notes/7", headers=headers)).json() == "7 of agent"
        assert (await client.get("/admin", headers=headers)).json() == "403 notes:admin"
        assert (await client.get("/health")).json() == "fine"


async def test_challenges_lead_to_the_metadata_and_it_to_the_server(server: Server) -> None:
    async with client_of(application(server.url, resource_name="Notes")) as client:
        response = await client.get("/me")
        assert response.status_code == 401
        document = "http://127.0.0.1:9/.well-known/oauth-protected-resource/mcp"
        wanted = f'Bearer scope="notes:read", resource_metadata="{document}"'
        assert response.headers["www-authenticate"] == wanted
        for url in (document, "/.well-known/oauth-protected-resource"):
            metadata = (await client.get(url)).json()
            assert metadata["resource"] == RESOURCE and metadata["authorization_servers"] == [server.url]
            assert metadata["scopes_supported"] == ["notes:read"] and metadata["resource_name"] == "Notes"
        assert (await client.post(document)).status_code == 405


@pytest.mark.parametrize("field", ["Bearer made-up", "Basic YTpi", "Bearer", "Bearer  ", ""])
async def test_bad_tokens_do_not(server: Server, field: str) -> None:
    async with client_of(application(server.url)) as client:
        response = await client.get("/me", headers={"Authorization": field})
    assert response.status_code == 401
    assert ('error="invalid_token"' in response.headers["www-authenticate"]) == (field == "Bearer made-up")


async def test_two_authorization_fields_are_none(server: Server) -> None:
    token = f"Bearer {server.token()}"
    async with client_of(application(server.url)) as client:
        response = await client.get("/me", headers=[("Authorization", token), ("Authorization", token)])
    assert response.status_code == 401


async def test_a_token_for_another_resource_does_not_pass(server: Server) -> None:
    headers = {"Authorization": f"Bearer {server.token(resource=OTHER_RESOURCE)}"}
    async with client_of(application(server.url)) as client:
        assert (await client.get("/me", headers=headers)).status_code == 401
    async with client_of(application(server.url, check_audience=False)) as client:
        assert (await client.get("/me", headers=headers)).status_code == 200


async def test_missing_scopes_are_403_with_granted_and_needed(server: Server) -> None:
    headers = {"Authorization": f"Bearer {server.token('notes:read')}"}
    async with client_of(application(server.url, required_scopes=["notes:write"])) as client:
        response = await client.get("/me", headers=headers)
        assert response.status_code == 403 and response.json()["required_scopes"] == ["notes:write"]
        assert 'scope="notes:read notes:write"' in response.headers["www-authenticate"]
    async with client_of(application(server.url)) as client:
        response = await client.delete("/notes/7", headers=headers)
        assert response.status_code == 403
        assert 'scope="notes:read notes:write"' in response.headers["www-authenticate"]
        assert "resource_metadata=" in response.headers["www-authenticate"]


async def test_without_sluice_requests_are_503_and_tokens_keep_their_worth() -> None:
    async with client_of(application(f"http://127.0.0.1:{free_port()}")) as client:
        response = await client.get("/me", headers={"Authorization": "Bearer some-token"})
    assert response.status_code == 503 and "www-authenticate" not in response.headers
    assert int(response.headers["retry-after"]) > 0


async def test_without_the_middleware_a_dependency_refuses() -> None:
    app = FastAPI(routes=list(discovery_routes(RESOURCE, ["https://auth.example.com"], ["notes:read"])))

    @app.get("/me")
    async def me(identity: Annotated[Identity, Depends(requires())]) -> str:
        return identity.client_id

    async with client_of(app) as client:
        assert (await client.get("/me")).status_code == 401
        found = await client.get("/.well-known/oauth-protected-resource/mcp")
        assert found.json()["authorization_servers"] == ["https://auth.example.com"]
