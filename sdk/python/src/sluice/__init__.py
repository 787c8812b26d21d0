"""Sluice's SDK for Python servers: verify tokens, announce where to get them, put friction in front of tools.

    from sluice import Sluice, SluiceMiddleware

    sluice = Sluice("https://auth.example.com", client_id="rs", client_secret=secret)
    app.add_middleware(SluiceMiddleware, sluice=sluice, resource="https://tools.example/mcp", required_scopes=["notes"])

`sluice.fastapi`, `sluice.fastmcp` and `sluice.verifier` fit it to frameworks; docs/guides has a page for each.
"""

from .asgi import SluiceMiddleware
from .authorization import NotAuthorized, auth_required
from .cache import TokenCache
from .callers import ANONYMOUS, current_caller
from .client import Sluice
from .decision import Decision
from .errors import NotAllowed, SluiceError, SluiceUnavailable
from .friction import (
    Friction,
    FrictionConfig,
    GroupFriction,
    LocalFriction,
    Refusal,
    RemoteFriction,
    ToolFriction,
    Verdict,
    friction_controlled,
    init_friction,
    record_tool_call,
)
from .identity import Identity, current_identity
from .metadata import challenge, metadata_path, metadata_url, protected_resource_metadata
from .middleware import LoggingMiddleware, NormalizePathMiddleware
from .responses import json_error, require_dict, require_list, validate_dict_response, validate_list_response
from .verifier import SluiceVerifier

__version__ = "0.1.0"

__all__ = [
    "ANONYMOUS",
    "Decision",
    "Friction",
    "FrictionConfig",
    "GroupFriction",
    "Identity",
    "LocalFriction",
    "LoggingMiddleware",
    "NormalizePathMiddleware",
    "NotAllowed",
    "NotAuthorized",
    "Refusal",
    "RemoteFriction",
    "Sluice",
    "SluiceError",
    "SluiceMiddleware",
    "SluiceUnavailable",
    "SluiceVerifier",
    "TokenCache",
    "ToolFriction",
    "Verdict",
    "auth_required",
    "challenge",
    "current_caller",
    "current_identity",
    "friction_controlled",
    "init_friction",
    "json_error",
    "metadata_path",
    "metadata_url",
    "protected_resource_metadata",
    "record_tool_call",
    "require_dict",
    "require_list",
    "validate_dict_response",
    "validate_list_response",
]
