"""Tokens by introspection (RFC 7662), under the names of `mcp_authflow_resource.auth`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

from sluice.client import Sluice
from sluice.urls import is_safe_url
from sluice.verifier import SluiceVerifier

if TYPE_CHECKING:
    from mcp.server.auth.provider import AccessToken

__all__ = ["ClientAuthMethod", "IntrospectionTokenVerifier", "is_safe_url"]

logger = logging.getLogger("sluice.compat")

ClientAuthMethod = Literal["none", "client_secret_basic", "client_secret_post", "bearer"]


class IntrospectionTokenVerifier:
    """A TokenVerifier of the official SDK that asks an introspection endpoint.

    validate_resource  Refuses tokens that are meant for another server (RFC 8707).
    """

    def __init__(
        self,
        introspection_endpoint: str,
        server_url: str,
        validate_resource: bool = True,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
        client_auth_method: ClientAuthMethod = "client_secret_basic",
        introspection_cache_ttl: float = 0.0,
        introspection_cache_max_size: int = 1024,
    ) -> None:
        self.introspection_endpoint = introspection_endpoint
        self.server_url = server_url
        self.resource_url = server_url
        self.validate_resource = validate_resource
        method: ClientAuthMethod = client_auth_method
        if client_secret is None and method != "bearer":
            method = "none"
        elif client_secret is None:
            raise ValueError("client_auth_method='bearer' requires client_secret")
        if method in ("client_secret_basic", "client_secret_post") and client_id is None:
            raise ValueError(f"client_auth_method={method!r} requires both client_id and client_secret")
        with_client = method in ("client_secret_basic", "client_secret_post")
        sluice = Sluice(
            introspection_endpoint,
            client_id=client_id if with_client else None,
            client_secret=client_secret if with_client else None,
            client_auth="post" if method == "client_secret_post" else "basic",
            api_key=client_secret if method == "bearer" else None,
            introspection_endpoint=introspection_endpoint,
            cache_ttl=max(0.0, introspection_cache_ttl),
            cache_size=introspection_cache_max_size,
        )
        self._verifier = SluiceVerifier(sluice, resource=server_url if validate_resource else None)

    async def verify_token(self, token: str) -> AccessToken | None:
        if not is_safe_url(self.introspection_endpoint):
            logger.warning("introspection_endpoint is no URL that secrets may be sent to: every token is refused")
            return None
        return await self._verifier.verify_token(token)
