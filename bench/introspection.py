#!/usr/bin/env python3
"""What an RFC 7662 introspection costs beside the floor server, in one run; the table goes to bench/results/.

usage: introspection.py BUILD_DIR [--rounds 5] [--seconds 4]

The floor server answers a constant: the least that one core can spend on a request. Sluice answers a real
introspection: the caller is authenticated by its secret, the token is one of those issued before. Each runs on one
core and is loaded by wrk from the other, 64 connections. Needs wrk, curl, taskset, clang++-19 with liburing.
"""
import argparse, base64, json, os, pathlib, platform, subprocess, sys, tempfile, time, urllib.request

HERE = pathlib.Path(__file__).resolve().parent
FLOOR_PORT, QUIET_PORT, LOGGED_PORT = 9100, 9101, 9102
SECRET = "bench-secret-0123456789abcdef0123456789abcdef"
TOKENS = 1000

CONFIG = """
[server]
listen = ["127.0.0.1:{port}"]
public_url = "http://127.0.0.1:{port}"
cores = 1
[log]
level = "{level}"
[auth]
issuer = "http://127.0.0.1:{port}"
default_scope = "read"
rate_limit = {{ requests = 1000000, window = "1m" }}
[auth.scopes]
"read" = "Read"
"write" = "Write"
[[auth.client]]
client_id = "bench-client"
client_secret = "{secret}"
auth_method = "client_secret_basic"
grant_types = ["client_credentials"]
scope = "read write"
introspect = true
"""


def basic():
    return "Basic " + base64.b64encode(f"bench-client:{SECRET}".encode()).decode()


def post(port, path, body):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body.encode(), {
        "Content-Type": "application/x-www-form-urlencoded", "Authorization": basic()})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def start_sluice(binary, port, level, directory):
    """A Sluice on core 0 with TOKENS live tokens, and one of them."""
    config = pathlib.Path(directory) / f"{port}.toml"
    config.write_text(CONFIG.format(port=port, level=level, secret=SECRET))
    log = open(pathlib.Path(directory) / f"{port}.log", "w")
    process = subprocess.Popen(["taskset", "-c", "0", str(binary), "serve", "--config", str(config)], stderr=log, stdout=log)
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).read()
            break
        except OSError:
            time.sleep(0.05)
    else:
        sys.exit(f"sluice did not start: {(pathlib.Path(directory) / f'{port}.log').read_text()}")
    tokens = [post(port, "/token", "grant_type=client_credentials&scope=read+write")["access_token"] for _ in range(TOKENS)]
    return process, tokens[TOKENS // 2]


def target(name, port, token, process=None):
    entry = {"name": name, "url": f"http://127.0.0.1:{port}/introspect", "method": "POST", "body": f"token={token}",
             "headers": {"Content-Type": "application/x-www-form-urlencoded", "Authorization": basic()}, "expect": '"active":true'}
    entry |= {"running_pid": process.pid} if process else {"start": [str(HERE.parent / "build" / "floor"), str(port), "0"]}
    return entry


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    compiler = subprocess.run(["clang++-19", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return [f"CPU: {model}, {os.cpu_count()} cores", f"kernel: {platform.release()}", f"compiler: {compiler}, -O2 -g -DNDEBUG (floor: -O2)",
            f"command: bench/{pathlib.Path(__file__).name}, in `make bench`"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build_dir", type=pathlib.Path)
    parser.add_argument("--rounds", default="5")
    parser.add_argument("--seconds", default="4")
    arguments = parser.parse_args()
    subprocess.run(["clang++-19", "-std=c++23", "-O2", "-w", str(HERE / "floor.cc"), "-o", str(HERE.parent / "build" / "floor"), "-luring"], check=True)
    binary = (arguments.build_dir / "sluice").resolve()
    with tempfile.TemporaryDirectory() as directory:
        quiet, quiet_token = start_sluice(binary, QUIET_PORT, "warning", directory)
        logged, logged_token = start_sluice(binary, LOGGED_PORT, "info", directory)
        try:
            targets = [target("floor", FLOOR_PORT, quiet_token), target("sluice", QUIET_PORT, quiet_token, quiet),
                       target("sluice, request log", LOGGED_PORT, logged_token, logged)]
            (pathlib.Path(directory) / "targets.json").write_text(json.dumps(targets))
            table = subprocess.run([sys.executable, str(HERE / "compare.py"), f"{directory}/targets.json", "--rounds", arguments.rounds,
                                    "--seconds", arguments.seconds, "--json", f"{directory}/table.json"], stdout=subprocess.PIPE, text=True)
            print(table.stdout)
            if table.returncode:
                sys.exit(table.returncode)
            rows = json.loads((pathlib.Path(directory) / "table.json").read_text())
        finally:
            for process in (quiet, logged):
                process.terminate()
                process.wait(15)
    write_results(rows, arguments)


def write_results(rows, arguments):
    results = HERE / "results"
    lines = ["# Introspection beside the floor", "", *(f"- {line}" for line in machine()),
             f"- {arguments.rounds} rounds of {arguments.seconds} s, 64 connections, server on one core, wrk on the other; medians", "",
             "| server | requests/s | CPU µs a request | p50 ms | p99 ms | floors |", "|---|---|---|---|---|---|"]
    lines += [f"| {r['name']} | {r['rps']:,} | {r['cpu_us']} | {r['p50_ms']} | {r['p99_ms']} | {r['cpu_ratio']} |" for r in rows]
    results.mkdir(exist_ok=True)
    (results / "introspection.md").write_text("\n".join(lines) + "\n")
    (results / "introspection.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
