"""Latency at half of the highest throughput, in an open loop, by Sluice's own load generator."""
import json
import statistics
import subprocess

import references
import sluice
from compare import Failed, compare
from outcome import Scenario, Target
from sluice import Options
from workplace import Skipped

P99, BESIDE = "p99 at half of the highest throughput, open loop", "the same over nginx's at the same rate"
TOKENS = 10000


def loadgen(binary, rate=None):
    """A drive: the load generator at `rate` requests a second, or as fast as answers come."""
    def run(target, script, load):
        command = ["taskset", "-c", load.load_cpu, binary, "post", target["url"], "-c", load.connections, "-w", "1s",
                   "-d", f"{load.seconds}s", "--cpu", load.load_cpu, "--json", "-", "--with-children",
                   "--body", target["body"].replace("{}", "{{token}}"), "--token-file", target["lines_file"]]
        command += ["--rate", rate] if rate else []
        for pid in target["running_pids"]:
            command += ["--server-pid", pid]
        for name, value in target["headers"].items():
            command += ["-H", f"{name}: {value}"]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"the load generator: {done.stderr.strip()[-500:]}")
        seen = json.loads(done.stdout)
        return {"requests": seen["totals"]["requests"], "rps": seen["totals"]["requests_per_second"],
                "p50": seen["latency_us"]["p50"] / 1000, "p99": seen["latency_us"]["p99"] / 1000,
                "cpu": seen["server"]["cpu_us_per_request"]}
    return run


def run_latency(place, load, outcome, on_run):
    binary = place.sluice.parent / "sluice-loadgen"
    if not binary.exists():
        raise Skipped(f"{binary.name} is not beside {place.sluice.name}: build it first")
    server, beside = sluice.start(place, Options()), references.nginx_constant(place)
    asked = sluice.introspection(server, sluice.tokens_file(place, server, TOKENS))
    highest = compare([asked | {"drive": loadgen(binary)}], load, on_run)[0]["rps"]
    drive = loadgen(binary, highest // 2)
    outcome.rows = compare([sluice.plain(asked, beside) | {"drive": drive}, asked | {"drive": drive}], load, on_run)
    nginx, own = (row["p99_ms_of_rounds"] for row in outcome.rows)
    outcome.figures |= {"highest throughput, requests a second": highest, "rate, requests a second": highest // 2,
                        P99: statistics.median(own), BESIDE: statistics.median(a / b for a, b in zip(own, nginx))}


LATENCY = Scenario(
    "latency", "Latency at half of the highest throughput",
    "Introspection in an open loop: requests are due at fixed times, whatever the answers do, and latency counts from "
    "when one was due. The rate is half of what Sluice answers in a closed loop; nginx answers a constant at the same "
    "rate.",
    run_latency, [Target(P99, 1.0, unit="ms"), Target(BESIDE, 1.0)], plots="p99")
