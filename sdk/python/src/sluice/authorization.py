"""Scopes in front of single tools and handlers."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar, cast

from .callers import current_caller
from .client import Sluice
from .identity import Identity

P = ParamSpec("P")
R = TypeVar("R")


class NotAuthorized(Exception):
    """The caller has no good token, or lacks scopes. `status` and `challenge` are for an HTTP answer."""

    def __init__(self, message: str, *, status: int, missing: tuple[str, ...] = (), challenge: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.missing = missing
        self.challenge = challenge


def auth_required(
    *scopes: str, by: Sluice | None = None, tool: str | None = None, resource: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator: the function runs for a verified caller who holds all `scopes`; else NotAuthorized is raised.

    by  Asks that Sluice's `/v1/decision` too, so that the resource's rules, friction and revocations count at once;
        for coroutines alone. `tool` is the name to ask about, the function's if left out.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = tool or function.__name__
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def authorized(*args: P.args, **kwargs: P.kwargs) -> Any:
                caller = _caller_with(scopes)
                if by is not None:
                    await _ask(by, caller, name, resource)
                return await cast(Awaitable[Any], function(*args, **kwargs))

            return cast(Callable[P, R], authorized)
        if by is not None:
            raise TypeError(f"{function.__name__}() has to be `async def` to ask Sluice first")

        @functools.wraps(function)
        def authorized_here(*args: P.args, **kwargs: P.kwargs) -> R:
            _caller_with(scopes)
            return function(*args, **kwargs)

        return authorized_here

    return decorate


def _caller_with(scopes: tuple[str, ...]) -> Identity:
    caller = current_caller()
    if not caller.token or caller.expired:
        raise NotAuthorized("Unauthorized: a valid access token is needed", status=401)
    missing = tuple(scope for scope in scopes if scope not in caller.scopes)
    if missing:
        raise NotAuthorized(f"Insufficient scope: {' '.join(missing)} needed", status=403, missing=missing)
    return caller


async def _ask(sluice: Sluice, caller: Identity, tool: str, resource: str | None) -> None:
    decision = await sluice.decide(tool, token=caller.token, resource=resource)
    if not decision.allowed:
        raise NotAuthorized(
            decision.message or decision.reason, status=decision.status, challenge=decision.challenge
        )
    if decision.delay_seconds > 0:
        await asyncio.sleep(decision.delay_seconds)
