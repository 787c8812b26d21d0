"""FastMCP (the package `fastmcp`): a verifier, and a whole authentication provider with metadata."""

from __future__ import annotations

from collections.abc import Iterable

from fastmcp.server.auth import AccessToken, RemoteAuthProvider, TokenVerifier
from pydantic import AnyHttpUrl

from .client import Sluice
from .verifier import access_token_fields

__all__ = ["SluiceVerifier", "sluice_auth"]


class SluiceVerifier(TokenVerifier):
    """A TokenVerifier of FastMCP; see sluice.verifier.SluiceVerifier."""

    def __init__(
        self, sluice: Sluice, *, resource: str | None, required_scopes: Iterable[str] = (), base_url: str | None = None
    ) -> None:
        super().__init__(base_url=base_url, required_scopes=list(required_scopes))
        self.sluice = sluice
        self.resource = resource

    async def verify_token(self, token: str) -> AccessToken | None:
        identity = await self.sluice.verify(token)
        if identity is None or (self.resource is not None and not identity.is_for(self.resource)):
            return None
        return AccessToken(**access_token_fields(identity, self.resource))


def sluice_auth(
    sluice: Sluice,
    *,
    base_url: str,
    mcp_path: str = "/mcp",
    required_scopes: Iterable[str] = (),
    scopes_supported: Iterable[str] | None = None,
) -> RemoteAuthProvider:
    """`FastMCP(auth=sluice_auth(sluice, base_url="https://tools.example"))`: tokens, challenges and RFC 9728 metadata.

    base_url  This server's public URL; with mcp_path behind it, it is the resource that tokens are meant for.
    """
    required = list(required_scopes)
    verifier = SluiceVerifier(
        sluice, resource=base_url.rstrip("/") + mcp_path, required_scopes=required, base_url=base_url
    )
    return RemoteAuthProvider(
        token_verifier=verifier,
        authorization_servers=[AnyHttpUrl(sluice.url)],
        base_url=base_url,
        scopes_supported=required if scopes_supported is None else list(scopes_supported),
    )
