"""Protected resource metadata (RFC 9728) and challenges (RFC 6750)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

WELL_KNOWN = "/.well-known/oauth-protected-resource"


def protected_resource_metadata(
    resource: str,
    authorization_servers: Iterable[str],
    scopes: Iterable[str] = (),
    *,
    name: str | None = None,
    documentation: str | None = None,
) -> dict[str, Any]:
    """The document that tells clients where to get a token for `resource`."""
    document: dict[str, Any] = {
        "resource": resource,
        "authorization_servers": list(authorization_servers),
        "bearer_methods_supported": ["header"],
    }
    if scopes := list(scopes):
        document["scopes_supported"] = scopes
    if name:
        document["resource_name"] = name
    if documentation:
        document["resource_documentation"] = documentation
    return document


def metadata_path(resource: str) -> str:
    """Where the document lies on the resource's own host: the well-known path before the resource's path (section 3.1)."""
    return WELL_KNOWN + urlsplit(resource).path.rstrip("/")


def metadata_url(resource: str) -> str:
    parts = urlsplit(resource)
    return f"{parts.scheme}://{parts.netloc}{metadata_path(resource)}"


def challenge(
    *,
    error: str | None = None,
    description: str | None = None,
    scopes: Iterable[str] = (),
    resource_metadata: str | None = None,
    realm: str | None = None,
) -> str:
    """The value of `WWW-Authenticate`."""
    parameters = {
        "realm": realm,
        "error": error,
        "error_description": description,
        "scope": " ".join(scopes) or None,
        "resource_metadata": resource_metadata,
    }
    written = ", ".join(f'{name}="{_quoted(value)}"' for name, value in parameters.items() if value)
    return f"Bearer {written}" if written else "Bearer"


def _quoted(value: str) -> str:
    printable = "".join(c for c in value if " " <= c <= "~")
    return printable.replace("\\", "").replace('"', "'")
