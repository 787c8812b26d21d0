"""Every recorded trace of friction, step by step: levels, flags and messages equal, numbers within 1e-9."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from support import VECTORS

from sluice._friction import Decision, Registry

FILES = sorted((VECTORS / "friction").glob("*.json"))
TRACE_KEYS = ("max_clients", "penalty_ttl", "penalty_min_friction")
MEMBERS = (
    "level", "allowed", "justification_required", "saturation_detected", "message", "friction", "cost", "current_rate",
    "target_rate", "effective_target",
)


def number(value: Any) -> Any:
    return math.inf if value == "inf" else value


def registry_of(trace: dict[str, Any]) -> Registry:
    config = trace["config"]
    values = {key: number(value) for key, value in config.items() if key not in ("tools", "groups")}
    values |= {key: trace[key] for key in TRACE_KEYS if key in trace}
    return Registry(values | {"recover_while_idle": 0}, config["tools"], config.get("groups", {}))


def same(actual: object, wanted: object) -> bool:
    expected: object = number(wanted)
    if isinstance(expected, bool) or isinstance(expected, str):
        return actual == expected and isinstance(actual, type(expected))
    assert isinstance(actual, float) and isinstance(expected, (int, float))
    return actual == expected or abs(actual - expected) <= 1e-9


def compare(actual: dict[str, Any], expected: dict[str, Any], where: str) -> None:
    assert actual.keys() == expected.keys(), where
    for name, value in expected.items():
        assert same(actual[name], value), f"{where}: {name}: expected {value}, actual {actual[name]}"


def members(decision: Decision) -> dict[str, Any]:
    return {name: getattr(decision, name) for name in MEMBERS}


def status(registry: Registry, client: str, tools: list[str], now: float) -> dict[str, Any]:
    result = {}
    for tool in tools:
        decision = registry.check(client, tool, now)
        names = ("level", "allowed", "saturation_detected", "friction", "cost", "target_rate", "effective_target")
        result[tool] = {name: getattr(decision, name) for name in names} | {
            "ema_rate": decision.current_rate,
            "raw_rate": registry.window_rate(client, tool),
        }
    return result


def do_step(registry: Registry, step: dict[str, Any]) -> Decision | None:
    client, tool, now = step.get("client", ""), step.get("tool", ""), step.get("t", 0.0)
    match step["op"]:
        case "guarded" | "check_and_record":
            return registry.check_and_record(client, tool, now)
        case "check":
            return registry.check(client, tool, now)
        case "record":
            registry.record(client, tool, now)
            return registry.check(client, tool, now)
        case "record_unconfigured":
            registry.record(client, tool, now)
            return None
        case other:
            raise AssertionError(f"unknown op {other}")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_trace_is_the_recorded_one(file: Path) -> None:
    trace = json.loads(file.read_text())
    registry = registry_of(trace)
    for index, step in enumerate(trace["steps"]):
        where = f"step {index}"
        decision = do_step(registry, step)
        assert (decision is None) == (step.get("expect") is None), where
        if decision is not None:
            compare(members(decision), step["expect"], where)
        events = []
        while (event := registry.take_saturation()) is not None:
            events.append(event[1:])
        if trace["kind"] == "registry":
            continue  # these traces record none
        wanted = step.get("saturation_events", [])
        assert len(events) == len(wanted), where
        for actual, expected in zip(events, wanted, strict=True):
            assert actual[0] == expected[0] and same(actual[1], expected[1]) and same(actual[2], expected[2]), where
        if step.get("then") == "reset_budget":
            registry.reset_budget(step.get("client", ""))
    check_end(registry, trace)


def check_end(registry: Registry, trace: dict[str, Any]) -> None:
    final, tools = trace["final"], list(trace["config"]["tools"])
    if trace["kind"] == "controller":
        assert same(registry.budget(""), final["budget_remaining"])
        final = {"status": {"": final["status"]}}
    else:
        assert registry.clients == final["client_count"]
    for client, expected in final["status"].items():
        if expected is None:
            assert registry.budget(client) is None, client
            continue
        actual = status(registry, client, tools, 0.0)
        for tool in expected:
            compare(actual[tool], expected[tool], f"{client} {tool}")


def test_there_are_all_of_them() -> None:
    assert len(FILES) >= 36
