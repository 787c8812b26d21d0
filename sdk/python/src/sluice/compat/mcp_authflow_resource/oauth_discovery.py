"""Metadata at a FastMCP server of the official SDK: RFC 9728, and RFC 8414 for clients that look for it here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from sluice.metadata import WELL_KNOWN, protected_resource_metadata

DEFAULT_SCOPES: tuple[str, ...] = ("read",)
CorsHeaderBuilder = Callable[[Request], dict[str, str]]


def register_oauth_discovery_endpoints(
    app: Any,
    *,
    server_url: str,
    auth_server_public_url: str,
    scopes: list[str] | None = None,
    cors_header_builder: CorsHeaderBuilder | None = None,
    resource_documentation: str | None = None,
) -> None:
    """Adds the well-known documents as custom routes of `app`."""
    issuer = auth_server_public_url.rstrip("/")
    resource = server_url.rstrip("/")
    named = list(DEFAULT_SCOPES if scopes is None else scopes)
    document = protected_resource_metadata(resource, [issuer], named, documentation=resource_documentation)
    server = _authorization_server_metadata(issuer, named)
    for path, answer in (
        (WELL_KNOWN, document),
        (f"/mcp{WELL_KNOWN}", document),
        ("/.well-known/oauth-authorization-server", server),
        ("/.well-known/openid-configuration", server),
        ("/.well-known/oauth-authorization-server/mcp", server | {"resource": resource}),
    ):
        methods = ["GET", "OPTIONS"] if cors_header_builder else ["GET"]
        app.custom_route(path, methods=methods)(_handler(answer, cors_header_builder))


def _authorization_server_metadata(issuer: str, scopes: list[str]) -> dict[str, Any]:
    """As Sluice itself writes it at its own address, which clients do well to ask."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "registration_endpoint": f"{issuer}/register",
        "introspection_endpoint": f"{issuer}/introspect",
        "revocation_endpoint": f"{issuer}/revoke",
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    }


def _handler(answer: dict[str, Any], cors: CorsHeaderBuilder | None) -> Callable[[Request], Any]:
    async def handle(request: Request) -> JSONResponse:
        headers = cors(request) if cors is not None else None
        return JSONResponse({} if request.method == "OPTIONS" else answer, headers=headers)

    return handle
