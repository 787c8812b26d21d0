"""The soak: load of every kind, quiet, counting; then for long, quiet, and counting again."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from activities import ACTIVITIES, Loadgen, Restarts, World
from counts import Counts, settled
from sluice import Sluice, free_port

# Short lives, so that what was made in the long part has ended when it is counted.
LIVES = """
access_token_ttl = "20s"
session_ttl = "1m"
"""
FRICTION = """
[resource.friction]
warmup_calls = 1000000
[resource.friction.tools.delete_note]
target_rate = 0.5
"""
WARM_S = 30
QUIET_S = 75  # above every lifetime, and the sweep behind it


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="of load; 30 unless told")
    return parser.parse_args()


def start(folder: str, upstream_port: int) -> Sluice:
    return Sluice(
        f"http://127.0.0.1:{upstream_port}/mcp",
        storage=f'path = "{folder}/sluice.db"',
        lifetimes=LIVES,
        refresh_lifetime="40s",
        replay_window="5s",
        code_ttl="10s",
        friction=FRICTION,
        rate_limit="1000000",
        upstream_timeout="5s",
    )


def load(world: World, seconds: float) -> list[str]:
    """Runs every activity for so long; what went wrong."""
    restarts, generator = Restarts(world), Loadgen(world)
    running = [activity(world) for activity in ACTIVITIES]
    for each in (restarts, generator, *running):
        each.start()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and world.sluice.alive():
        time.sleep(0.5)
    for each in (*running, generator, restarts):
        each.stop()
    wrong = []
    for each in (generator, restarts, *running):
        print(f"  {each.name:<28} {each.rounds:>8} rounds, {len(each.faults)} faults")
        wrong += [f"{each.name}: {fault}" for fault in each.faults[:5]]
        if each.rounds == 0:
            wrong.append(f"{each.name}: it did nothing")
    return wrong


def main() -> int:
    options = parse()
    passed, failed = 0, 0

    def check(fine: bool, words: str) -> None:
        nonlocal passed, failed
        passed, failed = passed + fine, failed + (not fine)
        print(("ok    " if fine else "WRONG ") + words, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        sluice = start(folder, port)
        world = World(sluice, port, Path(folder))
        print(f"{os.environ['SLUICE_BINARY']}, {options.minutes:g} minutes", flush=True)
        load(world, WARM_S)
        before = settled(Counts.of(sluice, folder), sluice, folder, QUIET_S)
        print(f"before: {before}", flush=True)
        wrong = load(world, options.minutes * 60)
        for fault in wrong:
            print("  " + fault)
        check(not wrong, "every activity worked all the time")
        check(sluice.alive(), "the server lives")
        if sluice.alive():
            after = settled(Counts.of(sluice, folder), sluice, folder, QUIET_S)
            print(f"after:  {after}", flush=True)
            for fine, words in after.compared_with(before):
                check(fine, words)
        try:
            sluice.stop()  # ends with 0, no report of a sanitizer, no secret in the log
            check(True, "it ended well")
        except (AssertionError, OSError) as error:
            check(False, f"it ended well: {str(error)[-3000:]}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
