"""The controller of one client."""

from __future__ import annotations

from typing import Any

from sluice._friction import Registry

from .models import ControllerConfig, FrictionResult, ToolFrictionConfig, ToolGroupConfig, friction_config, friction_result
from .registry import status

_ONLY = ""


class FrictionController:
    """Tools and groups are configured before the first call."""

    def __init__(self, config: ControllerConfig | None = None) -> None:
        self.config = config or ControllerConfig()
        self._tools = dict(self.config.tool_configs)
        self._groups = dict(self.config.tool_groups)
        self._made: Registry | None = None

    def configure_tool(self, tool_name: str, config: ToolFrictionConfig) -> None:
        self._before_calls()
        self._tools[tool_name] = config

    def configure_group(self, group_name: str, config: ToolGroupConfig) -> None:
        self._before_calls()
        self._groups[group_name] = config

    def check(self, tool_name: str) -> FrictionResult:
        """What a call would meet; changes nothing."""
        return friction_result(tool_name, self._registry.check(_ONLY, tool_name))

    def record_call(self, tool_name: str, timestamp: float | None = None) -> FrictionResult:
        """Counts a call, and gives what the next one meets."""
        self._registry.record(_ONLY, tool_name, timestamp)
        return friction_result(tool_name, self._registry.check(_ONLY, tool_name, timestamp))

    def record_call_unconfigured(self, tool_name: str, timestamp: float | None = None) -> None:
        self._registry.record(_ONLY, tool_name, timestamp)

    def drain_saturation_events(self) -> list[tuple[str, float, float]]:
        """(tool, effective target, target) of each tool whose target began to give way."""
        events = []
        while (event := self._registry.take_saturation()) is not None:
            events.append(event[1:])
        return events

    def peak_friction_levels(self) -> dict[str, float]:
        return {tool: self._registry.check(_ONLY, tool).friction for tool in self._tools}

    def reset_budget(self) -> None:
        self._registry.reset_budget(_ONLY)

    @property
    def budget_remaining(self) -> float:
        budget = self._registry.budget(_ONLY)
        return self.config.default_budget if budget is None else budget

    def get_status(self) -> dict[str, dict[str, Any]]:
        return status(self._registry, _ONLY, self._tools)

    @property
    def _registry(self) -> Registry:
        if self._made is None:
            self._made = friction_config(self.config, self._tools, self._groups).registry()
        return self._made

    def _before_calls(self) -> None:
        if self._made is not None:
            raise RuntimeError("configure tools and groups before the first call")
