#!/usr/bin/env python3
"""What the parts of a request cost, each alone: bench/results/micro.md and .json.

usage: micro.py BUILD_DIR [--repetitions 5] [--filter REGEX] [--core N]

BUILD_DIR was configured with -DSLUICE_BENCH=ON. Everything runs pinned to one core, but for the calls between cores.
The numbers are CPU time, medians of the repetitions.
"""
import argparse, json, os, pathlib, statistics, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "scenario"))
from machine import machine  # noqa: E402

# What the Python reference takes for one check and record with 11 tools, on a machine of this kind.
REFERENCE_FRICTION_NS = 16_000
TOKENS = "token_hash_caller_hash_and_lookup/tokens:"
# Benchmarks that measure a time of their own: the server's part, or the wall clock across two cores.
MANUAL = "/manual_time"


def run(binary, arguments, core, pattern):
    command = [str(binary), f"--benchmark_filter={pattern}", f"--benchmark_repetitions={arguments.repetitions}",
               "--benchmark_min_time=0.2", "--benchmark_format=json"]
    if core is not None:
        command = ["taskset", "-c", str(core), *command]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)["benchmarks"] if done.stdout.strip() else []


def medians(runs):
    known = {"name", "run_name", "run_type", "repetitions", "repetition_index", "threads", "iterations", "family_index",
             "per_family_instance_index", "real_time", "cpu_time", "time_unit"}
    rows = {}
    for entry in runs:
        if entry["run_type"] == "iteration":
            rows.setdefault(entry["run_name"], []).append(entry)
    table = []
    for name, entries in rows.items():
        key = "real_time" if MANUAL in name else "cpu_time"
        times = [entry[key] for entry in entries]
        row = {"name": name.replace(MANUAL, "").replace("/iterations:1", ""), "ns": statistics.median(times),
               "ns_min": min(times), "ns_max": max(times)}
        row |= {counter: statistics.median(e[counter] for e in entries) for counter in entries[0] if counter not in known}
        table.append(row)
    return table


def show_ns(ns):
    if ns >= 100_000:
        return f"{ns / 1000:,.0f} µs"
    return f"{ns:,.0f} ns" if ns >= 100 else f"{ns:.1f} ns"


def show_counters(row):
    counters = {k: v for k, v in row.items() if k not in ("name", "ns", "ns_min", "ns_max")}
    return ", ".join(f"{name.replace('_', ' ')} {value:,.0f}" for name, value in counters.items())


def verdicts(rows):
    """The targets that a micro benchmark decides, and how far they were met."""
    ns = {row["name"]: row["ns"] for row in rows}
    size = {row["name"]: row for row in rows}
    hot, many = "friction_check_and_record/tools:11/clients:1", "friction_check_and_record/tools:11/clients:1000000"
    batched = "friction_check_and_record_batched/tools:11/clients:1000000"
    few_tokens, many_tokens = TOKENS + "10000", TOKENS + "10000000"
    lookup = "token_hash_and_lookup/tokens:10000000"
    lines = []

    def add(what, target, value):
        lines.append(f"| {what} | {target} | {value} |")

    if hot in ns:
        add("friction check and record, 11 tools, hot", "at most 50 ns", show_ns(ns[hot]))
        add("the same, against the Python reference's 16 µs", "at least 200 ×", f"{REFERENCE_FRICTION_NS / ns[hot]:.0f} ×")
    if many in ns:
        add("the same with a million clients, in random order, one by one", "at most 250 ns", show_ns(ns[many]))
        add("memory a client with 11 tools", "at most 1,024 B", f"{size[many]['bytes_a_client']:,.0f} B")
    if batched in ns:
        add("the same with a million clients, in random order, 64 together", "at most 250 ns", show_ns(ns[batched]))
    if few_tokens in ns and many_tokens in ns:
        add("a token of 10^7 instead of 10^4, as the endpoint looks it up", "at most 0.3 of a request's CPU time more",
            f"{show_ns(ns[many_tokens] - ns[few_tokens])} more")
    if lookup in size:
        add("memory a live token of client_credentials, with its grant", "at most 256 B", f"{size[lookup]['bytes_a_token']:,.0f} B")
        add("the slowest of 10^7 insertions (CPU time, page faults included)", "no long step",
            f"{size[lookup]['slowest_insertion_us']:,.0f} µs")
    return lines


def write(rows, arguments):
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    command = f"bench/micro.py BUILD_DIR --repetitions {arguments.repetitions}"
    lines = ["# Micro benchmarks", "", *(f"- {line}" for line in machine()), f"- command: {command}, in `make bench`",
             f"- CPU time pinned to one core, medians of {arguments.repetitions}; load average meanwhile {os.getloadavg()[1]:.1f}: where it is",
             "  well above 1, other work shared the caches, and what misses them reads too high",
             "- the slowest insertions are first touches of a huge page, which the kernel has to clear; on a virtual machine the host may have",
             "  to find its memory first, which takes milliseconds",
             "- `tls_…_server_side` is the server's part of a handshake or exchange; `cross_core_call` is wall-clock time over two cores",
             "- friction: the Python reference's check and record with 11 tools takes 16.0 µs (a given value, not measured here)", ""]
    if targets := verdicts(rows):
        lines += ["| | target | measured |", "|---|---|---|", *targets, ""]
    lines += ["| benchmark | median | least to most | besides |", "|---|---|---|---|"]
    lines += [f"| {r['name']} | {show_ns(r['ns'])} | {show_ns(r['ns_min'])} to {show_ns(r['ns_max'])} | {show_counters(r)} |" for r in rows]
    (results / "micro.md").write_text("\n".join(lines) + "\n")
    (results / "micro.json").write_text(json.dumps({"machine": machine(), "command": command, "rows": rows}, indent=1) + "\n")
    print("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build_dir", type=pathlib.Path)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--filter", default="", help="only these; prints and writes nothing else")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    binary = (arguments.build_dir / "micro").resolve()
    pinned = arguments.filter or "-cross_core"
    rows = medians(run(binary, arguments, arguments.core, pinned))
    if not arguments.filter:
        rows += medians(run(binary, arguments, None, "cross_core"))
        return write(rows, arguments)
    for row in rows:
        print(f"{row['name']}: {show_ns(row['ns'])} ({show_ns(row['ns_min'])} to {show_ns(row['ns_max'])}) {show_counters(row)}")


if __name__ == "__main__":
    main()
