"""Sluice beside its references, in one run; tables and plots go to bench/results.

usage: bench/scenario/run [SCENARIO...] [--sluice build/release/sluice] [--rounds 5] [--seconds 4] [--quick]

Without a name every scenario runs. The server is on one core, the load on the other, unless a scenario says otherwise;
counted is the server's CPU time a request. Results of a scenario replace its earlier ones and leave the others.
--quick runs one round of one second, to see that everything still works, and writes no results.
Needs two cores, clang++-19 with liburing, wrk, curl, taskset, nginx, openssl, and npm and pip for the other references;
what cannot be had is left out, and the tables say so. Ends with 1 when a scenario fails, never because of a number.
"""
import argparse
import datetime
import os
import pathlib
import shutil
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import durable
import footprint_rows
import latency
import results
import scenarios
import secure
import two_cores
import volume
from compare import Failed, Load, print_table
from machine import machine
from outcome import Outcome
from workplace import ROOT, Skipped, Workplace

SCENARIOS = [scenarios.INTROSPECTION, two_cores.OWNER, scenarios.TOKEN, scenarios.DECISION, scenarios.TOOLS_CALL,
             volume.LIVE_TOKENS, two_cores.TWO_CORES, latency.LATENCY, footprint_rows.FOOTPRINT, secure.KEPT_ALIVE,
             secure.HANDSHAKE, scenarios.UNIX_SOCKET, durable.DURABLE_TOKEN, durable.DURABLE_INTROSPECTION, durable.COLD,
             durable.DURABLE_START]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", choices=[[], *(one.name for one in SCENARIOS)],
                        help=", ".join(one.name for one in SCENARIOS))
    parser.add_argument("--sluice", type=pathlib.Path, default=ROOT / "build" / "release" / "sluice")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-downloads", action="store_true", help="leave out what npm or pip would have to install")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds = arguments.seconds = 1
    return arguments


def check_machine(arguments):
    missing = [name for name in ("wrk", "curl", "taskset", "clang++-19") if shutil.which(name) is None]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}; scripts/install-dependencies --bench")
    if not {0, 1} <= os.sched_getaffinity(0):
        sys.exit("cores 0 and 1 are needed: one serves, one loads")
    if not arguments.sluice.exists():
        sys.exit(f"no binary at {arguments.sluice}: run make build first")


def show_progress(name):
    if sys.stderr.isatty():
        print(f"\r\033[K  {name} ...", end="", file=sys.stderr, flush=True)


def run_one(scenario, arguments, load):
    """The scenario's outcome, and whether it failed. A reference or a feature that is not there is no failure."""
    outcome, failed = Outcome(), False
    with Workplace(arguments.sluice.resolve(), not arguments.no_downloads) as place:
        try:
            scenario.run(place, load, outcome, show_progress)
        except (Skipped, Failed) as why:
            failed = isinstance(why, Failed)
            outcome.why_not = str(why)
            outcome.skip(scenario.title, why)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    return outcome, failed


def show(scenario, outcome):
    print(f"\n{scenario.title}")
    if outcome.rows:
        print_table(outcome.rows)
    for what, value in outcome.figures.items():
        print(f"{what}: {value}")
    for target in scenario.targets:
        verdict = outcome.verdict(target)
        print(f"{target.what}: {verdict['measured']} (target {target.limit:g}) {results.verdict(verdict)}")
    for one in outcome.skipped:
        print(f"left out: {one['what']}: {one['why']}")
    sys.stdout.flush()


def main():
    arguments = parse()
    check_machine(arguments)
    load = Load(arguments.rounds, arguments.seconds, arguments.connections)
    failures = []
    for scenario in SCENARIOS:
        if arguments.scenarios and scenario.name not in arguments.scenarios:
            continue
        load_average = os.getloadavg()[0]
        outcome, failed = run_one(scenario, arguments, load)
        failures += [scenario.name] if failed else []
        show(scenario, outcome)
        if not arguments.quick:
            # Not the binary's place, which means nothing elsewhere.
            command = " ".join(["bench/scenario/run", "--rounds", str(load.rounds), "--seconds", str(load.seconds),
                                *arguments.scenarios])
            taken = {"machine": machine(), "command": command, "when": f"{datetime.date.today()}",
                     "load_average": load_average,
                     "load": {"rounds": load.rounds, "seconds": load.seconds, "connections": load.connections}}
            results.write_scenario(scenario.name, outcome.as_json(scenario), taken)
            results.write_page([one.name for one in SCENARIOS])
    if failures:
        sys.exit(f"failed: {', '.join(failures)}")


if __name__ == "__main__":
    main()
