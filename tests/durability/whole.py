"""The whole proof: 200 kills and 100 power cuts on each engine, 10,000 races; writes results.md.

usage: tests/durability/run --whole [--add] [--seed N] [PYTEST ARGUMENT...]

--add: keeps the numbers of the last run, except those that this one has again.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECORD = HERE.parent.parent / "build" / "durability.json"
AMOUNTS = ["--cycles", "200", "--cuts", "100", "--races", "10000", "--sweep", "200"]


def page(kept: dict) -> str:
    lines = ["# What the whole proof of durability found", "",
             "Written by `tests/durability/run --whole`; `tests/durability/run` is its short form.", ""]
    lines += [f"- {run}" for run in kept["runs"]]
    lines += ["", "| what | numbers |", "|---|---|"]
    for name, values in sorted(kept["numbers"].items()):
        told = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in values.items())
        lines.append(f"| {name} | {told} |")
    lines += ["", "`acknowledged`: answers that the ledger client got; `unanswered`: requests whose outcome a disaster "
              "left unknown; `facts`: lines", "of the ledger; `checks`: questions of the verification, each with one "
              "right answer. The same dice again: `--seed N`."]
    return "\n".join(lines) + "\n"


def main():
    arguments = sys.argv[1:]
    adds = "--add" in arguments
    arguments = [each for each in arguments if each != "--add"]
    kept = {"runs": [], "numbers": {}}
    if adds and RECORD.exists():
        kept = json.loads(RECORD.read_text())
    numbers = RECORD.with_suffix(".now.json")
    numbers.unlink(missing_ok=True)
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", *AMOUNTS, "--record", str(numbers), *arguments]
    process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    counted = "no count"
    for line in process.stdout:
        print(line, end="", flush=True)
        if " passed" in line or " failed" in line:
            counted = line.strip().rpartition(" in ")[0]
    process.wait()
    if numbers.exists():
        kept["numbers"] |= json.loads(numbers.read_text())
    chosen = f" (`{' '.join(arguments)}`)" if arguments else ""
    day = time.strftime("%Y-%m-%d", time.gmtime())
    kept["runs"].append(f"{day}{chosen}: {counted}, {(time.monotonic() - began) / 60:.0f} minutes")
    RECORD.write_text(json.dumps(kept, indent=1))
    (HERE / "results.md").write_text(page(kept))
    print(page(kept))
    sys.exit(process.returncode)


if __name__ == "__main__":
    main()
