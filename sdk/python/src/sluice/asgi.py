"""ASGI middleware for FastAPI, Starlette and every other ASGI application: a bearer token, verified by Sluice."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from .client import Sluice
from .errors import NotAllowed, SluiceUnavailable
from .identity import Identity, current_identity
from .metadata import WELL_KNOWN, challenge, metadata_path, metadata_url, protected_resource_metadata

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class SluiceMiddleware:
    """Lets requests with a good token pass, as `request.state.sluice` and `current_identity`.

    sluice           The connection; its URL is the authorization server that clients are sent to.
    resource         This server's identifier, which its tokens carry as audience (RFC 8707): its public URL.
    required_scopes  What every request needs; `requires()` asks for more where it is needed.
    public_paths     Paths that need no token, exact. The metadata of RFC 9728 is served here and needs none.
    check_audience   False accepts tokens that were issued for others: for one server alone.
    """

    def __init__(
        self,
        app: App,
        *,
        sluice: Sluice,
        resource: str,
        required_scopes: Iterable[str] = (),
        public_paths: Iterable[str] = ("/health",),
        scopes_supported: Iterable[str] | None = None,
        resource_name: str | None = None,
        check_audience: bool = True,
    ) -> None:
        self.app = app
        self.sluice = sluice
        self.resource = resource
        self.required_scopes = tuple(required_scopes)
        self.public_paths = frozenset(public_paths)
        self.check_audience = check_audience
        self.metadata_url = metadata_url(resource)
        supported = self.required_scopes if scopes_supported is None else tuple(scopes_supported)
        document = protected_resource_metadata(resource, [sluice.url], supported, name=resource_name)
        self._document = json.dumps(document).encode()
        self._metadata_paths = frozenset({WELL_KNOWN, metadata_path(resource)})
        self._challenge = challenge(scopes=self.required_scopes, resource_metadata=self.metadata_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        path = scope.get("path", "")
        if scope["type"] == "http" and path in self._metadata_paths:
            return await self._send_metadata(scope, send)
        if path in self.public_paths:
            return await self.app(scope, receive, send)
        identity = await self._identify(scope, send)
        if identity is None:
            return
        state = scope.setdefault("state", {})
        state["sluice"] = identity
        state["sluice_metadata_url"] = self.metadata_url
        reset = current_identity.set(identity)
        try:
            await self.app(scope, receive, send)
        finally:
            current_identity.reset(reset)

    async def _identify(self, scope: Scope, send: Send) -> Identity | None:
        """None where the request has been answered."""
        token = bearer_token(scope)
        if token is None:
            await self._refuse(scope, send, 401, self._challenge, {"error": "unauthorized"})
            return None
        try:
            identity = await self.sluice.verify(token)
        except SluiceUnavailable as error:
            await self._send_unavailable(scope, send, error)
            return None
        except NotAllowed:
            await self._answer(scope, send, 500, {"error": "server_error"}, [])
            raise
        if identity is None or (self.check_audience and not identity.is_for(self.resource)):
            text = challenge(
                error="invalid_token",
                description="The token is unknown, expired, revoked or meant for another server",
                scopes=self.required_scopes,
                resource_metadata=self.metadata_url,
            )
            await self._refuse(scope, send, 401, text, {"error": "invalid_token"})
            return None
        if not identity.has(*self.required_scopes):
            await self._send_insufficient(scope, send, identity)
            return None
        return identity

    async def _send_insufficient(self, scope: Scope, send: Send, identity: Identity) -> None:
        # Granted and needed: who asks for the needed ones alone would lose the others.
        text = challenge(
            error="insufficient_scope",
            scopes=[*sorted(identity.scopes), *(s for s in self.required_scopes if s not in identity.scopes)],
            resource_metadata=self.metadata_url,
        )
        body = {"error": "insufficient_scope", "required_scopes": list(self.required_scopes)}
        await self._refuse(scope, send, 403, text, body)

    async def _send_unavailable(self, scope: Scope, send: Send, error: SluiceUnavailable) -> None:
        wait = str(int(error.retry_after or 5)).encode()
        body = {"error": "temporarily_unavailable"}
        await self._answer(scope, send, 503, body, [(b"retry-after", wait)])

    async def _refuse(self, scope: Scope, send: Send, status: int, text: str, body: dict[str, Any]) -> None:
        await self._answer(scope, send, status, body, [(b"www-authenticate", text.encode("latin-1"))])

    async def _send_metadata(self, scope: Scope, send: Send) -> None:
        headers = [(b"access-control-allow-origin", b"*"), (b"cache-control", b"max-age=3600")]
        if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            return await _send(send, 405, b"", [(b"allow", b"GET, HEAD, OPTIONS")])
        if scope["method"] == "OPTIONS":
            return await _send(send, 204, b"", [*headers, (b"access-control-allow-methods", b"GET")])
        await _send(send, 200, self._document, [*headers, (b"content-type", b"application/json")])

    async def _answer(
        self, scope: Scope, send: Send, status: int, body: dict[str, Any], headers: list[tuple[bytes, bytes]]
    ) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": body["error"]})
            return
        content = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await _send(send, status, json.dumps(body).encode(), [*content, *headers])


async def _send(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


def bearer_token(scope: Scope) -> str | None:
    """Of the one Authorization field; None where there is none, another scheme, or more than one."""
    found: bytes | None = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            if found is not None:
                return None
            found = value
    if found is None or found[:7].lower() != b"bearer ":
        return None
    token = found[7:].strip()
    return token.decode("latin-1") if token else None
