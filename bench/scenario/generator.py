"""Sluice's own load generator in place of wrk: an open loop, latencies from when a request was due, UNIX sockets."""
import json
import subprocess

from compare import Failed
from workplace import Skipped


def drive(place, rate=None, unix_socket=None):
    """What drives a target: at `rate` requests a second, or as fast as answers come."""
    binary = place.sluice.parent / "sluice-loadgen"
    if not binary.exists():
        raise Skipped(f"{binary.name} is not beside {place.sluice.name}: build it first")
    more = (["--rate", rate] if rate else []) + (["--unix-socket", unix_socket] if unix_socket else [])

    def run(target, script, load):
        command = ["taskset", "-c", load.load_cpu, binary, "post", target["url"], "-c", load.connections, "-w", "1s",
                   "-d", f"{load.seconds}s", "--cpu", load.load_cpu, "--json", "-", "--with-children", *more,
                   "--body", target["body"].replace("{}", "{{token}}"), "--token-file", target["lines_file"]]
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
