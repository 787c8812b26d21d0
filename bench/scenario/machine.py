"""What a result has to name: machine, kernel, compiler and flags."""
import os
import platform
import subprocess


def machine():
    with open("/proc/cpuinfo") as cpuinfo:
        models = [line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")]
    compiler = subprocess.run(["clang++-19", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    model = models[0] if models else platform.machine()
    return [f"CPU: {model}, {os.cpu_count()} cores", f"kernel: {platform.release()}",
            f"compiler: {compiler}, -O2 -g -DNDEBUG (floor: -O2)"]
