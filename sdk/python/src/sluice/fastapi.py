"""FastAPI and Starlette: dependencies and routes on top of SluiceMiddleware."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.routing import Route

from .identity import Identity
from .metadata import WELL_KNOWN, challenge, metadata_path, protected_resource_metadata

__all__ = ["discovery_routes", "requires"]


def requires(*scopes: str) -> Callable[[HTTPConnection], Identity]:
    """A dependency: `identity: Identity = Depends(requires("notes:write"))`. 403 with a challenge without the scopes.

    Behind a SluiceMiddleware; without one every request is refused.
    """

    def dependency(connection: HTTPConnection) -> Identity:
        identity = getattr(connection.state, "sluice", None)
        if not isinstance(identity, Identity):
            raise HTTPException(401, "unauthorized", {"WWW-Authenticate": "Bearer"})
        if not identity.has(*scopes):
            text = challenge(
                error="insufficient_scope",
                scopes=[*sorted(identity.scopes), *(s for s in scopes if s not in identity.scopes)],
                resource_metadata=getattr(connection.state, "sluice_metadata_url", None),
            )
            raise HTTPException(403, "insufficient_scope", {"WWW-Authenticate": text})
        return identity

    return dependency


def discovery_routes(
    resource: str,
    authorization_servers: Iterable[str],
    scopes: Iterable[str] = (),
    **more: Any,
) -> list[Route]:
    """The metadata of RFC 9728 as routes, for applications without the middleware."""
    document = protected_resource_metadata(resource, authorization_servers, scopes, **more)

    async def metadata(_: Any) -> JSONResponse:
        return JSONResponse(document, headers={"Access-Control-Allow-Origin": "*"})

    paths = dict.fromkeys([metadata_path(resource), WELL_KNOWN])
    return [Route(path, metadata, methods=["GET"]) for path in paths]
