"""ASGI middleware that has nothing to do with tokens: paths and logs."""

from __future__ import annotations

import logging
import time
from collections.abc import MutableMapping
from typing import Any

from .asgi import App, Receive, Scope, Send
from .identity import current_identity

logger = logging.getLogger("sluice.requests")


class NormalizePathMiddleware:
    """`/mcp/` is `/mcp`: slashes at a path's end go before routing."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and len(path) > 1 and path.endswith("/"):
            scope = {**scope, "path": path.rstrip("/") or "/"}
            if isinstance(raw := scope.get("raw_path"), bytes):
                scope["raw_path"] = raw.rstrip(b"/") or b"/"
        await self.app(scope, receive, send)


class LoggingMiddleware:
    """One line a request: method, path, status, milliseconds, client. Never a header, a query or a body."""

    def __init__(self, app: App, log: logging.Logger = logger) -> None:
        self.app = app
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        began = time.perf_counter()
        status = 0

        async def watch(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            identity = scope.get("state", {}).get("sluice") or current_identity.get()
            self.log.info(
                "%s %s %d %.1f ms %s",
                scope["method"],
                scope["path"].encode("unicode_escape").decode(),
                status,
                (time.perf_counter() - began) * 1000,
                identity.client_id if identity is not None else "-",
            )
