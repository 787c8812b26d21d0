"""Configuration and results as plain data."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from sluice._friction import Decision
from sluice.friction import FrictionConfig, GroupFriction, ToolFriction


class FrictionLevel(Enum):
    NONE = auto()
    LOW = auto()
    MEDIUM = auto()
    HIGH = auto()
    BLOCKED = auto()


@dataclass(frozen=True)
class FrictionResult:
    tool_name: str
    allowed: bool
    cost: float
    friction_level: FrictionLevel
    current_rate: float
    target_rate: float
    justification_required: bool
    message: str
    friction: float = 0.0
    effective_target: float = 0.0
    saturation_detected: bool = False

    @property
    def over_target(self) -> bool:
        return self.current_rate > self.target_rate


@dataclass
class ToolGroupConfig:
    tools: list[str] = field(default_factory=list)
    aggregate_target: float = 0.2
    pressure_weight: float = 1.0


@dataclass
class ToolFrictionConfig:
    target_rate: float = 0.05
    min_cost: float = 0.5
    max_cost: float = 10.0
    justification_threshold: float = 0.6
    hard_block_threshold: float = 0.95


@dataclass
class ControllerConfig:
    window_size: int = 100
    ema_alpha: float = 0.15
    adjustment_rate: float = 0.08
    asymmetric_decay: float = 2.0
    dead_zone: float = 0.01
    warmup_calls: int = 20
    time_decay_rate: float = 0.001
    default_budget: float = float("inf")
    tool_configs: dict[str, ToolFrictionConfig] = field(default_factory=dict)
    tool_groups: dict[str, ToolGroupConfig] = field(default_factory=dict)
    saturation_threshold: float = 0.9
    saturation_window: int = 0
    saturation_relief_rate: float = 0.005


def friction_config(
    config: ControllerConfig,
    tools: Mapping[str, ToolFrictionConfig],
    groups: Mapping[str, ToolGroupConfig],
    **more: Any,
) -> FrictionConfig:
    plain: dict[str, Any] = {
        one.name: getattr(config, one.name)
        for one in dataclasses.fields(config)
        if one.name not in ("tool_configs", "tool_groups")
    }
    return FrictionConfig(
        tools={name: ToolFriction(**vars(tool)) for name, tool in tools.items()},
        groups={name: GroupFriction(**vars(group)) for name, group in groups.items()},
        **plain,
        **more,
    )


def friction_result(tool: str, decision: Decision) -> FrictionResult:
    return FrictionResult(
        tool_name=tool,
        allowed=decision.allowed,
        cost=decision.cost,
        friction_level=FrictionLevel[decision.level],
        current_rate=decision.current_rate,
        target_rate=decision.target_rate,
        justification_required=decision.justification_required,
        message=decision.message,
        friction=decision.friction,
        effective_target=decision.effective_target,
        saturation_detected=decision.saturation_detected,
    )
