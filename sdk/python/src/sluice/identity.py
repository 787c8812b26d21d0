"""Who calls: a verified access token, and the current one of this task."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Identity:
    """An active access token, as introspection (RFC 7662) or a decision tells it."""

    token: str = field(repr=False)
    client_id: str
    subject: str
    scopes: frozenset[str]
    audience: tuple[str, ...] = ()
    issuer: str = ""
    expires_at: int | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> str:
        """For whom friction counts: issuer, client and subject, so that two callers never share one."""
        return f"{self.issuer}\n{self.client_id}\n{self.subject}"

    def has(self, *scopes: str) -> bool:
        return self.scopes.issuperset(scopes)

    def is_for(self, resource: str) -> bool:
        """Whether the token is meant for this resource (RFC 8707): the same URL, a slash at the end aside."""
        wanted = canonical(resource)
        return any(canonical(audience) == wanted for audience in self.audience)

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= time.time()


current_identity: ContextVar[Identity | None] = ContextVar("sluice_identity", default=None)


def canonical(url: str) -> str:
    """Scheme and host in lower case, no default port, no slash at the end."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}.get(parts.scheme.lower())
    place = host if port in (None, default) else f"{host}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme.lower()}://{place}{parts.path.rstrip('/')}{query}"


def scopes_of(value: object) -> frozenset[str]:
    """From a text with spaces between, as RFC 7662 has it, or a list, as some servers send it."""
    if isinstance(value, str):
        return frozenset(value.split())
    if isinstance(value, (list, tuple)):
        return frozenset(str(scope) for scope in value)
    return frozenset()


def identity_of(token: str, answer: Mapping[str, Any]) -> Identity | None:
    """The identity of an introspection answer; None unless it says `active: true`."""
    if answer.get("active") is not True:
        return None
    audience = answer.get("aud")
    audiences = (audience,) if isinstance(audience, str) else tuple(audience or ())
    client_id = str(answer.get("client_id") or "")
    expires_at = answer.get("exp")
    return Identity(
        token=token,
        client_id=client_id,
        subject=str(answer.get("sub") or client_id),
        scopes=scopes_of(answer.get("scope")),
        audience=tuple(str(one) for one in audiences),
        issuer=str(answer.get("iss") or ""),
        expires_at=int(expires_at) if isinstance(expires_at, (int, float)) else None,
        claims=dict(answer),
    )
