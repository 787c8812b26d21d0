"""The controllers of all clients."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from sluice._friction import Registry

from .models import ControllerConfig, FrictionResult, ToolFrictionConfig, ToolGroupConfig, friction_config, friction_result

logger = logging.getLogger("sluice.friction")


class FrictionRegistry:
    """Bounded: at max_clients a client that was seen long ago makes room, and its friction is kept for penalty_ttl seconds."""

    def __init__(
        self,
        default_config: ControllerConfig | None = None,
        tool_configs: dict[str, ToolFrictionConfig] | None = None,
        tool_groups: dict[str, ToolGroupConfig] | None = None,
        max_clients: int = 1000,
        penalty_ttl: float = 3600.0,
        penalty_min_friction: float = 0.1,
    ) -> None:
        config = default_config or ControllerConfig()
        tools = config.tool_configs | (tool_configs or {})
        groups = config.tool_groups | (tool_groups or {})
        self._tools = tuple(tools)
        self._registry = friction_config(
            config,
            tools,
            groups,
            max_clients=max_clients,
            penalty_ttl=penalty_ttl,
            penalty_min_friction=penalty_min_friction,
        ).registry()

    async def check_and_record(self, client_id: str, tool_name: str) -> FrictionResult:
        """What the call meets, before it is counted; it is counted if it is allowed."""
        result = friction_result(tool_name, self._registry.check_and_record(client_id, tool_name))
        if not result.allowed:
            logger.warning("refused %s of %s: %s", tool_name, client_id, result.message)
        self._log_saturations()
        return result

    async def record_unconfigured(self, client_id: str, tool_name: str) -> None:
        """Counts a call of a tool without friction."""
        self._registry.record(client_id, tool_name)
        self._log_saturations()

    def _log_saturations(self) -> None:
        while (event := self._registry.take_saturation()) is not None:
            logger.warning("target of %s gives way for %s: %s", event[1], event[0], event[2])

    def get_client_status(self, client_id: str) -> dict[str, dict[str, Any]] | None:
        """Each tool as it stands for a client; None for one that is not known (any more)."""
        if self._registry.budget(client_id) is None:
            return None
        return status(self._registry, client_id, self._tools)

    @property
    def client_count(self) -> int:
        return self._registry.clients


def status(registry: Registry, client: str, tools: Iterable[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for tool in tools:
        decision = registry.check(client, tool)
        found[tool] = {
            "friction": decision.friction,
            "level": decision.level,
            "ema_rate": decision.current_rate,
            "raw_rate": registry.window_rate(client, tool) or 0.0,
            "target_rate": decision.target_rate,
            "effective_target": decision.effective_target,
            "cost": decision.cost,
            "allowed": decision.allowed,
            "saturation_detected": decision.saturation_detected,
        }
    return found
