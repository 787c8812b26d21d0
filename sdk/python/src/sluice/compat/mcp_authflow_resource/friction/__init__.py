"""Friction under the names of `mcp_authflow_resource.friction`."""

from .controller import FrictionController
from .decorator import friction_controlled, init_friction, record_tool_call
from .models import ControllerConfig, FrictionLevel, FrictionResult, ToolFrictionConfig, ToolGroupConfig
from .registry import FrictionRegistry
from .window import SlidingWindow

__all__ = [
    "ControllerConfig",
    "FrictionController",
    "FrictionLevel",
    "FrictionRegistry",
    "FrictionResult",
    "SlidingWindow",
    "ToolFrictionConfig",
    "ToolGroupConfig",
    "friction_controlled",
    "init_friction",
    "record_tool_call",
]
