"""Whose call this task is making: from SluiceMiddleware, or from the MCP SDK's own authentication."""

from __future__ import annotations

import sys
from typing import Any

from .identity import Identity, current_identity, scopes_of

# All callers without a token: one, so that leaving the token away washes no friction off.
ANONYMOUS = Identity(token="", client_id="", subject="", scopes=frozenset())


def current_caller() -> Identity:
    """The verified caller of this task; ANONYMOUS where there is none, as over stdio."""
    # First the SDK's: in a long session it knows the token of this very message.
    for module in ("fastmcp.server.dependencies", "mcp.server.auth.middleware.auth_context"):
        # Looked up, not imported: who has not loaded it does not use it.
        loaded = sys.modules.get(module)
        token = loaded.get_access_token() if loaded is not None else None
        if token is not None:
            return _identity_of_sdk(token)
    return current_identity.get() or ANONYMOUS


def _identity_of_sdk(token: Any) -> Identity:
    known = getattr(token, "sluice_identity", None)
    if isinstance(known, Identity):
        return known
    claims = getattr(token, "claims", None) or {}
    client_id = str(token.client_id)
    resource = getattr(token, "resource", None)
    return Identity(
        token=token.token,
        client_id=client_id,
        subject=str(getattr(token, "subject", None) or claims.get("sub") or client_id),
        scopes=scopes_of(token.scopes),
        audience=(str(resource),) if resource else (),
        issuer=str(claims.get("iss") or ""),
        expires_at=token.expires_at,
        claims=claims,
    )
