"""The public names of `auth_agent_mcp`: `from sluice.compat.auth_agent_mcp import AuthAgentMiddleware`.

What differs, on purpose: connections are pooled; a server that gives no answer is 503 and not 500 or 401; the scheme's
name may be written in any case; `request.state.user_email` is the token's subject whatever the subject is.
"""

from __future__ import annotations

import json
from typing import Any

import httpx

from sluice.asgi import App, Receive, Scope, Send, bearer_token
from sluice.client import Sluice
from sluice.errors import SluiceUnavailable
from sluice.identity import identity_of
from sluice.metadata import challenge

__all__ = ["AuthAgentClient", "AuthAgentMiddleware"]


class AuthAgentMiddleware:
    """A good token makes `request.state.user_email`, `scopes`, `client_id` and `audience`."""

    def __init__(
        self,
        app: App,
        auth_server: str,
        server_id: str | None = None,
        api_key: str | None = None,
        required_scopes: list[str] | None = None,
        public_paths: list[str] | None = None,
    ) -> None:
        self.app = app
        self.sluice = Sluice(auth_server, api_key=api_key, cache_ttl=0)
        self.server_id = server_id
        self.required_scopes = required_scopes or []
        self.public_paths = public_paths or ["/health", "/"]
        self._metadata = (
            f"{self.sluice.url}/.well-known/oauth-protected-resource/{server_id}" if server_id else None
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self.public_paths:
            return await self.app(scope, receive, send)
        token = bearer_token(scope)
        try:
            identity = None if token is None else await self.sluice.verify(token)
        except SluiceUnavailable:
            return await _answer(send, 503, {"error": "temporarily_unavailable"}, None)
        if identity is None:
            text = challenge(realm=self.server_id or "mcp-server", resource_metadata=self._metadata)
            return await _answer(send, 401, {"error": "unauthorized"}, text)
        if not identity.has(*self.required_scopes):
            text = challenge(
                error="insufficient_scope", scopes=self.required_scopes, resource_metadata=self._metadata
            )
            body = {"error": "insufficient_scope", "required_scopes": self.required_scopes}
            return await _answer(send, 403, body, text)
        state = scope.setdefault("state", {})
        state["sluice"] = identity
        state["user_email"] = identity.subject
        state["scopes"] = str(identity.claims.get("scope") or "").split()
        state["client_id"] = identity.client_id
        state["audience"] = identity.claims.get("aud")
        await self.app(scope, receive, send)


async def _answer(send: Send, status: int, body: dict[str, Any], text: str | None) -> None:
    content = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    if text is not None:
        headers.append((b"www-authenticate", text.encode("latin-1")))
    if status == 503:
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


class AuthAgentClient:
    """Tokens by hand."""

    def __init__(self, auth_server: str, api_key: str | None = None) -> None:
        self.auth_server = auth_server.rstrip("/")
        self.api_key = api_key
        self.http = httpx.AsyncClient(timeout=5.0)

    async def introspect_token(self, token: str) -> dict[str, Any]:
        """What introspection says of a token; `{"active": False}` for one that is not good."""
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        response = await self.http.post(f"{self.auth_server}/introspect", data={"token": token}, headers=headers)
        if response.status_code != 200:
            return {"active": False}
        identity = identity_of(token, response.json())
        return dict(identity.claims) if identity is not None else {"active": False}

    async def revoke_token(self, token: str, client_id: str | None = None, client_secret: str | None = None) -> bool:
        """Whether the server has taken it (RFC 7009)."""
        given = {"token": token, "client_id": client_id, "client_secret": client_secret}
        form = {name: value for name, value in given.items() if value is not None}
        response = await self.http.post(f"{self.auth_server}/revoke", data=form)
        return response.status_code == 200

    async def get_server_metadata(self, server_id: str | None = None) -> dict[str, Any]:
        """Protected resource metadata (RFC 9728); raises httpx.HTTPStatusError where there is none."""
        path = "/.well-known/oauth-protected-resource" + (f"/{server_id}" if server_id else "")
        response = await self.http.get(self.auth_server + path)
        response.raise_for_status()
        document: dict[str, Any] = response.json()
        return document

    async def aclose(self) -> None:
        await self.http.aclose()
