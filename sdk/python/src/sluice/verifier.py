"""A TokenVerifier for the official MCP SDK, 1.x and 2.x."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .client import Sluice
from .identity import Identity, canonical

if TYPE_CHECKING:
    from mcp.server.auth.provider import AccessToken


class SluiceVerifier:
    """`FastMCP(token_verifier=SluiceVerifier(sluice, resource=...), auth=AuthSettings(...))`; `MCPServer` of 2.x alike.

    resource  This server's identifier: tokens meant for another are refused (RFC 8707). None accepts every
              audience: for the only server of an authorization server.

    Where Sluice gives no answer, SluiceUnavailable is raised and the SDK answers 500: a client keeps its token.
    """

    def __init__(self, sluice: Sluice, *, resource: str | None) -> None:
        self.sluice = sluice
        self.resource = resource

    async def verify_token(self, token: str) -> AccessToken | None:
        identity = await self.sluice.verify(token)
        if identity is None or not self.accepts(identity):
            return None
        from mcp.server.auth.provider import AccessToken

        return AccessToken(**access_token_fields(identity, self.resource))

    def accepts(self, identity: Identity) -> bool:
        return self.resource is None or identity.is_for(self.resource)


def access_token_fields(identity: Identity, resource: str | None) -> dict[str, Any]:
    """What the SDK's AccessToken is made of; versions ignore what they do not know."""
    wanted = None if resource is None else canonical(resource)
    matching = (audience for audience in identity.audience if canonical(audience) == wanted)
    return {
        "token": identity.token,
        "client_id": identity.client_id,
        "scopes": sorted(identity.scopes),
        "expires_at": identity.expires_at,
        "resource": next(matching, identity.audience[0] if identity.audience else None),
        "subject": identity.subject,
        "claims": dict(identity.claims),
    }
