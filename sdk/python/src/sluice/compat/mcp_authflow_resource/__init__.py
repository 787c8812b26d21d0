"""The public names of `mcp_authflow_resource`: `from sluice.compat.mcp_authflow_resource import ...`.

What differs, on purpose: a server that gives no answer is an exception and not a bad token; friction is judged with
the time that has passed, so that who was refused is let in again; and a decision costs less than a microsecond.
"""

from sluice import __version__

from .auth import ClientAuthMethod, IntrospectionTokenVerifier, is_safe_url
from .friction import (
    ControllerConfig,
    FrictionRegistry,
    ToolFrictionConfig,
    ToolGroupConfig,
    friction_controlled,
    init_friction,
    record_tool_call,
)
from .oauth_discovery import register_oauth_discovery_endpoints

__all__ = [
    "ClientAuthMethod",
    "ControllerConfig",
    "FrictionRegistry",
    "IntrospectionTokenVerifier",
    "ToolFrictionConfig",
    "ToolGroupConfig",
    "__version__",
    "friction_controlled",
    "init_friction",
    "is_safe_url",
    "record_tool_call",
    "register_oauth_discovery_endpoints",
]
