"""Latency at half of the highest throughput, in an open loop, by Sluice's own load generator."""
import statistics

import generator
import references
import sluice
from compare import compare
from outcome import Scenario, Target
from sluice import Options

P99, BESIDE = "p99 at half of the highest throughput, open loop", "the same over nginx's at the same rate"
TOKENS = 10000


def run_latency(place, load, outcome, on_run):
    server, beside = sluice.start(place, Options()), references.nginx_constant(place)
    asked = sluice.introspection(server, sluice.tokens_file(place, server, TOKENS))
    highest = compare([asked | {"drive": generator.drive(place)}], load, on_run)[0]["rps"]
    drive = generator.drive(place, rate=highest // 2)
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
