"""Friction in front of tools: in this process by the same controllers as a gateway's, or by asking Sluice."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, ParamSpec, Protocol, TypeVar, cast

from ._friction import Decision as LocalDecision
from ._friction import Registry
from .callers import current_caller
from .client import Sluice
from .identity import Identity

logger = logging.getLogger("sluice.friction")

P = ParamSpec("P")
R = TypeVar("R")

Mode = Literal["block", "delay", "ladder", "observe"]


@dataclass(frozen=True, slots=True)
class ToolFriction:
    """A tool's keys in docs/FRICTION.md; what is None is as the whole configuration has it."""

    target_rate: float
    min_cost: float = 0.5
    max_cost: float = 10.0
    justification_threshold: float = 0.6
    hard_block_threshold: float = 0.95
    mode: Mode | None = None
    max_delay: float | None = None
    require_justification: bool | None = None


@dataclass(frozen=True, slots=True)
class GroupFriction:
    """Tools that are watched together."""

    tools: Sequence[str]
    aggregate_target: float
    pressure_weight: float = 1.0


@dataclass(frozen=True, slots=True)
class FrictionConfig:
    """The keys of docs/FRICTION.md, with its defaults. Durations are seconds."""

    tools: Mapping[str, ToolFriction] = field(default_factory=dict)
    groups: Mapping[str, GroupFriction] = field(default_factory=dict)
    mode: Mode = "block"
    max_delay: float = 2.0
    require_justification: bool = False
    window_size: int = 100
    ema_alpha: float = 0.15
    adjustment_rate: float = 0.08
    asymmetric_decay: float = 2.0
    dead_zone: float = 0.01
    warmup_calls: int = 20
    time_decay_rate: float = 0.001
    default_budget: float = float("inf")
    saturation_threshold: float = 0.9
    saturation_window: int = 0
    saturation_relief_rate: float = 0.005
    max_clients: int = 100_000
    penalty_ttl: float = 3600.0
    penalty_min_friction: float = 0.1
    recover_while_idle: bool = True

    def registry(self) -> Registry:
        """The controllers. Raises ValueError with every problem, one a line."""
        tools = {name: _values(tool) for name, tool in self.tools.items()}
        groups = {name: _values(group) for name, group in self.groups.items()}
        return Registry(_values(self), tools, groups)


def _values(entry: Any) -> dict[str, Any]:
    named = ((one.name, getattr(entry, one.name)) for one in fields(entry))
    return {name: value for name, value in named if value is not None and name != "groups" and not isinstance(value, Mapping)}


class Refusal(Exception):
    """Friction held a call back; the tool was not run and the call not counted. Its text is for the model."""

    def __init__(
        self,
        tool: str,
        message: str,
        *,
        level: str,
        friction: float,
        retry_after_seconds: int = 0,
        asks_reason: bool = False,
    ) -> None:
        super().__init__(message)
        self.tool = tool
        self.level = level
        self.friction = friction
        self.retry_after_seconds = retry_after_seconds
        self.asks_reason = asks_reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """A refusal, or how long the call waits first."""

    refusal: Refusal | None = None
    delay_seconds: float = 0.0


class Friction(Protocol):
    """What decides on a call: `LocalFriction`, `RemoteFriction`, or one of your own."""

    async def admit(self, caller: Identity, tool: str, justification: str | None) -> Verdict: ...

    async def record(self, caller: Identity, tool: str) -> None: ...


class LocalFriction:
    """In this process; a decision costs less than a microsecond. One for a server."""

    def __init__(self, config: FrictionConfig) -> None:
        self.config = config
        self.registry = config.registry()

    def decide(self, caller: Identity, tool: str, justification: str | None = None) -> Verdict:
        decision = self.registry.admit(caller.key, tool, None, bool(justification))
        self._log(caller, tool, decision)
        if decision.forward:
            return Verdict(None, decision.delay_seconds)
        return Verdict(_refusal(tool, decision))

    def count(self, caller: Identity, tool: str) -> None:
        self.registry.record(caller.key, tool)

    async def admit(self, caller: Identity, tool: str, justification: str | None) -> Verdict:
        return self.decide(caller, tool, justification)

    async def record(self, caller: Identity, tool: str) -> None:
        self.count(caller, tool)

    def _log(self, caller: Identity, tool: str, decision: LocalDecision) -> None:
        if not decision.forward:
            logger.warning(
                "refused %s of %s: %s", tool, caller.client_id, decision.message,
                extra={"tool": tool, "client_id": caller.client_id, "friction": decision.friction},
            )
        while (event := self.registry.take_saturation()) is not None:
            logger.warning("target of %s gives way for %r: %s", event[1], event[0], event[2])


def _refusal(tool: str, decision: LocalDecision) -> Refusal:
    if decision.asks_reason:
        text = f"Tool '{tool}' asks for a reason. {decision.message}. Call it again and say why it is needed."
    elif decision.waiting_helps:
        text = (
            f"Tool '{tool}' is held back for now. {decision.message}. Try another way, or call it again in "
            f"{decision.retry_after_seconds} seconds."
        )
    else:
        text = f"Tool '{tool}' is held back. {decision.message}. Try another way."
    return Refusal(
        tool,
        text,
        level=decision.level,
        friction=decision.friction,
        retry_after_seconds=0 if decision.asks_reason else decision.retry_after_seconds,
        asks_reason=decision.asks_reason,
    )


class RemoteFriction:
    """By `/v1/decision`: counted with the calls through the gateway and those of other servers."""

    def __init__(self, sluice: Sluice, resource: str | None = None) -> None:
        self.sluice = sluice
        self.resource = resource

    async def admit(self, caller: Identity, tool: str, justification: str | None) -> Verdict:
        decision = await self.sluice.decide(
            tool, resource=self.resource, justification=justification, **_asked_about(caller)
        )
        if decision.allowed:
            return Verdict(None, decision.delay_seconds)
        return Verdict(
            Refusal(
                tool,
                decision.message or f"Tool '{tool}' is refused: {decision.reason}",
                level=str(decision.friction.get("level", "")),
                friction=float(decision.friction.get("value", 0.0)),
                retry_after_seconds=decision.retry_after_seconds,
                asks_reason=decision.reason == "justification_required",
            )
        )

    async def record(self, caller: Identity, tool: str) -> None:
        await self.sluice.record(tool, resource=self.resource, **_asked_about(caller))


def _asked_about(caller: Identity) -> dict[str, str]:
    if caller.token:
        return {"token": caller.token}
    return {"client_id": caller.client_id, "subject": caller.subject}


_default: Friction | None = None


def init_friction(friction: Friction | FrictionConfig | Sluice, resource: str | None = None) -> Friction:
    """What the decorators ask where they are given nothing: once, at the server's start.

    A FrictionConfig decides in this process, a Sluice by `/v1/decision` (about `resource`).
    """
    global _default
    _default = _friction_of(friction, resource)
    return _default


def _friction_of(friction: Friction | FrictionConfig | Sluice, resource: str | None = None) -> Friction:
    if isinstance(friction, FrictionConfig):
        return LocalFriction(friction)
    return RemoteFriction(friction, resource) if isinstance(friction, Sluice) else friction


def _chosen(friction: Friction | None) -> Friction:
    chosen = friction if friction is not None else _default
    if chosen is None:
        raise RuntimeError("call init_friction() before a tool that it guards is called")
    return chosen


def friction_controlled(
    tool: str | None = None,
    *,
    friction: Friction | FrictionConfig | Sluice | None = None,
    reason_argument: str | None = None,
    on_refusal: Callable[[Refusal], Any] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator: the tool runs if friction lets the call pass, after the delay that it says.

    tool             Its name in the configuration; the function's if left out.
    reason_argument  The tool's argument that holds the caller's reason, for tools that ask for one.
    on_refusal       Makes the answer to a refused call. None: the Refusal is raised, which MCP servers answer as a
                     tool result with isError, so that the model reads it.
    """
    given = None if friction is None else _friction_of(friction)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = tool or function.__name__
        reason = _reason_reader(function, reason_argument)
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
                verdict = await _chosen(given).admit(current_caller(), name, reason(args, kwargs))
                if verdict.refusal is not None:
                    return _refused(verdict.refusal, on_refusal)
                if verdict.delay_seconds > 0:
                    await asyncio.sleep(verdict.delay_seconds)
                return await cast(Awaitable[Any], function(*args, **kwargs))

            return cast(Callable[P, R], guarded)

        @functools.wraps(function)
        def guarded_here(*args: P.args, **kwargs: P.kwargs) -> Any:
            verdict = _local(_chosen(given)).decide(current_caller(), name, reason(args, kwargs))
            if verdict.refusal is not None:
                return _refused(verdict.refusal, on_refusal)
            if verdict.delay_seconds > 0:
                time.sleep(verdict.delay_seconds)
            return function(*args, **kwargs)

        return guarded_here

    return decorate


def record_tool_call(
    tool: str | None = None, *, friction: Friction | FrictionConfig | Sluice | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator for tools without friction of their own: counted, never held back.

    Without it a guarded tool would look like all that a client does.
    """
    given = None if friction is None else _friction_of(friction)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = tool or function.__name__
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def counted(*args: P.args, **kwargs: P.kwargs) -> Any:
                await _chosen(given).record(current_caller(), name)
                return await cast(Awaitable[Any], function(*args, **kwargs))

            return cast(Callable[P, R], counted)

        @functools.wraps(function)
        def counted_here(*args: P.args, **kwargs: P.kwargs) -> Any:
            _local(_chosen(given)).count(current_caller(), name)
            return function(*args, **kwargs)

        return counted_here

    return decorate


def _local(friction: Friction) -> LocalFriction:
    if not isinstance(friction, LocalFriction):
        raise TypeError("a tool that is no coroutine can be guarded in this process only: write it as `async def`")
    return friction


def _refused(refusal: Refusal, on_refusal: Callable[[Refusal], Any] | None) -> Any:
    if on_refusal is not None:
        return on_refusal(refusal)
    raise _as_tool_error(refusal)


# Servers show a model the text of their own ToolError alone, since another exception's may be a secret.
_TOOL_ERRORS = ("mcp.server.mcpserver.exceptions", "mcp.server.fastmcp.exceptions", "fastmcp.exceptions")


def _as_tool_error(refusal: Refusal) -> Refusal:
    """The refusal, which is also the ToolError of each server that is loaded."""
    kind, bases = _refusal_class(*(module for module in _TOOL_ERRORS if module in sys.modules))
    raised = kind.__new__(kind, str(refusal))
    for base in bases:
        base.__init__(raised, str(refusal))
    vars(raised).update(vars(refusal))
    return raised


@functools.cache
def _refusal_class(*modules: str) -> tuple[type[Refusal], tuple[type[Exception], ...]]:
    bases: tuple[type[Exception], ...] = tuple(dict.fromkeys(sys.modules[module].ToolError for module in modules))
    return type("Refusal", (Refusal, *bases), {"__module__": __name__}), bases


def _reason_reader(
    function: Callable[..., Any], argument: str | None
) -> Callable[[tuple[Any, ...], Mapping[str, Any]], str | None]:
    if argument is None:
        return lambda args, kwargs: None
    signature = inspect.signature(function)
    if argument not in signature.parameters:
        raise ValueError(f"{function.__name__}() has no argument {argument}")

    def read(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
        value = signature.bind_partial(*args, **kwargs).arguments.get(argument)
        return value.strip() or None if isinstance(value, str) else None

    return read
