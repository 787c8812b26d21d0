"""The names of `mcp_authflow_resource.middleware`."""

from __future__ import annotations

from sluice.asgi import App
from sluice.middleware import LoggingMiddleware, NormalizePathMiddleware

__all__ = ["NormalizePathMiddleware", "VerboseLoggingMiddleware", "create_logging_middleware"]


class VerboseLoggingMiddleware(LoggingMiddleware):
    """One line a request. It logs neither headers nor bodies, so there is nothing to mask, and no variable has to be set."""

    def __init__(self, app: App, mask_auth: bool = True) -> None:
        super().__init__(app)
        self.mask_auth = mask_auth


def create_logging_middleware(app: App, mask_auth: bool = True) -> VerboseLoggingMiddleware:
    return VerboseLoggingMiddleware(app, mask_auth)
