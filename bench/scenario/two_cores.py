"""What the second core costs: tokens that live on the other core, and a request on two cores beside one."""
import concurrent.futures
import dataclasses
import json
import statistics
import subprocess

import references
import sluice
from compare import Failed, compare, wrk
from outcome import Scenario, Target
from sluice import Options
from workplace import HERE, compiled

CPUS = ("0", "1")
TOKENS = 10000
OVER_THE_FLOOR = "the same, over what the second core costs the floor"


def together(drive, cpus):
    """A drive that runs `drive(cpu)`, which starts a process, once on each of the cores, at the same time."""
    def run(target, script, load):
        started = [drive(cpu, target, script, load) for cpu in cpus]
        seen = [finish() for finish in started]
        return {"requests": sum(one["requests"] for one in seen), "rps": sum(one["rps"] for one in seen),
                "p50": max(one["p50"] for one in seen), "p99": max(one["p99"] for one in seen)}
    return run


def owner_load(mode):
    """Introspects tokens of the connection's own core, of the other, or a constant server."""
    binary = compiled(HERE / "owner_load.cc")

    def begin(cpu, target, script, load):
        port, form = target["server"].port, target["server"].token_form
        command = ["taskset", "-c", cpu, binary, port, load.seconds, load.connections // 2, mode, sluice.basic(), form]
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

        def finish():
            out, problem = process.communicate(timeout=load.seconds + 60)
            if process.returncode:
                raise Failed(problem.strip())
            return json.loads(out)
        return finish
    return together(begin, CPUS)


def run_owner(place, load, outcome, on_run):
    server = sluice.start(place, Options(cores=2, cpus="0,1"))
    floor = references.floor(place, CPUS)
    tokens = place.write("one.txt", sluice.issue(server) + "\n")
    asked = sluice.introspection(server, tokens)
    outcome.rows = compare([
        sluice.plain(asked, floor) | {"name": "floor, two cores", "server": floor, "drive": owner_load("constant")},
        asked | {"name": "Sluice, token on this core", "server": server, "drive": owner_load("own")},
        asked | {"name": "Sluice, token on the other core", "server": server, "drive": owner_load("other")}],
        load, on_run)


def wrk_on(cpus):
    """wrk on each of the cores, with all connections of `load` on each."""
    def begin(cpu, target, script, load):
        pool = concurrent.futures.ThreadPoolExecutor(1)
        done = pool.submit(wrk, target, script, dataclasses.replace(load, load_cpu=cpu))
        pool.shutdown(wait=False)
        return done.result
    return together(begin, cpus)


def run_two_cores(place, load, outcome, on_run):
    one_floor, two_floors = references.floor(place), references.floor(place, CPUS)
    one = sluice.start(place, Options("Sluice, one core"))
    two = sluice.start(place, Options("Sluice, two cores", cores=2, cpus="0,1"))
    asked_one = sluice.introspection(one, sluice.tokens_file(place, one, TOKENS), drive=wrk_on(CPUS[:1]))
    asked_two = sluice.introspection(two, sluice.tokens_file(place, two, TOKENS), drive=wrk_on(CPUS))
    outcome.rows = compare([sluice.plain(asked_one, one_floor) | {"name": "floor, one core"}, asked_one,
                            sluice.plain(asked_two, two_floors) | {"name": "floor, two cores"}, asked_two],
                           load, on_run)
    floor_one, sluice_one, floor_two, sluice_two = (row["cpu_us_of_rounds"] for row in outcome.rows)
    outcome.figures[OVER_THE_FLOOR] = statistics.median(
        (b / a) / (d / c) for a, b, c, d in zip(sluice_one, sluice_two, floor_one, floor_two))


OWNER = Scenario(
    "owner", "Introspection, token on this core and on the other",
    "A server on two cores, the load on both as well, half of the connections from each. Every connection asks for "
    "tokens that its own core owns, or only for tokens that the other core owns. The floor runs in the same way: a "
    "process a core.",
    run_owner, [Target("introspection, token on the other core: floors", 1.35, "Sluice, token on the other core",
                       "floor, two cores")])
TWO_CORES = Scenario(
    "two-cores", "Two cores beside one",
    "One core: server and load share core 0. Two cores: each has a server and a load, with as many connections as the "
    "one core has, and a token is on the other core as often as not. The floor's rows show what the second "
    "core costs the kernel alone: connections that cross cores.",
    run_two_cores, [Target("CPU a request on two cores over one", 1.15, "Sluice, two cores", "Sluice, one core"),
                    Target(OVER_THE_FLOOR, 1.15)])
