"""Friction in front of tools."""

import asyncio
from dataclasses import replace

import pytest
from support import RESOURCE, RS, Server

from sluice import (
    FrictionConfig,
    GroupFriction,
    Identity,
    LocalFriction,
    Refusal,
    RemoteFriction,
    Sluice,
    ToolFriction,
    current_identity,
    friction_controlled,
    init_friction,
    record_tool_call,
)
from sluice import friction as friction_module

CONFIG = FrictionConfig(tools={"delete_note": ToolFriction(target_rate=0.03)})
ALICE = Identity(token="", client_id="agent", subject="alice", scopes=frozenset({"notes"}))


def as_caller(identity: Identity) -> None:
    current_identity.set(identity)


async def test_a_loop_is_refused_and_others_are_not() -> None:
    as_caller(ALICE)
    deleted = []

    @friction_controlled(friction=CONFIG)
    async def delete_note(note: int) -> str:
        deleted.append(note)
        return "gone"

    with pytest.raises(Refusal) as refused:
        for note in range(100):
            assert await delete_note(note) == "gone"
    assert 20 <= len(deleted) < 60
    assert refused.value.level == "BLOCKED" and refused.value.retry_after_seconds > 0
    assert "delete_note" in str(refused.value) and "friction" in str(refused.value)
    as_caller(replace(ALICE, subject="bob"))
    assert await delete_note(1) == "gone"


async def test_reads_lower_the_share_of_deletes() -> None:
    as_caller(ALICE)
    friction = LocalFriction(CONFIG)

    @friction_controlled(friction=friction)
    async def delete_note() -> None: ...

    @record_tool_call(friction=friction)
    async def read_note() -> None: ...

    for _ in range(20):
        await delete_note()
        for _ in range(50):
            await read_note()
    assert friction.registry.check(ALICE.key, "delete_note").allowed


def test_a_plain_function_is_guarded_too() -> None:
    as_caller(ALICE)

    @friction_controlled(friction=CONFIG, on_refusal=str)
    def delete_note() -> str:
        return "gone"

    answers = [delete_note() for _ in range(100)]
    assert answers[0] == "gone" and "held back" in answers[-1]


async def test_a_reason_lets_pass_where_one_is_asked_for() -> None:
    as_caller(ALICE)
    tool = ToolFriction(target_rate=0.03, justification_threshold=0.1, hard_block_threshold=1, require_justification=True)

    @friction_controlled(friction=FrictionConfig(tools={"delete_note": tool}), reason_argument="why")
    async def delete_note(why: str = "") -> str:
        return "gone"

    with pytest.raises(Refusal) as refused:
        for _ in range(100):
            await delete_note()
    assert refused.value.asks_reason and refused.value.retry_after_seconds == 0
    assert await delete_note(why="the user asked for it") == "gone"


async def test_mode_delay_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    as_caller(ALICE)
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    config = FrictionConfig(tools={"delete_note": ToolFriction(target_rate=0)}, mode="delay", max_delay=1.0)

    @friction_controlled(friction=config)
    async def delete_note() -> None: ...

    for _ in range(100):
        await delete_note()
    assert slept and 0.9 < max(slept) <= 1.0


async def test_without_init_friction_a_guarded_tool_does_not_run() -> None:
    friction_module._default = None

    @friction_controlled()
    async def delete_note() -> None: ...

    with pytest.raises(RuntimeError, match="init_friction"):
        await delete_note()
    init_friction(CONFIG)
    await delete_note()


def test_every_problem_of_a_configuration_is_told() -> None:
    config = FrictionConfig(
        tools={"a": ToolFriction(target_rate=2)}, groups={"g": GroupFriction(tools=[], aggregate_target=3)}
    )
    with pytest.raises(ValueError) as problems:
        LocalFriction(config)
    text = str(problems.value)
    assert "tools.a.target_rate" in text and "groups.g.tools" in text and "groups.g.aggregate_target" in text


async def test_by_the_decision_api_the_count_is_sluices(server: Server) -> None:
    async with Sluice(server.url, client_id=RS[0], client_secret=RS[1]) as sluice:
        as_caller(replace(ALICE, subject="remote"))

        @friction_controlled(friction=RemoteFriction(sluice, RESOURCE))
        async def delete_note() -> str:
            return "gone"

        @record_tool_call(friction=RemoteFriction(sluice, RESOURCE))
        async def read_note() -> str:
            return "text"

        assert await read_note() == "text"
        with pytest.raises(Refusal) as refused:
            for _ in range(100):
                await delete_note()
        assert refused.value.level == "BLOCKED"
        stand = await sluice.friction_of("agent", "remote")
        assert stand is not None and "delete_note" in str(stand)
        assert await sluice.forgive("agent", "remote")
        assert await sluice.friction_of("agent", "remote") is None
        assert await delete_note() == "gone"
