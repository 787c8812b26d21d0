#!/usr/bin/env python3
"""sluice-loadgen beside wrk on the floor server: do they measure the same, and what does each cost?

usage: loadgen_check.py [BUILD_DIR] [--rounds 7] [--seconds 4] [--connections 64] [--quick]

The floor server answers a constant on core 0; the generators take turns on core 1, each round the other one first.
Two servers: the floor as it is, which is so light that a generator may be the limit and the lighter one gets more out
of it; and the floor with 10 us more work a request, where the server is the limit and both have to say the same.
The tables go to bench/results/loadgen-vs-wrk.md. Ends with 1 where sluice-loadgen gets less than 95 % of wrk's
throughput out of the floor, or is more than 5 % from it at the slower server (medians of the rounds' ratios).
--quick writes nothing. On a busy machine the figures are noise; the file says how busy it was.
Needs two cores, clang++-19 with liburing, wrk, taskset.
"""
import argparse, json, os, pathlib, re, resource, signal, statistics, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "scenario"))
from machine import machine

PORT = 22050
BODY = "token=sat_0123456789abcdef0123456789abcdef0123456789abcdef01"
FIELDS = {"Authorization": "Basic " + "YmVuY2g6" * 8, "Content-Type": "application/x-www-form-urlencoded"}
URL = f"http://127.0.0.1:{PORT}/introspect"
ALLOWED = 0.05
SLOWER_NS = 10_000


def run(command):
    """Its output, and the CPU time it took in microseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["taskset", "-c", "1", *command], capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e6


def milliseconds(text):
    number, unit = re.match(r"([\d.]+)(\w+)", text).groups()
    return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[unit]


def with_wrk(arguments, script):
    out, cpu_us = run(["wrk", "-t1", f"-c{arguments.connections}", f"-d{arguments.seconds}s", "--latency", "-s", script, URL])
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit(f"wrk had errors:\n{out}")
    find = lambda pattern: re.search(pattern, out, re.M)[1]
    requests = int(find(r"(\d+) requests in"))
    return {"rps": float(find(r"Requests/sec:\s+([\d.]+)")), "cpu_us": cpu_us / requests,
            "p50_ms": milliseconds(find(r"^\s+50%\s+(\S+)")), "p99_ms": milliseconds(find(r"^\s+99%\s+(\S+)"))}


def with_loadgen(arguments, binary):
    fields = [word for name, value in FIELDS.items() for word in ("-H", f"{name}: {value}")]
    out, cpu_us = run([binary, "post", URL, *fields, "--body", BODY, "-c", str(arguments.connections), "-d", f"{arguments.seconds}s",
                       "-w", "0s", "-q", "--expect", '"active":true', "--json", "-"])
    run_of = json.loads(out)
    latency = run_of["latency_us"]
    return {"rps": run_of["totals"]["per_second"], "cpu_us": cpu_us / run_of["totals"]["requests"],
            "p50_ms": latency["p50"] / 1e3, "p99_ms": latency["p99"] / 1e3,
            "waited": run_of["generator"]["waited_for_core_s"] / run_of["totals"]["seconds"]}


def measure(arguments, binary, directory, busy_ns):
    script = pathlib.Path(directory) / "post.lua"
    quoted = [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in FIELDS.items()]
    script.write_text("\n".join(['wrk.method = "POST"', f"wrk.body = {json.dumps(BODY)}", *quoted]))
    floor = pathlib.Path(directory) / "floor"
    subprocess.run(["clang++-19", "-std=c++23", "-O2", "-w", str(HERE / "floor.cc"), "-o", str(floor), "-luring"], check=True)
    server = subprocess.Popen([str(floor), str(PORT), "0", str(busy_ns)], stdout=subprocess.DEVNULL)
    rounds = []
    try:
        time.sleep(0.3)
        for number in range(arguments.rounds):
            turns = [("wrk", lambda: with_wrk(arguments, str(script))), ("loadgen", lambda: with_loadgen(arguments, binary))]
            rounds.append({name: turn() for name, turn in (turns if number % 2 else reversed(turns))})
            line = {name: {key: round(value, 3) for key, value in row.items()} for name, row in rounds[-1].items()}
            print(f"  busy {busy_ns} ns, round {number + 1}: {line}", file=sys.stderr)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)
    return rounds


def table(rounds):
    median = lambda name, key: statistics.median(row[name][key] for row in rounds)
    ratio = lambda key: statistics.median(row["loadgen"][key] / row["wrk"][key] for row in rounds)
    lines = ["| | requests/s | p50 ms | p99 ms | own CPU µs a request | share of its core |", "|---|---|---|---|---|---|"]
    for name, shown in (("wrk", "wrk"), ("loadgen", "sluice-loadgen")):
        lines.append(f"| {shown} | {median(name, 'rps'):,.0f} | {median(name, 'p50_ms'):.3f} | {median(name, 'p99_ms'):.3f} | "
                     f"{median(name, 'cpu_us'):.2f} | {100 * statistics.median(row[name]['rps'] * row[name]['cpu_us'] for row in rounds) / 1e6:.0f} % |")
    lines.append(f"| ratio (median of rounds) | {ratio('rps'):.3f} | {ratio('p50_ms'):.3f} | {ratio('p99_ms'):.3f} | {ratio('cpu_us'):.3f} | |")
    return lines, ratio("rps")


def write_results(arguments, sections, waited):
    head = ["# sluice-loadgen beside wrk on the floor server", "", *(f"- {line}" for line in machine()),
            "- command: bench/loadgen_check.py",
            f"- {arguments.rounds} rounds of {arguments.seconds} s, {arguments.connections} connections, closed loop, one thread; the server on "
            "core 0, the generators in turn on core 1; medians",
            f"- others had the generator's core for {100 * waited:.0f} % of the time", "",
            "Where a generator's share of its core is near 100 %, it is what limits the run, and not the server.", ""]
    text = "\n".join([*head, *(line for title, lines in sections for line in (f"## {title}", "", *lines, ""))])
    (HERE / "results" / "loadgen-vs-wrk.md").write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build_dir", type=pathlib.Path, nargs="?", default=HERE.parent / "build" / "release")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.seconds = 1, 1
    binary = str((arguments.build_dir / "sluice-loadgen").resolve())
    with tempfile.TemporaryDirectory() as directory:
        light, slower = (measure(arguments, binary, directory, busy_ns) for busy_ns in (0, SLOWER_NS))
    (light_lines, light_ratio), (slower_lines, slower_ratio) = table(light), table(slower)
    sections = [("The floor server", light_lines), (f"The floor server with {SLOWER_NS / 1000:.0f} µs more work a request", slower_lines)]
    for title, lines in sections:
        print("\n".join([title, *lines]))
    if not arguments.quick:
        write_results(arguments, sections, statistics.median(row["loadgen"]["waited"] for row in light + slower))
    good = light_ratio >= 1 - ALLOWED and abs(slower_ratio - 1) <= ALLOWED
    print("sluice-loadgen agrees with wrk" if good else "sluice-loadgen does not agree with wrk")
    sys.exit(0 if good or arguments.quick else 1)


if __name__ == "__main__":
    main()
