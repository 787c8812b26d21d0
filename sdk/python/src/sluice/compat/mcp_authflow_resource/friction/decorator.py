"""Decorators in front of tools."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar, cast

from sluice.callers import current_caller

from .registry import FrictionRegistry

P = ParamSpec("P")
R = TypeVar("R")

_default: FrictionRegistry | None = None


def init_friction(registry: FrictionRegistry) -> FrictionRegistry:
    """The registry of decorators that name none."""
    global _default
    _default = registry
    return registry


def friction_controlled(registry: FrictionRegistry | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The tool runs if friction lets the call pass; else its answer is a sentence that says why not."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        async def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            chosen, caller = registry or _default, current_caller()
            if chosen is not None and caller.client_id:
                result = await chosen.check_and_record(caller.client_id, function.__name__)
                if not result.allowed:
                    return (
                        f"Tool '{function.__name__}' is temporarily rate-limited: {result.message}. "
                        "Try another way, or wait before you call it again."
                    )
            return await cast(Awaitable[Any], function(*args, **kwargs))

        return cast(Callable[P, R], guarded)

    return decorate


def record_tool_call(registry: FrictionRegistry | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The tool always runs, and its calls count for the shares of the others."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        async def counted(*args: P.args, **kwargs: P.kwargs) -> Any:
            chosen, caller = registry or _default, current_caller()
            if chosen is not None and caller.client_id:
                await chosen.record_unconfigured(caller.client_id, function.__name__)
            return await cast(Awaitable[Any], function(*args, **kwargs))

        return cast(Callable[P, R], counted)

    return decorate
