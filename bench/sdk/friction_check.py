"""What one friction check costs from Python: friction_check.py [CALLS]

Prints nanoseconds, the best of seven rounds, of Sluice's SDK; also of the reference's registry where it is installed.
"""

import asyncio
import json
import platform
import sys
import time

from sluice import FrictionConfig, ToolFriction

CALLS = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
TOOLS = {f"tool_{i}": 0.05 + i / 100 for i in range(11)}
CLIENTS = [f"https://auth.example.com\nclient-{i}\nalice" for i in range(100)]
NAMES = [*TOOLS, "read_note", "list_notes"]


def report(what, nanoseconds):
    about = {"python": platform.python_version(), "clients": len(CLIENTS), "tools": len(TOOLS)}
    print(json.dumps({"what": what, **about, "nanoseconds": round(nanoseconds)}))


def best(rounds, calls, run):
    least = float("inf")
    for _ in range(rounds):
        began = time.perf_counter_ns()
        run(calls)
        least = min(least, (time.perf_counter_ns() - began) / calls)
    return least


def ours():
    admit = FrictionConfig(tools={name: ToolFriction(target_rate=rate) for name, rate in TOOLS.items()}).registry().admit
    asked = [(CLIENTS[i % 100], NAMES[i % 13]) for i in range(1300)]

    def run(calls):
        for _ in range(calls // len(asked)):
            for client, tool in asked:
                admit(client, tool)

    report("friction check from Python", best(7, CALLS // 1300 * 1300, run))


def theirs():
    try:
        from mcp_authflow_resource import FrictionRegistry, ToolFrictionConfig
    except ImportError:
        return
    registry = FrictionRegistry(tool_configs={name: ToolFrictionConfig(target_rate=rate) for name, rate in TOOLS.items()})

    def run(calls):
        async def all_of_them():
            for i in range(calls):
                await registry.check_and_record(CLIENTS[i % 100], NAMES[i % 13])

        asyncio.run(all_of_them())

    import logging

    logging.disable(logging.CRITICAL)
    report("friction check of mcp-authflow-resource", best(3, CALLS // 20, run))


ours()
theirs()
